import type * as Crypto from 'node:crypto';
import type { AuthService } from '@stagepass/auth-node';
import type { AuthBackendOptions, PluginAuthOptions } from './AuthBackend';
import { Installation, JANE } from './testing/Installation';
import { createKey } from './testing/keyFixtures';
import { illegalToken } from './testing/refusals';
import { parseCompact } from './tokens/parseCompact';

// How often signatures are verified shows what is remembered.
jest.mock('node:crypto', () => {
  const actual = jest.requireActual<typeof Crypto>('node:crypto');
  const verify = jest.fn(actual.verify);
  return { ...actual, verify };
});
const { verify } = jest.requireMock<{ verify: jest.Mock }>('node:crypto');

afterEach(() => verify.mockClear());

const verifications = () => {
  const { length } = verify.mock.calls;
  verify.mockClear();
  return length;
};

const limited = (auth: AuthService, token: string) =>
  auth.authenticate(token, { allowLimitedAccess: true });

async function setUp(options: AuthBackendOptions = {}, own: PluginAuthOptions = {}) {
  const it = new Installation(options);
  return { it, auth: await it.backend.forPlugin('scaffolder', own) };
}

/** Lets a token be verified as often as it takes to be remembered. */
async function introduce(auth: AuthService, token: string): Promise<void> {
  for (let time = 0; time < 2; time += 1) await limited(auth, token);
  verifications();
}

/** The kinds of tokens, with the signatures that the first of them takes, and the second. */
const kinds: Array<[string, [number, number], (it: Installation) => string]> = [
  ['a plugin token', [1, 1], it => it.pluginToken()],
  ['a plugin token for a user', [2, 1], it => it.pluginToken({ obo: it.limitedUserToken() })],
  ['a user token', [1, 0], it => it.userToken()],
  ['a limited user token', [1, 0], it => it.limitedUserToken()],
];

