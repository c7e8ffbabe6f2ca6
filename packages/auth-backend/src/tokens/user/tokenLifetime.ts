import type { HumanDuration } from '@backstage/types';
import type { LoggerService } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const SHORTEST = 10 * MINUTE;
const LONGEST = 24 * HOUR;

const units: ReadonlyMap<string, number> = new Map([
  ['days', DAY],
  ['hours', HOUR],
  ['minutes', MINUTE],
  ['seconds', SECOND],
  ['milliseconds', 1],
]);

/**
 * Reads the lifetime of user tokens, in milliseconds, whole seconds. Outside of 10 minutes to 24 hours the
 * nearer limit is taken, with a warning, as in Backstage.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when it is not a duration
 */
export function readTokenLifetime(
  duration: HumanDuration | undefined,
  logger: LoggerService,
): number {
  if (duration === undefined) return HOUR;
  let sum = 0;
  for (const [unit, amount] of Object.entries(duration) as Array<[string, unknown]>) {
    const length = units.get(unit);
    if (length === undefined || typeof amount !== 'number' || !Number.isFinite(amount)) {
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `tokenLifetime: expected numbers of ${[...units.keys()].join(', ')}, found ${quote({ [unit]: amount })}`,
      );
    }
    sum += amount * length;
  }
  const lifetime = Math.min(Math.max(sum, SHORTEST), LONGEST);
  if (lifetime !== sum) {
    logger.warn(
      `tokenLifetime: expected 10 minutes to 24 hours, found ${sum / SECOND} s; using ${lifetime / SECOND} s`,
    );
  }
  return Math.floor(lifetime / SECOND) * SECOND;
}
