import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { keysUnavailable, rejectionOf } from '../../packages/auth-backend/src/testing/refusals';
import { bearer, World } from '../refusals/World';
import { publish, ThirdParty } from './externalParties';

const third = new ThirdParty();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const auth = { externalAccess: [third.entry()] };

/** A backend with the keys of three issuers, all warm, whose hosts fail from then on. */
async function setUp(fail: () => Response | Promise<Response>) {
  const installation = new Installation({ auth });
  const service = await installation.plugin();
  const { network, clock } = installation;
  publish(installation, third);
  const heal = network.answer;
  const externalToken = (header = {}) => third.token(installation.now, {}, header);
  const known = {
    plugin: () => service.authenticate(installation.pluginToken()),
    user: () => service.authenticate(installation.userToken()),
    external: () => service.authenticate(externalToken()),
  };
  const unknown = {
    plugin: () => service.authenticate(installation.pluginToken({}, { kid: 'new' })),
    user: () => service.authenticate(installation.userToken({}, { kid: 'new' })),
    external: () => service.authenticate(externalToken({ kid: 'new' })),
  };
  for (const send of Object.values(known)) await send();
  network.answer = fail;
  network.requests.length = 0;
  return { installation, network, clock, known, unknown, heal: () => void (network.answer = heal) };
}

const refusedBy = (code: string) => () =>
  Promise.reject(
    new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }),
  );

const failures: Array<[string, () => Response | Promise<Response>]> = [
  ['a refused connection', refusedBy('ECONNREFUSED')],
  ['a name that does not exist', refusedBy('ENOTFOUND')],
  ['a certificate that is not trusted', refusedBy('DEPTH_ZERO_SELF_SIGNED_CERT')],
  ['500', () => new Response('', { status: 500 })],
  ['503', () => new Response('', { status: 503, headers: { 'retry-after': '3600' } })],
];

const kinds = ['plugin', 'user', 'external'] as const;

describe.each(failures)('An outage by %s', (_, fail) => {
  it('JWK-05 takes no known key away, for as long as its kind is kept', async () => {
    const { clock, known } = await setUp(fail);
    const outcomeAfter: Record<string, Record<string, string>> = {};
    const lasting = {
      '5 min': 5 * MINUTE,
      '1 h': HOUR,
      '2 h 59 min': 179 * MINUTE,
      '3 h 1 min': 181 * MINUTE,
      '23 h 59 min': 1439 * MINUTE,
      '24 h 1 min': 1441 * MINUTE,
    };
    for (let elapsed = 0; elapsed <= 1441 * MINUTE; elapsed += MINUTE) {
      for (const [name, duration] of Object.entries(lasting)) {
        if (elapsed !== duration) continue;
        const outcomes: Record<string, string> = {};
        for (const kind of kinds) {
          outcomes[kind] = await known[kind]().then(
            () => 'accepted',
            (error: { code: string }) => error.code,
          );
        }
        outcomeAfter[name] = outcomes;
      }
      // Others use them all the time.
      await Promise.allSettled(kinds.map(kind => known[kind]()));
      clock.advance(MINUTE);
    }
    const all = { plugin: 'accepted', user: 'accepted', external: 'accepted' };
    const some = {
      plugin: 'AUTH_KEYS_UNAVAILABLE',
      user: 'AUTH_KEYS_UNAVAILABLE',
      external: 'accepted',
    };
    expect(outcomeAfter).toEqual({
      '5 min': all,
      '1 h': all,
      '2 h 59 min': all,
      '3 h 1 min': some,
      '23 h 59 min': some,
      '24 h 1 min': { ...some, external: 'AUTH_KEYS_UNAVAILABLE' },
    });
  });

  it.each(kinds)(
    'JWK-06 leaves a key undecided that is not known, and accepts nothing: %s',
    async kind => {
      const { clock, unknown } = await setUp(fail);
      for (let minute = 0; minute < 30; minute += 1) {
        for (let call = 0; call < 5; call += 1) {
          await expect(unknown[kind]()).rejects.toMatchObject(keysUnavailable);
        }
        clock.advance(MINUTE);
      }
    },
  );
});

