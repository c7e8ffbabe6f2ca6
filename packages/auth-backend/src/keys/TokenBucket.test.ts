import { TestClock } from '@stagepass/auth-test-utils';
import { TokenBucket } from './TokenBucket';

function takeAll(bucket: TokenBucket): number {
  let taken = 0;
  while (bucket.take()) taken += 1;
  return taken;
}

describe('TokenBucket', () => {
  it.each([
    [0, 0],
    [999, 0],
    [1_000, 1],
    [2_500, 2],
    [60_000, 5],
    [86_400_000, 5],
  ])('holds, %d ms after it was emptied, %d more', (waited, expected) => {
    const clock = new TestClock();
    const bucket = new TokenBucket({ capacity: 5, refillEvery: 1_000, clock });
    expect(takeAll(bucket)).toBe(5);
    clock.advance(waited);
    expect(takeAll(bucket)).toBe(expected);
  });

  it('refills evenly, however often it is asked meanwhile', () => {
    const clock = new TestClock();
    const bucket = new TokenBucket({ capacity: 5, refillEvery: 1_000, clock });
    let taken = takeAll(bucket);
    for (let step = 0; step < 100; step += 1) {
      clock.advance(300);
      taken += takeAll(bucket);
    }
    expect(taken).toBe(35);
  });

  it('does not notice that the clock is set', () => {
    const clock = new TestClock();
    const bucket = new TokenBucket({ capacity: 1, refillEvery: 1_000, clock });
    expect(takeAll(bucket)).toBe(1);
    clock.setTime(clock.now() + 86_400_000);
    expect(takeAll(bucket)).toBe(0);
    clock.setTime(0);
    clock.advance(1_000);
    expect(takeAll(bucket)).toBe(1);
  });

  it('takes back what was well spent, and never holds more than it can', () => {
    const clock = new TestClock();
    const bucket = new TokenBucket({ capacity: 2, refillEvery: 1_000, clock });
    bucket.giveBack();
    expect(takeAll(bucket)).toBe(2);
    bucket.giveBack();
    expect(takeAll(bucket)).toBe(1);
  });

  it('tells when there is the next one', () => {
    const clock = new TestClock();
    const bucket = new TokenBucket({ capacity: 1, refillEvery: 1_000, clock });
    bucket.take();
    expect(bucket.nextIn()).toBe(1_000);
    clock.advance(300);
    expect(bucket.nextIn()).toBe(700);
    clock.advance(5_000);
    expect(bucket.nextIn()).toBe(0);
    expect(bucket.take()).toBe(true);
  });
});
