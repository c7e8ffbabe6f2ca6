import type { JsonObject } from '@backstage/types';
import type { TimeExplanation, TokenExplanation } from './TokenExplanation';

/** The last moment that a date can be, in seconds since the epoch. */
const LATEST = 8_640_000_000_000;

const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/**
 * Says when a token was issued, is valid and expires, as far as its claims are times.
 *
 * @param now - milliseconds since the epoch
 */
export function describeTimes(
  { iat, nbf, exp }: JsonObject,
  now: number,
): TokenExplanation['times'] | undefined {
  const issued = describe(iat, now, away => (away > 0 ? 'in the future,' : ''));
  const validFrom = describe(nbf, now, away => (away > 0 ? 'not valid yet' : ''));
  const expires = describe(exp, now, away => (away <= 0 ? 'expired' : ''));
  if (!issued && !validFrom && !expires) return undefined;
  return {
    ...(issued && { issued }),
    ...(validFrom && { validFrom }),
    ...(expires && { expires }),
  };
}

function describe(
  claim: unknown,
  now: number,
  remark: (away: number) => string,
): TimeExplanation | undefined {
  if (typeof claim !== 'number' || !(Math.abs(claim) <= LATEST)) return undefined;
  const away = claim - now / 1000;
  const at = new Date(claim * 1000).toISOString();
  const distance = away > 0 ? `in ${inWords(away)}` : `${inWords(-away)} ago`;
  return { at, inWords: [remark(away), distance].filter(text => text !== '').join(' ') };
}

/** Writes a length of time in its two largest units. */
export function inWords(seconds: number): string {
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [name, length] of units) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || 'less than a second';
}
