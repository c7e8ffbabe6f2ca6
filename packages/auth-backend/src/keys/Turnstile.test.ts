import { setImmediate } from 'node:timers/promises';
import { Turnstile } from './Turnstile';

describe('Turnstile', () => {
  it('lets 64 go on in each turn of the event loop, in order, and those that come later after them', async () => {
    const turnstile = new Turnstile();
    const passed: number[] = [];
    const enter = (index: number) => void turnstile.pass().then(() => passed.push(index));
    for (let index = 0; index < 130; index += 1) enter(index);
    await Promise.resolve();
    expect(passed).toEqual([]);
    await setImmediate();
    expect(passed).toHaveLength(64);
    enter(130);
    await setImmediate();
    expect(passed).toHaveLength(128);
    await setImmediate();
    expect(passed).toEqual(Array.from({ length: 131 }, (_, index) => index));
    enter(131);
    await setImmediate();
    expect(passed.at(-1)).toBe(131);
  });
});
