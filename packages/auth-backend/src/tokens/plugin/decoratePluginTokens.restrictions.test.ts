import { AsyncResource } from 'node:async_hooks';
import { issue } from '../../testing/credentialFixtures';
import { Installation, STATIC_TOKEN } from '../../testing/Installation';
import { illegalToken, rejectionOf } from '../../testing/refusals';
import { decode } from '../../testing/tokenFixtures';
import { ACCESS_RESTRICTIONS } from '../accessRestrictions';
import type { PluginTokenHandler, PluginTokenHandlerDecorator } from './PluginTokenHandler';

const restrictions = { scaffolder: { permissionNames: ['a.read'] }, catalog: {} };
const header = (value: object = restrictions) => ({
  crit: [ACCESS_RESTRICTIONS],
  [ACCESS_RESTRICTIONS]: value,
});
const restricted = {
  type: 'service',
  subject: 'plugin:catalog',
  accessRestrictions: restrictions.scaffolder,
};

async function setUp(decorator: PluginTokenHandlerDecorator, restrictedDelegation = 'critical') {
  const installation = new Installation({
    auth: {
      restrictedDelegation,
      externalAccess: [
        {
          type: 'static',
          options: { token: STATIC_TOKEN, subject: 'ci' },
          accessRestrictions: [
            { plugin: 'scaffolder', permission: 'a.read' },
            { plugin: 'catalog' },
          ],
        },
        {
          // A third party with the key of the catalog.
          type: 'jwks',
          options: {
            url: 'http://backend/api/catalog/.backstage/auth/v1/jwks.json?',
            dangerouslyAllowAnyIssuer: true,
            audience: 'scaffolder',
          },
        },
      ],
    },
  });
  const auth = await installation.backend.forPlugin('scaffolder', {
    pluginTokenHandlerDecorator: decorator,
  });
  return { installation, auth };
}

const issuing =
  (issueToken: (inner: PluginTokenHandler) => PluginTokenHandler['issueToken']) =>
  (inner: PluginTokenHandler): PluginTokenHandler => ({
    verifyToken: token => inner.verifyToken(token),
    issueToken: issueToken(inner),
  });

const verifying =
  (verifyToken: (inner: PluginTokenHandler) => PluginTokenHandler['verifyToken']) =>
  (inner: PluginTokenHandler): PluginTokenHandler => ({
    verifyToken: verifyToken(inner),
    issueToken: options => inner.issueToken(options),
  });

describe('for a restricted caller', () => {
  it.each<[string, PluginTokenHandlerDecorator]>([
    ['changes nothing', inner => inner],
    ['passes the options on', issuing(inner => options => inner.issueToken(options))],
    ['copies them whole', issuing(inner => options => inner.issueToken({ ...options }))],
  ])('a decorator that %s issues a token with the restrictions', async (_, decorator) => {
    const { auth } = await setUp(decorator);
    const token = await issue(auth, await auth.authenticate(STATIC_TOKEN));
    expect(decode(token).header).toMatchObject(header());
  });

  it.each<[string, PluginTokenHandlerDecorator]>([
    [
      'rebuilds the options',
      issuing(
        inner =>
          ({ pluginId, targetPluginId, onBehalfOf }) =>
            inner.issueToken({ pluginId, targetPluginId, onBehalfOf }),
      ),
    ],
    [
      'lifts a limit',
      issuing(
        inner => options =>
          inner.issueToken({
            ...options,
            accessRestrictions: new Map([
              ['catalog', {}],
              ['scaffolder', {}],
            ]),
          }),
      ),
    ],
    ['issues tokens of its own', issuing(() => async () => ({ token: 'mesh-token' }))],
    [
      'wraps the token',
      issuing(inner => async options => ({
        token: `mesh ${(await inner.issueToken(options)).token}`,
      })),
    ],
  ])('RST-02 a decorator that %s issues nothing', async (_, decorator) => {
    const { installation, auth } = await setUp(decorator);
    const error = await rejectionOf(issue(auth, await auth.authenticate(STATIC_TOKEN)));
    expect(error).toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_DELEGATION_NOT_ALLOWED',
      message: 'This call may not be made for its caller',
      reason:
        'the decorator of the plugin token handler issued a token without the access restrictions of the caller; ' +
        'it must pass on the options of issueToken whole, and return the token as it is',
    });
    expect(installation.events.at(-1)).toMatchObject({ type: 'refused', reason: error.reason });
    // For others it goes on as ever.
    expect(await issue(auth, await auth.getOwnServiceCredentials())).not.toBe('');
  });

  it('a decorator is not asked for more than Backstage would where they are delegated as there', async () => {
    const asked: object[] = [];
    const { auth } = await setUp(
      issuing(() => async options => {
        asked.push(options);
        return { token: 'mesh-token' };
      }),
      'plain',
    );
    expect(await issue(auth, await auth.authenticate(STATIC_TOKEN))).toBe('mesh-token');
    expect(asked).toEqual([{ pluginId: 'scaffolder', targetPluginId: 'catalog' }]);
  });
});

