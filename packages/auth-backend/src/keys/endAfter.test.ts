import { getEventListeners } from 'node:events';
import { TestClock } from '@stagepass/auth-test-utils';
import { settle } from '../testing/FakeNetwork';
import { rejectionOf } from '../testing/refusals';
import { endAfter, endsAtOnce } from './endAfter';

/** Everything that Node would end the process for. */
function watchUnhandled() {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  return { unhandled, stop: () => process.off('unhandledRejection', note) };
}

describe('endAfter', () => {
  it('passes on what comes in time, and leaves no timer', async () => {
    const clock = new TestClock();
    expect(await endAfter(5_000, clock, async () => 'done')).toBe('done');
    const failure = new Error('down');
    expect(await rejectionOf(endAfter(5_000, clock, () => Promise.reject(failure)))).toBe(failure);
    const throwing = () => {
      throw failure;
    };
    expect(await rejectionOf(endAfter(5_000, clock, throwing))).toBe(failure);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends what is under way when all is closed, and nothing that begins later', async () => {
    const clock = new TestClock();
    const closing = new AbortController();
    let signal: AbortSignal | undefined;
    const forEver = ({ signal: given }: { signal: AbortSignal }) => {
      signal = given;
      return new Promise<never>(() => {});
    };
    const ended = rejectionOf(endAfter(5_000, clock, forEver, { closing: closing.signal }));
    closing.abort();
    const error = await ended;
    expect(error.message).toBe('the backend has been closed');
    expect(signal?.reason).toBe(error);
    expect(clock.pendingTimers).toBe(0);
    expect(await endAfter(5_000, clock, async () => 'done', { closing: closing.signal })).toBe(
      'done',
    );
  });

  it('leaves no listener behind with what closes all, which lives as long as the process', async () => {
    const { signal: closing } = new AbortController();
    const clock = new TestClock();
    const begun = endAfter(5_000, clock, async () => 'done', { closing });
    expect(getEventListeners(closing, 'abort')).toHaveLength(1);
    await begun;
    await rejectionOf(endAfter(5_000, clock, () => Promise.reject(new Error('x')), { closing }));
    expect(getEventListeners(closing, 'abort')).toEqual([]);
  });

  it('ends what does not listen to its signal, and says so to what does', async () => {
    const clock = new TestClock();
    let signal: AbortSignal | undefined;
    const ended = rejectionOf(
      endAfter(5_000, clock, ({ signal: given }) => {
        signal = given;
        return new Promise(() => {});
      }),
    );
    clock.advance(4_999);
    expect(signal?.aborted).toBe(false);
    clock.advance(1);
    const error = await ended;
    expect(error.message).toBe('no complete answer within 5 s');
    expect(signal?.reason).toBe(error);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes no notice of what comes late, be it good or bad', async () => {
    const { unhandled, stop } = watchUnhandled();
    const clock = new TestClock();
    const late: Array<{ resolve: () => void; reject: (error: Error) => void }> = [];
    const begin = () => new Promise<void>((resolve, reject) => late.push({ resolve, reject }));
    const first = rejectionOf(endAfter(1_000, clock, begin));
    const second = rejectionOf(endAfter(1_000, clock, begin));
    clock.advance(1_000);
    await Promise.all([first, second]);
    late[0]?.resolve();
    late[1]?.reject(new Error('too late'));
    await settle();
    stop();
    expect(unhandled).toEqual([]);
  });
});

describe('endsAtOnce', () => {
  const answer = async () => 'from memory';
  it.each<[string, () => Promise<unknown>, boolean]>([
    ['an answer', answer, true],
    ['an answer of others', async () => answer(), true],
    ['a failure', () => Promise.reject(new Error('down')), true],
    ['a failure of others', async () => Promise.reject(new Error('down')), true],
    ['what comes with the next event', () => settle(), false],
    ['silence', () => new Promise(() => {}), false],
  ])('says of %s whether it is there', async (_, ask, isThere) => {
    const { unhandled, stop } = watchUnhandled();
    expect(await endsAtOnce(ask())).toBe(isThere);
    await settle();
    expect(unhandled).toEqual([]);
    stop();
  });
});
