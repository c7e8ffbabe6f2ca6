import { TestClock } from '@stagepass/auth-test-utils';
import { StoreTime } from './StoreTime';

const HOUR = 60 * 60 * 1000;

describe('StoreTime', () => {
  it('is that of the own clock as long as the store has said nothing', () => {
    const clock = new TestClock();
    const time = new StoreTime(clock);
    clock.advance(HOUR);
    expect(time.now()).toBe(clock.now());
  });

  it.each([
    ['that is ahead', 4 * HOUR],
    ['that is right', 0],
    ['that is behind', -4 * HOUR],
  ])('is the earlier one with a clock %s', (_, ahead) => {
    const clock = new TestClock();
    const time = new StoreTime(clock);
    clock.advance(HOUR);
    const right = clock.now() - ahead;
    time.note(new Date(right));
    clock.advance(HOUR);
    expect(time.now()).toBe(Math.min(right, right + ahead) + HOUR);
  });

  it('goes on by itself when the own clock is set ahead', () => {
    const clock = new TestClock();
    const time = new StoreTime(clock);
    const start = clock.now();
    time.note(new Date(start));
    clock.setTime(start + 6 * HOUR);
    clock.advance(HOUR);
    expect(time.now()).toBe(start + HOUR);
  });
});