describe('The host of a key set that is down', () => {
  /** The seconds in which a host was asked in ten minutes, at the given number of calls a second. */
  async function probes(kind: (typeof kinds)[number], calls: { known: number; unknown: number }) {
    const { network, clock, known, unknown } = await setUp(refusedBy('ECONNREFUSED'));
    clock.advance(kind === 'external' ? 300_000 : 30_000);
    const times: number[] = [];
    for (let tenth = 0; tenth < 6_000; tenth += 1) {
      const before = network.requests.length;
      if (tenth % 10 === 0) {
        for (let call = 0; call < calls.known; call += 1) await known[kind]();
        for (let call = 0; call < calls.unknown; call += 1) await unknown[kind]().catch(() => {});
      } else if (tenth % 5 === 0 && calls.known > 0) {
        await known[kind]();
      }
      for (let asked = before; asked < network.requests.length; asked += 1) times.push(tenth / 10);
      clock.advance(100);
    }
    return times;
  }

  const gapsOf = (times: number[]) =>
    times.slice(1).map((time, index) => time - (times[index] ?? 0));

  it.each(kinds)(
    'JWK-05 is asked after 1 s, then ever later, up to 30 s, with chance: %s',
    async kind => {
      const gaps = gapsOf(await probes(kind, { known: 2, unknown: 0 }));
      for (const [index, gap] of gaps.entries()) {
        const pause = Math.min(2 ** index, 30);
        expect(gap).toBeGreaterThanOrEqual(0.75 * pause - 0.5);
        expect(gap).toBeLessThanOrEqual(pause + 0.6);
      }
      expect(new Set(gaps.slice(6)).size).toBeGreaterThan(1);
    },
  );

  it.each(kinds)(
    'JWK-05 is asked once in each pause whatever the load, never later than 5 s while somebody is refused: %s',
    async kind => {
      const times = await probes(kind, { known: 5, unknown: 5 });
      expect(new Set(times).size).toBe(times.length);
      for (const gap of gapsOf(times).slice(2)) {
        expect(gap).toBeGreaterThanOrEqual(3 - 0.5);
        expect(gap).toBeLessThanOrEqual(5);
      }
    },
  );

  it.each(kinds)(
    'JWK-05 JWK-06 is believed within five seconds of its return, after an hour: %s',
    async kind => {
      const { clock, known, heal, installation } = await setUp(refusedBy('ECONNREFUSED'));
      for (let second = 0; second < 3600; second += 10) {
        await known[kind]();
        clock.advance(10_000);
      }
      heal();
      const service = await installation.plugin();
      const fresh = createKey('fresh');
      const answer = installation.network.answer;
      installation.network.answer = async (url, init) => {
        const { keys } = (await (await answer(url, init)).json()) as { keys: object[] };
        return Response.json({ keys: [...keys, fresh.jwk] });
      };
      const token = {
        plugin: () => installation.pluginToken({}, { kid: 'fresh' }, fresh),
        user: () => installation.userToken({}, { kid: 'fresh' }, fresh),
        external: () => third.token(installation.now, {}, { kid: 'fresh' }, fresh),
      };
      let waited = 0;
      while (!(await service.authenticate(token[kind]()).catch(() => undefined))) {
        clock.advance(100);
        waited += 100;
      }
      expect(waited).toBeLessThanOrEqual(5_000);
    },
  );

  it('JWK-05 is a real one: nobody listens, or nobody speaks TLS', async () => {
    const server = createServer(() => {});
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const closed = createServer();
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve));
    const { port: closedPort } = closed.address() as AddressInfo;
    await new Promise(resolve => closed.close(resolve));
    for (const url of [`https://127.0.0.1:${port}`, `http://127.0.0.1:${closedPort}`]) {
      const getBaseUrl = async () => url;
      const installation = new Installation({
        fetch,
        discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
      });
      const service = await installation.plugin();
      await expect(service.authenticate(installation.pluginToken())).rejects.toMatchObject(
        keysUnavailable,
      );
      expect(installation.logger.text).toMatch(
        /cannot be fetched: \\?"(ECONNREFUSED|E[A-Z_]*SSL[A-Z_]*|EPROTO)/,
      );
    }
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
});

describe('Who asks over HTTP', () => {
  it('JWK-06 is answered with 503 and Retry-After, and not with 401', async () => {
    const world = await new World().start();
    const { installation } = world;
    installation.network.goDown();
    const cold = await world.send({ headers: bearer(installation.pluginToken()) });
    expect(cold.status).toBe(503);
    expect(Number(cold.headers['retry-after'])).toBeGreaterThan(0);
    expect(cold.headers['www-authenticate']).toBeUndefined();
    await world.stop();
  });
});

describe('Callers who wait when a request fails', () => {
  let unhandled: unknown[];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeEach(() => {
    unhandled = [];
    process.on('unhandledRejection', note);
  });
  afterEach(() => void process.off('unhandledRejection', note));

  it('JWK-16 get one error each, of the same kind, though one has hung up and the backend ends', async () => {
    const installation = new Installation();
    const service = await installation.plugin();
    let fail: (error: Error) => void = () => {};
    installation.network.answer = () => new Promise((_, reject) => (fail = reject));
    const errors: unknown[] = [];
    let waiting = 0;
    const server = createServer((_, response) => {
      waiting += 1;
      service.authenticate(installation.pluginToken()).catch((error: unknown) => {
        errors.push(error);
        response.writeHead(503).end();
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const abort = new AbortController();
    const gone = fetch(`http://127.0.0.1:${port}`, { signal: abort.signal }).catch(() => 'gone');
    const patient = fetch(`http://127.0.0.1:${port}`);
    while (waiting < 2) await settle();
    abort.abort();
    expect(await gone).toBe('gone');
    await installation.backend.close();
    fail(new TypeError('fetch failed'));
    expect((await patient).status).toBe(503);
    await settle();
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toMatchObject(keysUnavailable);
    expect(installation.network.requests).toHaveLength(1);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    expect(unhandled).toEqual([]);
  });

  it('JWK-16 may ask again from within the failure, and a logger that throws ends nothing', async () => {
    const logger = new RecordingLogger();
    const again: Array<Promise<unknown>> = [];
    const installation = new Installation({ logger });
    const service = await installation.plugin();
    logger.warn = message => {
      if (!message.startsWith('The key set at')) return;
      again.push(rejectionOf(service.authenticate(installation.pluginToken())));
      throw new Error('the log is full');
    };
    installation.network.goDown();
    await expect(service.authenticate(installation.pluginToken())).rejects.toMatchObject(
      keysUnavailable,
    );
    expect(again).toHaveLength(1);
    expect(await again[0]).toMatchObject(keysUnavailable);
    await settle();
    expect(installation.network.requests).toHaveLength(1);
    expect(unhandled).toEqual([]);
  });
});
