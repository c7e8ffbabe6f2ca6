import { type Expected, type Found, isMatcher, type Matcher } from './expected';
import { readToken } from './readToken';

/** One thing that is not as expected. */
export interface Difference {
  /** Where, as in `body.hops[1].principal`. */
  path: string;
  expected: string;
  found: string;
}

/** What a value is compared in: where it stands, what it is a member of, and when it was found. */
interface Place {
  path: string;
  parent?: Found;
  /** In seconds. */
  time: number;
}

/**
 * Compares what was found with what was expected, to the last member.
 *
 * @param time - when it was found, in seconds since the epoch
 * @returns every difference; none means all is as expected
 */
export function compare(expected: Expected, found: Found, time: number): Difference[] {
  return compareAt(expected, found, { path: '', time });
}

function compareAt(expected: Expected, found: Found | undefined, place: Place): Difference[] {
  if (isMatcher(expected)) return match(expected, found, place);
  if (Array.isArray(expected) && Array.isArray(found)) {
    const length = Math.max(expected.length, found.length);
    return Array.from({ length }).flatMap((_, index) =>
      compareMember(expected[index], found[index], {
        ...place,
        path: `${place.path}[${index}]`,
        parent: found,
      }),
    );
  }
  if (isObject(expected) && isObject(found)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(found)]);
    return [...keys].flatMap(key =>
      compareMember(expected[key], found[key], {
        ...place,
        path: place.path ? `${place.path}.${key}` : key,
        parent: found,
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
    case 'now': {
      const isNow = typeof found === 'number' && Math.abs(found - place.time) <= 60;
      return judge(`about ${place.time}, the present time in seconds`, isNow);
    }
    case 'expiryOf': {
      const token = isObject(place.parent) ? readToken(place.parent[matcher.sibling]) : undefined;
      const exp = Number(token?.claims.exp);
      const expiry = Number.isNaN(exp) ? undefined : new Date(exp * 1000).toISOString();
      return judge(`the expiry of ${matcher.sibling}, ${expiry}`, found === expiry);
    }
    case 'jwt': {
      const token = readToken(found);
      if (!token) return judge('a token', false);
      const lifetime = Number(token.claims.exp) - Number(token.claims.iat);
      const parts = { header: token.header, claims: token.claims, lifetime };
      const { header, claims } = matcher;
      return compareAt({ header, claims, lifetime: matcher.lifetime }, parts, place);
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

function isObject<T>(value: T | T[] | null | undefined): value is Extract<T, object> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
