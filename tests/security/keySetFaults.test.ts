import { randomBytes } from 'node:crypto';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { type Behaviour, KeyHost, publish } from './KeyHost';

let host: KeyHost;
let other: KeyHost;

beforeEach(async () => {
  host = await new KeyHost().start();
  other = await new KeyHost().start();
});

afterEach(async () => {
  await host.stop();
  await other.stop();
});

/** The plugin scaffolder, which gets the keys of catalog from a real host, by Node's own `fetch`. */
async function setUp() {
  const getBaseUrl = async () => `${host.url}/api/catalog`;
  const installation = new Installation({
    fetch,
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
  });
  const auth = await installation.plugin();
  host.behave = publish(installation.catalogKey.jwk);
  const good = () => auth.authenticate(installation.pluginToken());
  const unknownKey = createKey('unknown-key');
  const unknown = () =>
    auth.authenticate(installation.pluginToken({}, { kid: 'unknown-key' }, unknownKey));
  return { installation, clock: installation.clock, good, unknown };
}

const silence: Array<[string, Behaviour]> = [
  ['no headers', () => {}],
  ['headers, then silence', response => response.flushHeaders()],
  [
    'a part of the body, then silence',
    response => {
      response.setHeader('content-length', '1000');
      response.write('{"keys":[');
    },
  ],
];

describe('A host that does not come to an end', () => {
  it.each(silence)('JWK-07 is left after five seconds, for good: %s', async (_, behave) => {
    const { installation, clock, good, unknown } = await setUp();
    // The connection of the first request is kept alive, and stalls in the next.
    await good();
    host.behave = behave;
    clock.advance(60_000);
    const asked = host.nextRequest();
    const known = good();
    const undecided = expect(unknown()).rejects.toMatchObject(keysUnavailable);
    await asked;
    await settle();
    clock.advance(2_000);
    // Nobody waits for longer than two seconds.
    await expect(known).resolves.toBeDefined();
    await undecided;
    const failures = () =>
      installation.logger.lines('warn').filter(line => line.startsWith('The key set at'));
    expect(failures()).toEqual([]);
    clock.advance(3_000);
    await host.hungUp();
    await settle();
    expect(failures().join()).toContain('no complete answer within 5 s');
    expect(host.requests).toHaveLength(2);
    // The next request is a new one.
    host.behave = publish(installation.catalogKey.jwk);
    clock.advance(5_000);
    await expect(good()).resolves.toBeDefined();
    expect(host.requests).toHaveLength(3);
  });

  it('JWK-07 is left after five seconds: a byte each second', async () => {
    const { clock, good } = await setUp();
    let drip = () => {};
    host.behave = response => {
      response.write('{');
      drip = () => void response.write(' ');
    };
    const asked = host.nextRequest();
    const refused = expect(good()).rejects.toMatchObject(keysUnavailable);
    await asked;
    for (let second = 0; second < 5; second += 1) {
      drip();
      await settle();
      clock.advance(1_000);
    }
    await refused;
    await host.hungUp();
  });
});

const megabytes = (count: number) => Buffer.alloc(count * 1024 * 1024, ' ');

/** An RSA key of 8,192 bits, as far as can be seen. */
const largeKey = (index: number) => {
  const modulus = randomBytes(1024);
  modulus[0] = 0xc0;
  return {
    kty: 'RSA',
    kid: `rsa-${index}`,
    alg: 'RS256',
    e: 'AQAB',
    n: modulus.toString('base64url'),
  };
};

/** Sends for as long as somebody takes it. */
function sendForEver(stream: Writable): void {
  const chunk = megabytes(1);
  const send = () => {
    while (!stream.destroyed && stream.write(chunk));
    if (!stream.destroyed) stream.once('drain', send);
  };
  send();
}

const floods: Array<[string, Behaviour]> = [
  ['50 MB', response => response.end(megabytes(50))],
  [
    'a compressed nothing without end',
    response => {
      response.setHeader('content-encoding', 'gzip');
      const zip = createGzip();
      zip.pipe(response);
      response.once('close', () => zip.destroy());
      sendForEver(zip);
    },
  ],
  ['chunks without end', sendForEver],
  ['a million entries', response => response.end(`{"keys":[${'{},'.repeat(999_999)}{}]}`)],
  [
    '200 keys of 8,192 bits',
    publish(...Array.from({ length: 200 }, (_, index) => largeKey(index))),
  ],
];

describe('A host that says too much', () => {
  it.each(floods)(
    'JWK-08 JWK-07 is cut short at 256 KiB, and the last good set is kept: %s',
    async (_, behave) => {
      const { installation, clock, good } = await setUp();
      await good();
      host.behave = behave;
      clock.advance(60_000);
      await expect(good()).resolves.toBeDefined();
      expect(installation.logger.lines('warn')).toEqual([
        `The key set at "${host.url}/api/catalog/.backstage/auth/v1/jwks.json" cannot be fetched: "expected at most 262144 bytes, found more"`,
      ]);
      // The connection ends, and with it what is still to come.
      await host.hungUp();
    },
  );

  it('JWK-08 is read in full below that: no key is imported but those that tokens name', async () => {
    const { installation, clock, good } = await setUp();
    const keys = Array.from({ length: 170 }, (_, index) => largeKey(index));
    host.behave = publish(...keys, installation.catalogKey.jwk);
    await expect(good()).resolves.toBeDefined();
    // As many entries as there is room for, and none of use.
    host.behave = response => response.end(`{"keys":[${'{},'.repeat(80_000)}{}]}`);
    clock.advance(60_000);
    await expect(good()).resolves.toBeDefined();
    expect(installation.logger.lines('warn').length).toBeLessThanOrEqual(3);
  });
});

describe('A host that sends elsewhere', () => {
  it.each([301, 302, 303, 307, 308])('PLG-05 is not followed, with status %d', async status => {
    const { installation, clock, good } = await setUp();
    await good();
    for (const target of [`${other.url}/keys`, 'http://169.254.169.254/latest/meta-data']) {
      host.behave = response => {
        response.writeHead(status, { location: target });
        response.end(JSON.stringify({ keys: [installation.catalogKey.jwk] }));
      };
      const before = host.requests.length;
      clock.advance(60_000);
      // It is a failure: known keys go on, and nothing is learnt.
      await expect(good()).resolves.toBeDefined();
      expect(host.requests).toHaveLength(before + 1);
    }
    expect(other.connections).toBe(0);
    expect(installation.logger.lines('warn')[0]).toContain(`expected status 200, found ${status}`);
  });

  it.each([301, 302, 303, 307, 308])(
    'PLG-05 is not believed at the first request either, with status %d',
    async status => {
      const { installation, good } = await setUp();
      other.behave = publish(installation.catalogKey.jwk);
      host.behave = response => response.writeHead(status, { location: `${other.url}/keys` }).end();
      await expect(good()).rejects.toMatchObject(keysUnavailable);
      expect(other.connections).toBe(0);
    },
  );
});
