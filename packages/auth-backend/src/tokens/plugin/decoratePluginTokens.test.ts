import { AuthenticationError } from '@stagepass/auth-node';
import { viewCredentials } from '@stagepass/auth-node/internal';
import { issue } from '../../testing/credentialFixtures';
import { Installation, JANE } from '../../testing/Installation';
import { illegalToken, keysUnavailable, rejectionOf } from '../../testing/refusals';
import { decode } from '../../testing/tokenFixtures';
import type { PluginTokenHandler, PluginTokenHandlerDecorator } from './PluginTokenHandler';

async function setUp(decorator: PluginTokenHandlerDecorator) {
  const installation = new Installation();
  const auth = await installation.backend.forPlugin('scaffolder', {
    pluginTokenHandlerDecorator: decorator,
  });
  return { installation, auth };
}

/** Does what the handler does, but for the given members. */
function replacing(members: Partial<PluginTokenHandler>): PluginTokenHandlerDecorator {
  return handler => ({
    verifyToken: token => handler.verifyToken(token),
    issueToken: options => handler.issueToken(options),
    ...members,
  });
}

const answering = (answer: () => unknown) =>
  replacing({ verifyToken: (async () => answer()) as never });

describe('a decorator of the plugin token handler', () => {
  it('may leave everything as it is', async () => {
    const { installation, auth } = await setUp(handler => handler);
    const obo = installation.limitedUserToken();
    const tokens = [
      [installation.pluginToken(), 'servicePrincipal{plugin:catalog}'],
      [
        installation.pluginToken({ obo }),
        `userPrincipal{${JANE},actor={servicePrincipal{plugin:catalog}}}`,
      ],
      [installation.userToken(), `userPrincipal{${JANE}}`],
    ] as const;
    for (const [token, printed] of tokens) {
      expect(String((await auth.authenticate(token)).principal)).toBe(printed);
    }
    const user = await auth.authenticate(installation.userToken());
    expect(decode(await issue(auth, user)).payload).toMatchObject({
      sub: 'scaffolder',
      aud: 'catalog',
      obo: (await auth.getLimitedUserToken(user as never)).token,
    });
  });

  it('that answers null leaves the token to others', async () => {
    const { installation, auth } = await setUp(answering(() => null));
    const user = await auth.authenticate(installation.userToken());
    expect(String(user.principal)).toBe(`userPrincipal{${JANE}}`);
  });

  it.each([{}, { token: undefined }, { token: '' }, { token: 1 }])(
    'that issues %j issues nothing',
    async answer => {
      const { auth } = await setUp(replacing({ issueToken: async () => answer as never }));
      await expect(issue(auth, await auth.getOwnServiceCredentials())).rejects.toThrow(
        'Expected a token of the decorator of the plugin token handler, found none',
      );
    },
  );

  it('is asked first for every token', async () => {
    const seen: string[] = [];
    const { installation, auth } = await setUp(handler => ({
      ...replacing({})(handler),
      verifyToken(token) {
        seen.push(token);
        return handler.verifyToken(token);
      },
    }));
    const tokens = [installation.userToken(), installation.pluginToken(), 'opaque', 'a.b.c', ''];
    for (const token of [...tokens, ...tokens]) await auth.authenticate(token).catch(() => {});
    expect(seen).toEqual([...tokens, ...tokens]);
  });

  it('may recognise tokens of its own, with and without a user', async () => {
    const { installation, auth } = await setUp(
      replacing({
        async verifyToken(token) {
          if (!token.startsWith('mesh ')) return undefined;
          return { subject: 'plugin:mesh', limitedUserToken: token.slice(5) || undefined };
        },
      }),
    );
    expect(String((await auth.authenticate('mesh ')).principal)).toBe(
      'servicePrincipal{plugin:mesh}',
    );
    const user = await auth.authenticate(`mesh ${installation.limitedUserToken()}`);
    expect(String(user.principal)).toBe(
      `userPrincipal{${JANE},actor={servicePrincipal{plugin:mesh}}}`,
    );
    await expect(auth.authenticate(`mesh ${installation.userToken()}`)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    );
  });

  it('may issue tokens of its own, and knows for whom', async () => {
    const asked: unknown[] = [];
    const { installation, auth } = await setUp(
      replacing({
        async issueToken(options) {
          asked.push(options);
          return { token: 'mesh-token' };
        },
      }),
    );
    const user = await auth.authenticate(installation.userToken());
    expect(await issue(auth, user)).toBe('mesh-token');
    expect(await issue(auth, await auth.getOwnServiceCredentials())).toBe('mesh-token');
    const call = { pluginId: 'scaffolder', targetPluginId: 'catalog' };
    expect(asked).toEqual([
      {
        ...call,
        onBehalfOf: {
          limitedUserToken: (await auth.getLimitedUserToken(user as never)).token,
          expiresAt: user.expiresAt,
        },
      },
      call,
    ]);
  });

  it('that passes a call on behalf of a user on has the user in the token', async () => {
    const { installation, auth } = await setUp(replacing({}));
    const user = await auth.authenticate(installation.userToken({ exp: installation.now + 60 }));
    expect(decode(await issue(auth, user)).payload).toEqual({
      sub: 'scaffolder',
      aud: 'catalog',
      iat: installation.now,
      exp: installation.now + 60,
      obo: (await auth.getLimitedUserToken(user as never)).token,
    });
  });

  const expiresAt = new Date(Date.UTC(2026, 0, 1, 13));
  it.each([
    [{ expiresAt }, expiresAt],
    [{ expiresAt: expiresAt.toISOString() }, undefined],
    [{ expiresAt: null }, undefined],
    [{}, undefined],
  ])('that answers %j says that the token expires at %s', async (members, expected) => {
    const { auth } = await setUp(answering(() => ({ subject: 'plugin:mesh', ...members })));
    expect(viewCredentials(await auth.authenticate('a')).expiresAt).toEqual(expected);
  });

  it('may name a service by what looks like a user further on', async () => {
    const { auth } = await setUp(answering(() => ({ subject: 'mesh:user:default/jane' })));
    expect(String((await auth.authenticate('a')).principal)).toBe(
      'servicePrincipal{mesh:user:default/jane}',
    );
  });

  it('cannot make the handler issue a token of another plugin', async () => {
    const { auth } = await setUp(handler =>
      replacing({
        issueToken: options => handler.issueToken({ ...options, pluginId: 'catalog' }),
      })(handler),
    );
    await expect(issue(auth, await auth.getOwnServiceCredentials())).rejects.toThrow(
      'Expected to issue a token of the plugin "scaffolder", was asked for one of "catalog"',
    );
  });

  it.each<[string, () => unknown, object, string]>([
    [
      'refuses',
      () => {
        throw new AuthenticationError('no canary-token here');
      },
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
      'refuses the token: "AuthenticationError"',
    ],
    [
      'fails',
      () => {
        throw new TypeError('down');
      },
      keysUnavailable,
      'failed: "TypeError"',
    ],
    ...(
      [
        [{}, 'expected the subject of a service, found none'],
        [{ subject: '' }, 'expected the subject of a service, found ""'],
        [{ subject: 'user:default/a' }, 'expected the subject of a service, found'],
        [{ subject: 'plugin:a b' }, 'expected the subject of a service, found'],
        [
          { subject: 'plugin:a', limitedUserToken: '' },
          'expected limitedUserToken to be a token, found something else',
        ],
        [
          { subject: 'plugin:a', limitedUserToken: null },
          'expected limitedUserToken to be a token, found something else',
        ],
      ] as const
    ).map(
      ([answer, detail]) =>
        [`answers ${JSON.stringify(answer)}`, () => answer, keysUnavailable, detail] as [
          string,
          () => unknown,
          object,
          string,
        ],
    ),
  ])('that %s lets nobody pass', async (_, answer, refusal, detail) => {
    const { installation, auth } = await setUp(answering(answer));
    expect(await rejectionOf(auth.authenticate('canary-token'))).toMatchObject(refusal);
    expect(installation.logger.lines('warn')).toEqual([
      expect.stringContaining(
        'Refused by the plugin scaffolder: the decorator of the plugin token handler',
      ),
    ]);
    expect(installation.events).toEqual([
      expect.objectContaining({
        type: 'refused',
        reason: expect.stringContaining(detail) as string,
      }),
    ]);
    expect(installation.traces).not.toContain('canary');
  });
});
