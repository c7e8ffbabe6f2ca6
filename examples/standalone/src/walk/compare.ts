import { type Expected, type Found, isMatcher, type Matcher } from './expected';
import { readToken } from '../inspector/readToken';

/** One thing that is not as expected. */
export interface Difference {
  /** Where, as in `body.hops[1].principal`. */
  path: string;
  expected: string;
  found: string;
}

/** Where a value stands, and what stands beside it. */
interface Place {
  path: string;
  siblings: Members<Found>;
}

type Members<T> = { [key: string]: T };

/**
 * Compares what was found with what was expected, to the last member.
 *
 * @returns every difference; none means all is as expected
 */
export function compare(expected: Expected, found: Found): Difference[] {
  return compareAt(expected, found, { path: '', siblings: {} });
}

function compareAt(expected: Expected, found: Found | undefined, place: Place): Difference[] {
  if (isMatcher(expected)) return match(expected, found, place);
  if (Array.isArray(expected) && Array.isArray(found)) {
    const length = Math.max(expected.length, found.length);
    return Array.from({ length }).flatMap((_, index) =>
      compareMember(expected[index], found[index], {
        path: `${place.path}[${index}]`,
        siblings: {},
      }),
    );
  }
  const wanted = membersOf(expected);
  const present = membersOf(found);
  if (wanted && present) {
    const keys = new Set([...Object.keys(wanted), ...Object.keys(present)]);
    return [...keys].flatMap(key =>
      compareMember(wanted[key], present[key], {
        path: place.path ? `${place.path}.${key}` : key,
        siblings: present,
      }),
    );
  }
  return expected === found ? [] : [difference(show(expected), found, place)];
}

function compareMember(
  expected: Expected | undefined,
  found: Found | undefined,
  place: Place,
): Difference[] {
  if (expected === undefined) return [difference('nothing', found, place)];
  return compareAt(expected, found, place);
}

function match(matcher: Matcher, found: Found | undefined, place: Place): Difference[] {
  const judge = (expected: string, isRight: boolean) =>
    isRight ? [] : [difference(expected, found, place)];
  switch (matcher.$) {
    case 'text': {
      const isMatch = typeof found === 'string' && fullMatch(matcher.pattern).test(found);
      return judge(`a text like ${matcher.pattern}`, isMatch);
    }
    case 'seconds':
      return judge('a time in whole seconds', Number.isSafeInteger(found));
    case 'after': {
      const start = place.siblings[matcher.sibling];
      const isAfter = Number(found) - Number(start) === matcher.seconds;
      return judge(`${matcher.seconds} s after ${matcher.sibling}, ${String(start)}`, isAfter);
    }
    case 'expiryOf': {
      const token = readToken(place.siblings[matcher.sibling]);
      const exp = Number(token?.claims.exp);
      const expiry = Number.isNaN(exp) ? undefined : new Date(exp * 1000).toISOString();
      return judge(`the expiry of ${matcher.sibling}, ${expiry}`, found === expiry);
    }
    case 'jwt': {
      const token = readToken(found);
      if (!token) return judge('a token', false);
      return compareAt({ header: matcher.header, claims: matcher.claims }, { ...token }, place);
    }
  }
}

function fullMatch(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}

function difference(expected: string, found: Found | undefined, { path }: Place): Difference {
  return { path, expected, found: found === undefined ? 'nothing' : show(found) };
}

/** Writes a value for the transcript; what makes a token valid is left out. */
function show(value: unknown): string {
  return JSON.stringify(value).replace(/(eyJ[\w-]+\.eyJ[\w-]+)\.[\w-]+/g, '$1.…');
}

function membersOf<T>(value: T | T[] | Members<T> | undefined): Members<T> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Members<T>) : undefined;
}
