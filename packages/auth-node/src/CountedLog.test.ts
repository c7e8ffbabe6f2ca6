import { TestClock } from '@stagepass/auth-test-utils';
import { CountedLog } from './CountedLog';

function setUp(write?: () => void) {
  const clock = new TestClock();
  const lines: Array<[message: string, meta: object]> = [];
  const log = new CountedLog({
    write: (message, meta) => {
      lines.push([message, meta]);
      write?.();
    },
    clock,
  });
  return { clock, lines, log, messages: () => lines.map(([message]) => message) };
}

const counted = (count: number) => `(the last of ${count} in 10 s that were counted, not told)`;

describe('a log of what can be caused at will', () => {
  it('writes the first three different lines of a kind, and counts all others of ten seconds', () => {
    const { clock, log, lines } = setUp();
    log.tell('kind', () => 'a', { id: 1 });
    log.tell('kind', () => 'a', { id: 2 });
    log.tell('kind', () => 'b', { id: 3 });
    log.tell('kind', () => 'c', { id: 4 });
    for (let id = 5; id <= 1_000_000; id += 1) log.tell('kind', () => `d${id}`, { id });
    expect(clock.pendingTimers).toBe(1);
    clock.advance(9_999);
    expect(lines).toEqual([
      ['a', { id: 1 }],
      ['b', { id: 3 }],
      ['c', { id: 4 }],
    ]);
    clock.advance(1);
    expect(lines.slice(3)).toEqual([
      [`d1000000 ${counted(999_997)}`, { id: 1_000_000, count: 999_997 }],
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('makes no text of lines that it counts, but of the last', () => {
    const { clock, log, messages } = setUp();
    const made: string[] = [];
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) {
      log.tell('kind', () => {
        made.push(text);
        return text;
      });
    }
    clock.advance(10_000);
    expect(messages()).toEqual(['a', 'b', 'c', `f ${counted(3)}`]);
    expect(made).toEqual(['a', 'b', 'c', 'f']);
  });

  it('begins anew when the time is over, with a timer only where something was counted', () => {
    const { clock, log, messages } = setUp();
    log.tell('kind', () => 'a');
    expect(clock.pendingTimers).toBe(0);
    clock.advance(10_000);
    log.tell('kind', () => 'a');
    clock.advance(4_000);
    log.tell('kind', () => 'a');
    clock.advance(6_000);
    log.tell('kind', () => 'a');
    expect(messages()).toEqual(['a', 'a', `a ${counted(1)}`, 'a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('counts each kind for itself', () => {
    const { log, messages } = setUp();
    for (const kind of ['one', 'other']) {
      for (const message of ['a', 'b', 'c', 'd']) log.tell(kind, () => `${kind} ${message}`);
    }
    expect(messages()).toEqual(['one a', 'one b', 'one c', 'other a', 'other b', 'other c']);
  });

  it('TIM-06: goes by the time that passes, not by the time of day', () => {
    const { clock, log, messages } = setUp();
    log.tell('kind', () => 'a');
    clock.setTime(clock.now() + 24 * 3_600_000);
    log.tell('kind', () => 'a');
    clock.setTime(0);
    log.tell('kind', () => 'a');
    clock.advance(10_000);
    expect(messages()).toEqual(['a', `a ${counted(2)}`]);
  });

  it('tells what was counted before a timer that is late', () => {
    const clock = new TestClock();
    const late = { now: () => 0, monotonic: () => clock.monotonic(), setTimeout: () => () => {} };
    const messages: string[] = [];
    const log = new CountedLog({ write: message => messages.push(message), clock: late });
    log.tell('kind', () => 'a');
    log.tell('kind', () => 'a');
    clock.advance(60_000);
    log.tell('kind', () => 'b');
    expect(messages).toEqual(['a', `a ${counted(1)}`, 'b']);
  });

  it('loses nothing when it is closed, and works on', () => {
    const { clock, log, messages } = setUp();
    for (const message of ['a', 'a', 'b']) log.tell('kind', () => message);
    log.tell('other', () => 'c');
    log.close();
    expect(clock.pendingTimers).toBe(0);
    log.close();
    expect(messages()).toEqual(['a', 'b', 'c', `a ${counted(1)}`]);
    log.tell('kind', () => 'a');
    expect(messages().at(-1)).toBe('a');
  });

  it('does not fail with its logger', () => {
    const { clock, log, messages } = setUp(() => {
      throw new Error('disk full');
    });
    log.tell('kind', () => 'a');
    log.tell('kind', () => 'a');
    clock.advance(10_000);
    expect(messages()).toEqual(['a', `a ${counted(1)}`]);
  });
});
