import type { AuthService } from '@stagepass/auth-node';
import {
  Installation,
  JANE,
  STATIC_TOKEN,
} from '../../packages/auth-backend/src/testing/Installation';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { decode, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { legacyEntry, publish, signShared, ThirdParty } from './externalParties';

// What may be remembered of a token that was verified before, whatever it is that remembers: nothing of it may
// show but in speed. Each case accepts the token first, and again.

const idp = new ThirdParty();

/** The kinds of tokens, with the principal that each proves. */
const kinds: Readonly<Record<string, [(it: Installation) => string, object]>> = {
  'a plugin token': [it => it.pluginToken(), { subject: 'plugin:catalog' }],
  'a plugin token for a user': [
    it => it.pluginToken({ obo: it.limitedUserToken() }),
    { userEntityRef: JANE, actor: { type: 'service', subject: 'plugin:catalog' } },
  ],
  'a user token': [it => it.userToken(), { userEntityRef: JANE }],
  'a limited user token': [it => it.limitedUserToken(), { userEntityRef: JANE }],
  'a third party token': [it => idp.token(it.now), { subject: 'external:ci' }],
  'a token with a shared secret': [
    it => signShared({ sub: 'backstage-server', exp: it.now + 3600 }),
    { subject: 'old-caller' },
  ],
};

async function setUp() {
  const it = new Installation({ auth: { externalAccess: [legacyEntry, idp.entry()] } });
  publish(it, idp);
  return { it, auth: await it.plugin() };
}

const verify = (auth: AuthService, token: string) =>
  auth.authenticate(token, { allowLimitedAccess: true });

/** Lets a token be accepted, often enough for whatever remembers to remember it. */
async function accept(auth: AuthService, token: string, principal: object): Promise<void> {
  for (let again = 0; again < 3; again += 1) {
    await expect(verify(auth, token)).resolves.toMatchObject({ principal });
  }
}

describe.each(Object.entries(kinds))('%s that was accepted', (_, [write, principal]) => {
  it('CACHE-01 makes no other token good, however much they have in common', async () => {
    const { it, auth } = await setUp();
    const token = write(it);
    await accept(auth, token, principal);
    const [header, payload, signature] = token.split('.') as [string, string, string];
    const { header: head, payload: claims } = decode(token);
    const other = write(it).split('.')[2]!;
    const near = [
      ...[' ', '\n', '\t', '=', '==', '%3D', '\u0000'].flatMap(blank => [
        `${token}${blank}`,
        `${blank}${token}`,
        `${header}${blank}.${payload}.${signature}`,
        `${header}.${payload}${blank}.${signature}`,
      ]),
      `${header}.${payload}.`,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `${header}.${payload}.${signature}.${signature}`,
      // The same signature, key and subject, over other bytes.
      `${header}.${segment({ ...claims, exp: it.now + 7200 })}.${signature}`,
      `${header}.${segment(`${JSON.stringify(claims)} `)}.${signature}`,
      `${segment({ ...head, x: 1 })}.${payload}.${signature}`,
      // What another of the same kind is signed with.
      ...(other === signature ? [] : [`${header}.${segment({ ...claims, x: 1 })}.${other}`]),
    ];
    for (const changed of near) {
      await expect(verify(auth, changed)).rejects.toMatchObject({
        name: 'AuthenticationError',
        message: 'Illegal token',
      });
    }
    await accept(auth, token, principal);
  });

  it('CACHE-06 ends with the process that accepted it, and is nothing to another', async () => {
    const { it, auth } = await setUp();
    const token = write(it);
    await accept(auth, token, principal);
    // The same backend, started again, with other keys and no external callers.
    await expect(verify(await new Installation().plugin(), token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: 'Illegal token',
    });
  });

  it('hands out credentials that no other caller can change', async () => {
    const { it, auth } = await setUp();
    const token = write(it);
    const first = await verify(auth, token);
    const forged = { subject: 'plugin:evil', userEntityRef: 'user:x/y' };
    for (const [name, value] of Object.entries(forged)) {
      expect(Reflect.set(first.principal as object, name, value)).toBe(false);
    }
    first.principal = forged;
    first.expiresAt?.setTime(0);
    await accept(auth, token, principal);
    expect((await verify(auth, token)).expiresAt?.getTime()).not.toBe(0);
  });
});

describe('CACHE-01 two tokens of one key and one moment', () => {
  it('CACHE-01 prove two users', async () => {
    const { it, auth } = await setUp();
    for (const sub of [JANE, 'user:default/joe', 'user:default/jane2']) {
      for (const exp of [it.now + 60, it.now + 61]) {
        for (const token of [it.userToken({ sub, exp }), it.limitedUserToken({ sub, exp })]) {
          await accept(auth, token, { userEntityRef: sub });
          expect((await verify(auth, token)).expiresAt).toEqual(new Date(exp * 1000));
        }
      }
    }
  });
});

describe('CACHE-02 what one plugin accepted', () => {
  it('CACHE-02 is refused by another plugin of the process, before and after', async () => {
    const { it, auth } = await setUp();
    const others = [await it.plugin('search'), await it.plugin('events')];
    for (const write of [kinds['a plugin token']![0], kinds['a plugin token for a user']![0]]) {
      const token = write(it);
      const refused = async () => {
        for (const other of others) {
          await expect(verify(other, token)).rejects.toMatchObject(
            illegalToken('AUTH_AUDIENCE_MISMATCH'),
          );
        }
      };
      await refused();
      await expect(verify(auth, token)).resolves.toBeDefined();
      await refused();
      await expect(verify(auth, token)).resolves.toBeDefined();
    }
  });

  it('CACHE-02 of a restricted caller is limited anew in each plugin', async () => {
    const restricted = (plugin: string, name: string) => ({ plugin, permission: [name] });
    const accessRestrictions = [restricted('scaffolder', 'x'), restricted('search', 'y')];
    const it = new Installation({
      auth: {
        externalAccess: [
          { type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' }, accessRestrictions },
          idp.entry({}, { accessRestrictions }),
        ],
      },
    });
    publish(it, idp);
    for (const token of [STATIC_TOKEN, idp.token(it.now)]) {
      for (let again = 0; again < 2; again += 1) {
        for (const [pluginId, name] of [
          ['scaffolder', 'x'],
          ['search', 'y'],
        ] as const) {
          expect(await verify(await it.plugin(pluginId), token)).toMatchObject({
            principal: { accessRestrictions: { permissionNames: [name] } },
          });
        }
        await expect(verify(await it.plugin('catalog'), token)).rejects.toMatchObject({
          code: 'AUTH_ACCESS_RESTRICTED',
        });
      }
    }
  });
});

it('CACHE-03 a limited token is refused where only full access will do, whatever was allowed before', async () => {
  const { it, auth } = await setUp();
  const token = it.limitedUserToken();
  for (const allowLimitedAccess of [true, false, undefined, true, true, false]) {
    const result = auth.authenticate(token, { allowLimitedAccess });
    await (allowLimitedAccess
      ? expect(result).resolves.toMatchObject({ principal: { userEntityRef: JANE } })
      : expect(result).rejects.toMatchObject({
          code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
          message: 'Illegal limited user token',
        }));
  }
  // At once, too.
  const answers = await Promise.allSettled(
    [true, false, true, false].map(allowLimitedAccess =>
      auth.authenticate(token, { allowLimitedAccess }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'rejected',
  ]);
});
