import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork, settle } from '../testing/FakeNetwork';
import { describeFetchFailure, fetchKeySet } from './fetchKeySet';

const URL_OF_KEYS = 'http://catalog/.backstage/auth/v1/jwks.json';

function setUp() {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  return { clock, network, get: () => fetchKeySet(URL_OF_KEYS, network) };
}

/** A body that never ends; tells whether it was cancelled. */
function endless(chunk: Uint8Array) {
  const state = { cancelled: false, chunks: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      state.chunks += 1;
      controller.enqueue(chunk);
    },
    cancel() {
      state.cancelled = true;
    },
  });
  return { body, state };
}

describe('fetchKeySet', () => {
  it('returns the entries as they came, and asks for JSON without credentials', async () => {
    const { network, get } = setUp();
    network.publish({ kid: 'a' }, null, 1, 'x');
    expect(await get()).toEqual([{ kid: 'a' }, null, 1, 'x']);
    expect(network.requests).toEqual([
      {
        url: URL_OF_KEYS,
        init: {
          headers: { accept: 'application/json' },
          redirect: 'manual',
          signal: expect.any(AbortSignal) as unknown,
        },
      },
    ]);
  });

  it('takes a 404 for an issuer without keys', async () => {
    const { network, get } = setUp();
    network.answer = () => new Response('<h1>Not found</h1>', { status: 404 });
    expect(await get()).toEqual([]);
  });

  it.each([201, 203, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 429, 500, 502, 503])(
    'takes the status %d for a failure, whatever the body says',
    async status => {
      const { network, get } = setUp();
      const bodyless = [204, 304].includes(status);
      network.answer = () =>
        new Response(bodyless ? null : '{"keys":[]}', {
          status,
          headers: { location: 'http://169.254.169.254/' },
        });
      await expect(get()).rejects.toThrow(`expected status 200, found ${status}`);
      expect(network.requests).toHaveLength(1);
    },
  );

  it.each<[string, string | Uint8Array | null, string]>([
    ['nothing', null, 'expected a key set, found what is not JSON'],
    ['HTML', '<html></html>', 'expected a key set, found what is not JSON'],
    ['JSON cut short', '{"keys":[', 'expected a key set, found what is not JSON'],
    ['a byte order mark', '\ufeff{"keys":[]}', 'expected a key set, found what is not JSON'],
    ['Latin-1', new Uint8Array([0x7b, 0xe9, 0x7d]), 'expected a key set, found what is not UTF-8'],
    ['null', 'null', 'expected a key set, found what is not a JSON object'],
    ['a list', '[{"keys":[]}]', 'expected a key set, found what is not a JSON object'],
    ['a text', '"keys"', 'expected a key set, found what is not a JSON object'],
    ['two lists', '{"keys":[],"keys":[]}', 'expected a key set, found what has duplicate members'],
    [
      'a tower',
      `{"keys":[{"kty":${'['.repeat(50_000)}${']'.repeat(50_000)}}]}`,
      'expected a key set, found what is nested too deeply',
    ],
    ['no keys', '{}', 'expected an object with a list of keys'],
    ['keys that are null', '{"keys":null}', 'expected an object with a list of keys'],
    ['keys that are an object', '{"keys":{}}', 'expected an object with a list of keys'],
  ])('refuses a body of %s', async (_, body, message) => {
    const { network, get } = setUp();
    network.answer = () => new Response(body);
    await expect(get()).rejects.toThrow(new Error(message));
  });

  it('takes 256 KiB and not a byte more', async () => {
    const { network, get } = setUp();
    const ofLength = (length: number) => `{"keys":["${'x'.repeat(length - 13)}"]}`;
    network.answer = () => new Response(ofLength(256 * 1024));
    expect(await get()).toHaveLength(1);
    network.answer = () => new Response(ofLength(256 * 1024 + 1));
    await expect(get()).rejects.toThrow('expected at most 262144 bytes, found more');
  });

  it('hangs up on a body without end', async () => {
    const { network, get } = setUp();
    const { body, state } = endless(new Uint8Array(64 * 1024));
    network.answer = () => new Response(body);
    await expect(get()).rejects.toThrow('expected at most 262144 bytes, found more');
    expect(state.cancelled).toBe(true);
    expect(state.chunks).toBeLessThan(10);
  });

  it('gives up after 5 s without an answer, and leaves no timer', async () => {
    const { clock, network, get } = setUp();
    network.hang();
    const result = expect(get()).rejects.toThrow('no complete answer within 5 s');
    await settle();
    clock.advance(4_999);
    expect(network.requests[0]?.init.signal?.aborted).toBe(false);
    clock.advance(1);
    await result;
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up after 5 s on a body that drips', async () => {
    const { clock, network, get } = setUp();
    network.answer = (_url, { signal }) =>
      new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(Buffer.from('{"keys":['));
            signal?.addEventListener('abort', () => controller.error(signal.reason));
          },
        }),
      );
    const result = expect(get()).rejects.toThrow('no complete answer within 5 s');
    await settle();
    clock.advance(5_000);
    await result;
  });

  it('passes on what the network says, and leaves no timer', async () => {
    const { clock, network, get } = setUp();
    network.goDown();
    await expect(get()).rejects.toThrow('fetch failed');
    network.publish();
    await get();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('describeFetchFailure', () => {
  it.each<[string, unknown]>([
    ['ECONNREFUSED', new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })],
    ['bad port', new TypeError('fetch failed', { cause: new Error('bad port') })],
    ['expected status 200, found 500', new Error('expected status 200, found 500')],
    ['down', 'down'],
    ['a failure that says nothing', Object.create(null)],
    ['a failure that says nothing', undefined],
  ])('says %s', (text, error) => {
    expect(describeFetchFailure(error, 'http://catalog/jwks.json')).toBe(text);
  });

  it('says nothing of the query of the URL, however long that is', () => {
    const url = `https://idp.example/keys?${'key=canary&'.repeat(30)}`;
    const error = new Error(`request to ${url} failed, reason: timeout`);
    expect(describeFetchFailure(error, url)).toBe(
      'request to https://idp.example/keys?... failed, reason: timeout',
    );
  });
});