describe('a restricted plugin token', () => {
  it.each<[string, PluginTokenHandlerDecorator]>([
    ['passes the answer on', verifying(inner => token => inner.verifyToken(token))],
    [
      'rebuilds the answer',
      verifying(inner => async token => {
        const answer = await inner.verifyToken(token);
        return answer && { subject: answer.subject, limitedUserToken: answer.limitedUserToken };
      }),
    ],
    [
      'verifies it without asking',
      verifying(() => () => Promise.resolve({ subject: 'plugin:catalog' })),
    ],
    [
      'asks twice',
      verifying(inner => async token => {
        await inner.verifyToken(token);
        return inner.verifyToken(token);
      }),
    ],
  ])('RST-02 stays restricted with a decorator that %s', async (_, decorator) => {
    const { installation, auth } = await setUp(decorator);
    const credentials = await auth.authenticate(installation.pluginToken({}, header()));
    expect(credentials.principal).toEqual(restricted);
    expect(decode(await issue(auth, credentials)).header).toMatchObject(header());
    const elsewhere = installation.pluginToken({}, header({ catalog: {} }));
    expect(await rejectionOf(auth.authenticate(elsewhere))).toMatchObject({
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    });
  });

  const inside = {
    ...illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    reason:
      'the decorator of the plugin token handler finds a token with access restrictions in another token; ' +
      'such a token must be presented as it is, and verified in the same asynchronous context',
  };
  const unwrap = (token: string) => token.replace(/^mesh /, '');

  it.each<[string, PluginTokenHandlerDecorator]>([
    ['unwraps it', verifying(inner => token => inner.verifyToken(unwrap(token)))],
    [
      'rebuilds the answer',
      verifying(inner => async token => {
        const answer = await inner.verifyToken(unwrap(token));
        return answer && { subject: answer.subject };
      }),
    ],
    [
      'remembers what was answered',
      inner => {
        const remembered = new Map<string, ReturnType<PluginTokenHandler['verifyToken']>>();
        return {
          ...inner,
          verifyToken(token) {
            const answer = remembered.get(unwrap(token)) ?? inner.verifyToken(unwrap(token));
            remembered.set(unwrap(token), answer);
            return answer;
          },
        };
      },
    ],
    [
      'asks from somewhere else',
      inner => {
        const elsewhere = AsyncResource.bind((token: string) => inner.verifyToken(unwrap(token)));
        return { ...inner, verifyToken: token => elsewhere(token) };
      },
    ],
  ])(
    'RST-02 is refused each time inside another token, with a decorator that %s',
    async (_, it) => {
      const { installation, auth } = await setUp(it);
      const wrapped = `mesh ${installation.pluginToken({}, header())}`;
      const plain = `mesh ${installation.pluginToken()}`;
      // At the same time, since what was found in one token must not count for another.
      for (const round of [1, 2]) {
        const [refused, accepted] = await Promise.all([
          rejectionOf(auth.authenticate(wrapped)),
          auth.authenticate(plain),
        ]);
        expect({ round, refused }).toMatchObject({ round, refused: inside });
        expect(accepted.principal).toEqual({ type: 'service', subject: 'plugin:catalog' });
      }
    },
  );

  it('RST-02 stays restricted where a decorator remembers what was answered', async () => {
    const remembered = new Map<string, ReturnType<PluginTokenHandler['verifyToken']>>();
    const { installation, auth } = await setUp(inner => ({
      ...inner,
      verifyToken(token) {
        const answer = remembered.get(token) ?? inner.verifyToken(token);
        remembered.set(token, answer);
        return answer;
      },
    }));
    const token = installation.pluginToken({}, header());
    for (const round of [1, 2]) {
      const { principal } = await auth.authenticate(token);
      expect({ round, principal }).toEqual({ round, principal: restricted });
    }
  });

  it.each([
    ['', { code: 'AUTH_ACCESS_RESTRICTED' }],
    ['mesh ', inside],
  ])(
    'RST-02 stays refused where a decorator passes over the refusal: behind %j',
    async (prefix, refusal) => {
      const { installation, auth } = await setUp(
        verifying(
          inner => token =>
            inner.verifyToken(unwrap(token)).catch(() => ({ subject: 'plugin:catalog' })),
        ),
      );
      const token = `${prefix}${installation.pluginToken({}, header({ catalog: {} }))}`;
      expect(await rejectionOf(auth.authenticate(token))).toMatchObject(refusal);
    },
  );

  it('is nobody else’s where a decorator does not know it, not even a third party’s', async () => {
    const { installation, auth } = await setUp(verifying(() => () => Promise.resolve(undefined)));
    const plain = await auth.authenticate(installation.pluginToken());
    expect(plain.principal).toEqual({ type: 'service', subject: 'external:catalog' });
    const token = installation.pluginToken({}, header());
    expect(await rejectionOf(auth.authenticate(token))).toMatchObject({
      ...illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
      reason:
        'the decorator of the plugin token handler does not accept a token with access restrictions, which nobody else can',
    });
  });

  it.each<[string, PluginTokenHandlerDecorator, object, string]>([
    [
      'makes a user of it',
      verifying(() => async () => ({ subject: 'plugin:catalog', limitedUserToken: 'x' })),
      illegalToken('AUTH_CLAIM_INVALID'),
      'claim obo: expected no user in a token with access restrictions, which only services have',
    ],
    [
      'finds another one in it',
      inner => ({
        ...inner,
        async verifyToken(token) {
          await inner.verifyToken(token);
          return inner.verifyToken(others.token);
        },
      }),
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
      inside.reason,
    ],
  ])('is refused where a decorator %s', async (_, decorator, refusal, reason) => {
    const { installation, auth } = await setUp(decorator);
    others.token = installation.pluginToken({}, header({ scaffolder: {} }));
    const token = installation.pluginToken({}, header());
    expect(await rejectionOf(auth.authenticate(token))).toMatchObject({ ...refusal, reason });
  });
});

const others = { token: '' };