describe.each(kinds)('%s', (_, signatures, write) => {
  it('is verified once, or twice, and each time when nothing is to be remembered', async () => {
    const [first, second] = signatures;
    for (const [cache, expected] of [
      [undefined, [first, second, 0, 0]],
      [false, [first, first, first, first]],
    ] as const) {
      const { it, auth } = await setUp({ cache });
      const token = write(it);
      const answers = [];
      for (const count of expected) {
        answers.push(await limited(auth, token));
        expect(verifications()).toBe(count);
      }
      expect(answers.slice(1)).toEqual(Array(3).fill(answers[0]));
    }
  });

  it('is remembered through an outage of its issuer, and a refresh of its keys', async () => {
    const { it, auth } = await setUp();
    const lasting = { exp: it.now + 86_400 };
    const token =
      _ === 'a plugin token for a user'
        ? it.pluginToken({ obo: it.limitedUserToken(lasting), ...lasting })
        : write(it);
    await introduce(auth, token);
    it.clock.advance({ seconds: 31 });
    await limited(auth, token);
    it.network.goDown();
    for (const minutes of [1, 5, 30]) {
      it.clock.advance({ minutes });
      await limited(auth, token);
    }
    expect(verifications()).toBe(0);
  });

  it('is forgotten when its key is withdrawn, and stays so when the key comes back as another', async () => {
    const { it, auth } = await setUp();
    const token = write(it);
    await introduce(auth, token);
    it.network.publish(createKey('another').jwk);
    it.clock.advance({ seconds: 60 });
    await expect(limited(auth, token)).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    it.network.publish(createKey('catalog-key').jwk, createKey('user-key').jwk);
    it.clock.advance({ seconds: 60 });
    await expect(limited(auth, token)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
  });

  it('is forgotten when it expires, and when the clock says that it was not valid yet', async () => {
    const { it, auth } = await setUp();
    const token = write(it);
    await introduce(auth, token);
    it.clock.setTime(it.clock.now() - 61_000);
    await expect(limited(auth, token)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_NOT_YET_VALID'),
    );
    it.clock.setTime(it.clock.now() + 61_000);
    await limited(auth, token);
    it.clock.setTime(it.clock.now() + 3_600_000);
    await expect(limited(auth, token)).rejects.toMatchObject(illegalToken('AUTH_TOKEN_EXPIRED'));
  });

  it('is shown to a decorator each time', async () => {
    const seen: string[] = [];
    const { it, auth } = await setUp(
      {},
      {
        pluginTokenHandlerDecorator: inner => ({
          verifyToken: token => {
            seen.push(token);
            return inner.verifyToken(token);
          },
          issueToken: options => inner.issueToken(options),
        }),
      },
    );
    const token = write(it);
    for (let time = 0; time < 3; time += 1) await limited(auth, token);
    expect(seen).toEqual([token, token, token]);
  });
});

describe('what is remembered', () => {
  it('of a user is shared by all calls on behalf of that user', async () => {
    const { it, auth } = await setUp();
    const obo = it.limitedUserToken();
    await auth.authenticate(it.pluginToken({ obo }));
    expect(verifications()).toBe(2);
    for (let call = 1; call <= 3; call += 1) {
      const credentials = await auth.authenticate(it.pluginToken({ obo, exp: it.now + call }));
      expect(credentials).toMatchObject({ principal: { userEntityRef: JANE } });
      expect(verifications()).toBe(1);
    }
    // It expires with the user's token, although the plugin's lives on.
    const short = it.limitedUserToken({ exp: it.now + 5 });
    const token = it.pluginToken({ obo: short });
    await introduce(auth, token);
    it.clock.advance({ seconds: 5 });
    await expect(auth.authenticate(token)).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_EXPIRED'),
    );
  });

  it('of a limited token lets nobody in where only full access will do', async () => {
    const { it, auth } = await setUp();
    const token = it.limitedUserToken();
    await limited(auth, token);
    await expect(auth.authenticate(token)).rejects.toMatchObject({
      code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    });
    expect(verifications()).toBe(1);
    // And what was verified, though refused, is known to be the user's.
    await expect(limited(auth, token)).resolves.toBeDefined();
    expect(verifications()).toBe(0);
  });

  it('of a restricted caller is restricted, in each call anew', async () => {
    const { it, auth } = await setUp();
    const name = 'urn:stagepass:access-restrictions';
    const limits = { scaffolder: { permissionNames: ['a'] }, search: {} };
    const token = it.pluginToken({}, { crit: [name], [name]: limits });
    expect(parseCompact(token).header.accessRestrictions?.size).toBe(2);
    for (let time = 0; time < 3; time += 1) {
      const credentials = (await auth.authenticate(token)) as unknown as {
        principal: { accessRestrictions: { permissionNames: string[] } };
        allAccessRestrictions: Map<string, object>;
      };
      expect(credentials.principal.accessRestrictions).toEqual({ permissionNames: ['a'] });
      expect([...credentials.allAccessRestrictions.keys()]).toEqual(['scaffolder', 'search']);
      // What its holder writes is the holder's alone.
      credentials.principal.accessRestrictions.permissionNames.push('b');
      credentials.allAccessRestrictions.set('catalog', {});
    }
    expect(verifications()).toBe(2);
  });

  it('is bounded as configured', async () => {
    const { it, auth } = await setUp({ cache: { maxEntries: 2 } });
    const tokens = [1, 2, 3].map(second => it.pluginToken({ exp: it.now + second }));
    for (const token of tokens) await introduce(auth, token);
    for (const token of tokens) await auth.authenticate(token);
    expect(verifications()).toBe(3);
  });

  it('is nothing of a third party behind a handler, which is asked each time', async () => {
    const asked: string[] = [];
    const it = new Installation({
      auth: {
        externalAccess: [
          { type: 'mesh', options: {} },
          {
            type: 'jwks',
            options: {
              url: 'http://backend/api/catalog/.backstage/auth/v1/jwks.json',
              issuer: 'idp',
              audience: 'backstage',
              algorithm: 'ES256',
            },
          },
        ],
      },
      externalTokenHandlers: [
        {
          type: 'mesh',
          initialize: () => undefined,
          verifyToken: async token => void asked.push(token),
        },
      ],
    });
    const auth = await it.plugin();
    const token = it.pluginToken({ iss: 'idp', aud: 'backstage' }, { typ: 'JWT' });
    for (let time = 0; time < 3; time += 1) {
      expect(await auth.authenticate(token)).toMatchObject({ principal: { type: 'service' } });
    }
    expect(asked).toEqual([token, token, token]);
    expect(verifications()).toBe(3);
  });
});
