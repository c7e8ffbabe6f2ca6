import { TestClock } from '@stagepass/auth-test-utils';
import { createAuthBackend } from '@stagepass/auth-backend';
import { issueOwn } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation, JANE } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { closeSqlite, openSqlite } from '../../packages/auth-backend/src/testing/sqlite';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;

/** What the wall clock is set to; monotonic time does not notice. */
const jumps: Array<[string, (now: number) => number]> = [
  ['+6 h', now => now + 6 * HOUR],
  ['-6 h', now => now - 6 * HOUR],
  ['-10 y', now => now - 10 * YEAR],
  ['to 2038, a second before 32 bits are full', () => Date.UTC(2038, 0, 19, 3, 14, 6)],
  ['to 2106, a second after 32 bits without sign were full', () => Date.UTC(2106, 1, 7, 6, 28, 16)],
];

/** A backend whose plugin scaffolder has verified a token of each kind. */
async function setUp() {
  const installation = new Installation();
  const scaffolder = await installation.plugin();
  const search = await installation.plugin('search');
  const { network, clock } = installation;
  const before = network.answer;
  let records = 0;
  network.answer = (url, init) => {
    if (!url.endsWith('/v1/userinfo')) return before(url, init);
    records += 1;
    return Response.json({ claims: { sub: JANE, ent: [JANE] } });
  };
  const userInfo = installation.backend.userInfo();
  const verify = {
    'a plugin elsewhere': () => scaffolder.authenticate(installation.pluginToken()),
    'a plugin of this process': async () =>
      scaffolder.authenticate(await issueOwn(search, 'scaffolder')),
    'a user': () => scaffolder.authenticate(installation.userToken()),
  };
  for (const send of Object.values(verify)) await send();
  const keyRequests = () => network.requests.filter(({ url }) => url.endsWith('.json')).length;
  return {
    installation,
    scaffolder,
    network,
    clock,
    verify,
    userInfo,
    keyRequests,
    records: () => records,
  };
}

describe.each(jumps)('A wall clock that jumps %s', (_, target) => {
  it('TIM-06 changes nothing for warm key sets: new tokens are accepted, and nobody is asked', async () => {
    const { clock, verify, keyRequests } = await setUp();
    const asked = keyRequests();
    clock.setTime(target(clock.now()));
    for (const send of Object.values(verify)) await expect(send()).resolves.toBeDefined();
    expect(keyRequests()).toBe(asked);
  });

  it('TIM-06 makes no key set last longer: a withdrawn key is refused within 60 s that have passed', async () => {
    const { installation, network, clock, verify } = await setUp();
    network.publish(createKey('another').jwk);
    clock.setTime(target(clock.now()));
    clock.advance(60_000);
    for (const kind of ['a plugin elsewhere', 'a user'] as const) {
      await expect(verify[kind]()).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    }
    expect(installation.clock.pendingTimers).toBeLessThanOrEqual(1);
  });

  it('TIM-06 neither ends nor prolongs an outage, nor the pauses in it', async () => {
    const { network, clock, verify } = await setUp();
    network.goDown();
    clock.advance(60_000);
    const send = verify['a plugin elsewhere'];
    await send();
    network.requests.length = 0;
    clock.setTime(target(clock.now()));
    await send();
    await settle();
    expect(network.requests).toHaveLength(0);
    clock.advance(1_000);
    await send();
    expect(network.requests).toHaveLength(1);
    clock.advance(3 * HOUR - 61_000 - 1);
    await expect(send()).resolves.toBeDefined();
    clock.advance(1);
    await expect(send()).rejects.toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
  });

  it('TIM-06 decides about tokens of before as it says, and shares no answer for longer', async () => {
    const { installation, scaffolder, clock, userInfo, records } = await setUp();
    const token = installation.userToken();
    const credentials = await scaffolder.authenticate(token);
    await userInfo.getUserInfo(credentials as never);
    expect(records()).toBe(1);
    const start = clock.now();
    clock.setTime(target(start));
    const code = clock.now() > start ? 'AUTH_TOKEN_EXPIRED' : 'AUTH_TOKEN_NOT_YET_VALID';
    await expect(scaffolder.authenticate(token)).rejects.toMatchObject(illegalToken(code));
    clock.advance(5_000);
    // What was found out is not shared beyond its five seconds, nor beyond the token.
    await expect(userInfo.getUserInfo(credentials as never)).rejects.toMatchObject({ code });
    const fresh = await scaffolder.authenticate(installation.userToken());
    await expect(userInfo.getUserInfo(fresh as never)).resolves.toMatchObject({
      userEntityRef: JANE,
    });
    expect(records()).toBe(2);
  });

  it('TIM-06 keeps signing and rotating, and back again: what is signed is published and accepted', async () => {
    const { installation, clock, verify } = await setUp();
    const start = clock.now();
    const send = verify['a plugin of this process'];
    for (const time of [target(start), start, target(start)]) {
      clock.setTime(time);
      // Three hours in which keys are replaced.
      for (let step = 0; step < 18; step += 1) {
        await expect(send()).resolves.toBeDefined();
        clock.advance({ minutes: 10 });
        await settle();
      }
    }
    expect(installation.logger.lines('error')).toEqual([]);
  });
});

describe('One replica of two whose wall clock is fast', () => {
  afterEach(closeSqlite);

  it.each(jumps)('TIM-06 deletes no key of the other, and back again: %s', async (_, target) => {
    const client = openSqlite();
    const replica = async (clock: TestClock) => {
      const backend = createAuthBackend({
        clock,
        logger: new RecordingLogger(),
        discovery: {
          getBaseUrl: () => Promise.reject(new Error('not needed')),
          getExternalBaseUrl: () => Promise.reject(new Error('not needed')),
        },
        database: { getClient: async () => client },
      });
      return backend.forPlugin('catalog');
    };
    // The database has the time of this host, to which one of them keeps.
    const [good, fast] = [new TestClock(Date.now()), new TestClock(Date.now())];
    const [first, second] = [await replica(good), await replica(fast)];
    const kidOf = async (auth: typeof first) => {
      const [header = ''] = (await issueOwn(auth, 'catalog')).split('.');
      return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
    };
    const kid = await kidOf(first);
    await kidOf(second);
    for (const time of [target(fast.now()), good.now(), target(fast.now())]) {
      fast.setTime(time);
      for (let step = 0; step < 30; step += 1) {
        await kidOf(second);
        await settle();
        fast.advance({ minutes: 5 });
      }
    }
    const { keys } = await first.listPublicServiceKeys();
    expect(keys.map(key => key.kid)).toContain(kid);
    const rows = (await client('backstage_backend_public_keys__keys').select('id')) as Array<{
      id: string;
    }>;
    expect(rows.map(({ id }) => id)).toContain(kid);
  });
});
