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

  it('RST-02 stays restricted where a decorator finds it in a token of its own', async () => {
    const { installation, auth } = await setUp(
      verifying(inner => async token => {
        const answer = await inner.verifyToken(token.replace(/^mesh /, ''));
        return answer && { subject: answer.subject };
      }),
    );
    const wrapped = `mesh ${installation.pluginToken({}, header())}`;
    const plain = `mesh ${installation.pluginToken()}`;
    // At the same time, since what was seen of one token must not count for another.
    const [first, second] = await Promise.all([
      auth.authenticate(wrapped),
      auth.authenticate(plain),
    ]);
    expect(first.principal).toEqual(restricted);
    expect(second.principal).toEqual({ type: 'service', subject: 'plugin:catalog' });
  });

  it('RST-02 stays refused where a decorator passes over the refusal', async () => {
    const { installation, auth } = await setUp(
      verifying(
        inner => token =>
          inner
            .verifyToken(token.replace(/^mesh /, ''))
            .catch(() => ({ subject: 'plugin:catalog' })),
      ),
    );
    for (const prefix of ['', 'mesh ']) {
      const token = `${prefix}${installation.pluginToken({}, header({ catalog: {} }))}`;
      expect(await rejectionOf(auth.authenticate(token))).toMatchObject({
        code: 'AUTH_ACCESS_RESTRICTED',
      });
    }
  });

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
      'the decorator of the plugin token handler makes one caller of several tokens with access restrictions, which nobody else can',
    ],
  ])('is refused where a decorator %s', async (_, decorator, refusal, reason) => {
    const { installation, auth } = await setUp(decorator);
    others.token = installation.pluginToken({}, header({ scaffolder: {} }));
    const token = installation.pluginToken({}, header());
    expect(await rejectionOf(auth.authenticate(token))).toMatchObject({ ...refusal, reason });
  });
});

const others = { token: '' };
