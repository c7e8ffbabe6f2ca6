import { setImmediate } from 'node:timers/promises';
import { Turnstile } from './Turnstile';

function setUp() {
  const turnstile = new Turnstile();
  const passed: number[] = [];
  const enter = (task: Promise<unknown>, from: number, to = from + 1) => {
    for (let index = from; index < to; index += 1) {
      void turnstile.passAfter(task).then(() => passed.push(index));
    }
  };
  return { passed, enter };
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('Turnstile', () => {
  it('lets 64 go on in each turn of the event loop, in order, once the task has ended', async () => {
    const { passed, enter } = setUp();
    let end = () => {};
    const task = new Promise<void>(resolve => (end = resolve));
    enter(task, 0, 130);
    await setImmediate();
    expect(passed).toEqual([]);
    end();
    for (const count of [64, 128, 130]) {
      await setImmediate();
      expect(passed).toEqual(numbers(count));
    }
  });

  it('lets go on who comes when it has ended, and those who wait for another task after those before them', async () => {
    const { passed, enter } = setUp();
    enter(Promise.resolve(), 0, 100);
    let end = () => {};
    const task = new Promise<void>(resolve => (end = resolve));
    enter(task, 100, 200);
    await setImmediate();
    expect(passed).toEqual(numbers(64));
    end();
    await setImmediate();
    expect(passed).toEqual(numbers(128));
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    expect(passed).toEqual(numbers(200));
    // Who comes late waits for nothing.
    enter(task, 200);
    await setImmediate();
    expect(passed).toEqual(numbers(201));
  });

  it('lets go on also where the task has failed', async () => {
    const { passed, enter } = setUp();
    enter(Promise.reject(new Error('failed')), 0, 2);
    await setImmediate();
    expect(passed).toEqual([0, 1]);
  });
});
