import type { HumanDuration } from '@backstage/types';
import { RecordingLogger } from '../../testing/RecordingLogger';
import { invalidConfig } from '../../testing/refusals';
import { readTokenLifetime } from './tokenLifetime';

describe('readTokenLifetime', () => {
  it.each<[HumanDuration | undefined, number]>([
    [undefined, 3600],
    [{ minutes: 10 }, 600],
    [{ hours: 24 }, 86_400],
    [{ days: 1 }, 86_400],
    [{ hours: 1, minutes: 30, seconds: 15, milliseconds: 999 }, 5_415],
    [{ hours: 2, minutes: -30 }, 5_400],
    [{ hours: 0.5 }, 1_800],
  ])('reads %j as %d s', (duration, seconds) => {
    const logger = new RecordingLogger();
    expect(readTokenLifetime(duration, logger)).toBe(seconds * 1000);
    expect(logger.entries).toEqual([]);
  });

  it.each<[HumanDuration, number, number]>([
    [{}, 0, 600],
    [{ minutes: 9, seconds: 59 }, 599, 600],
    [{ seconds: -1 }, -1, 600],
    [{ hours: 24, seconds: 1 }, 86_401, 86_400],
    [{ days: Number.MAX_VALUE }, Infinity, 86_400],
  ])('takes the nearer limit for %j, with a warning', (duration, found, used) => {
    const logger = new RecordingLogger();
    expect(readTokenLifetime(duration, logger)).toBe(used * 1000);
    expect(logger.lines('warn')).toEqual([
      `tokenLifetime: expected 10 minutes to 24 hours, found ${found} s; using ${used} s`,
    ]);
  });

  it.each<[unknown, string]>([
    [{ hours: '1' }, '{"hours":"1"}'],
    [{ hours: NaN }, '{"hours":null}'],
    [{ hours: Infinity }, '{"hours":null}'],
    [{ hour: 1 }, '{"hour":1}'],
    [{ months: 1 }, '{"months":1}'],
    [{ constructor: 1 }, '{"constructor":1}'],
    ['1h', '{"0":"1"}'],
  ])('refuses %j', (duration, found) => {
    expect(() => readTokenLifetime(duration as HumanDuration, new RecordingLogger())).toThrow(
      expect.objectContaining(
        invalidConfig(
          `tokenLifetime: expected numbers of days, hours, minutes, seconds, milliseconds, found ${found}`,
        ),
      ),
    );
  });
});
