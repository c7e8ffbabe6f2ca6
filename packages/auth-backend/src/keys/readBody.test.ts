import { getEventListeners } from 'node:events';
import { settle } from '../testing/FakeNetwork';
import { discardBody, readBody } from './readBody';

/** A response that a test feeds; it tells why it was cancelled. */
function feed(options: { failsToCancel?: boolean } = {}) {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const cancelled: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    start: given => void (controller = given),
    cancel(reason) {
      cancelled.push(reason);
      if (options.failsToCancel) throw new Error('cannot hang up');
    },
  });
  const send = (text: string) => controller?.enqueue(Buffer.from(text));
  return { response: new Response(body), send, end: () => controller?.close(), cancelled };
}

const never = new AbortController().signal;

describe('readBody', () => {
  it('joins what came, whole or in pieces, and nothing where there is no body', async () => {
    const { response, send, end, cancelled } = feed();
    send('{"ke');
    send('ys":[]}');
    end();
    const body = await readBody(response, { maxBytes: 11, signal: never });
    expect(Buffer.from(body).toString()).toBe('{"keys":[]}');
    expect(cancelled).toEqual([]);
    expect(getEventListeners(never, 'abort')).toEqual([]);
    const empty = await readBody(new Response(null), { maxBytes: 1, signal: never });
    expect(empty).toHaveLength(0);
  });

  it.each([false, true])('hangs up on a byte too many, if that fails: %j', async failsToCancel => {
    const { response, send, cancelled } = feed({ failsToCancel });
    send('1234');
    send('5');
    await expect(readBody(response, { maxBytes: 4, signal: never })).rejects.toThrow(
      'expected at most 4 bytes, found more',
    );
    expect(cancelled).toHaveLength(1);
  });

  it('hangs up when the signal is aborted, though the body does not listen to it', async () => {
    const { response, send, cancelled } = feed();
    const abort = new AbortController();
    send('{"keys":[');
    const read = expect(
      readBody(response, { maxBytes: 100, signal: abort.signal }),
    ).rejects.toThrow('too late');
    await settle();
    expect(cancelled).toEqual([]);
    abort.abort(new Error('too late'));
    await read;
    expect(cancelled).toEqual([abort.signal.reason]);
  });

  it('hangs up at once on a response that came after the signal', async () => {
    const { response, cancelled } = feed();
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(readBody(response, { maxBytes: 100, signal })).rejects.toThrow('too late');
    expect(cancelled).toEqual([signal.reason]);
  });

  it('discards a body without waiting for it', async () => {
    const { response, cancelled } = feed({ failsToCancel: true });
    discardBody(response);
    discardBody(new Response(null));
    await settle();
    expect(cancelled).toHaveLength(1);
  });
});
