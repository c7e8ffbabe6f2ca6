import { parse, pathToRegexp, type Token, TokenData } from 'path-to-regexp';

/** How a router may compare paths: with or without regard to case, and to a trailing slash. */
export type Reading = 'as written' | 'any slash' | 'any case' | 'any case and slash';

/** One form of a policy path, without optional parts. */
export interface PathPattern {
  /** What it matches for each router. */
  readonly regexps: Readonly<Record<Reading, RegExp>>;
  readonly segments: readonly Segment[];
  /** Matches the path alone, and nothing below it. */
  readonly exact: boolean;
}

interface Segment {
  readonly kind: 'text' | 'parameter' | 'wildcard' | 'mixture' | 'mixture with wildcard';
  /** The segment without the names of its parameters: equal for segments that match the same. */
  readonly shape: string;
  readonly regexp: RegExp;
}

/**
 * Reads a policy path: `*`, or a path that begins with `/` in the grammar of path-to-regexp 8, with at most
 * one wildcard. A second wildcard is refused because its matching time is not linear.
 *
 * @returns a pattern for each combination of the optional parts
 * @throws Error saying what is wrong with the path
 * @see {@link https://github.com/pillarjs/path-to-regexp}
 */
export function parsePathPattern(path: string, exact: boolean): PathPattern[] {
  if (path === '*' && exact) throw new Error('"*" stands for every path and cannot be exact');
  if ((path === '*' || path === '/') && !exact) return [everything];
  if (!path.startsWith('/')) throw new Error('it does not begin with "/"');
  pathToRegexp(path); // Refuses bad grammar, and more than 256 combinations, before they are expanded.
  return expandGroups(parse(path).tokens).map(tokens => {
    if (tokens.filter(token => token.type === 'wildcard').length > 1) {
      throw new Error('it has more than one wildcard');
    }
    return { regexps: compile(tokens, exact), segments: splitSegments(tokens), exact };
  });
}

const any = /^\//;
const everything: PathPattern = {
  regexps: { 'as written': any, 'any slash': any, 'any case': any, 'any case and slash': any },
  segments: [],
  exact: false,
};

function compile(tokens: Token[], exact: boolean): PathPattern['regexps'] {
  const bare = withoutTrailingSlash(tokens);
  const regexp = (sensitive: boolean, trailing: boolean) =>
    pathToRegexp(new TokenData(trailing ? bare : tokens), { end: exact, sensitive, trailing })
      .regexp;
  return {
    'as written': regexp(true, false),
    'any slash': regexp(true, true),
    'any case': regexp(false, false),
    'any case and slash': regexp(false, true),
  };
}

/** A router that ignores a trailing slash ignores that of its own path too. */
function withoutTrailingSlash(tokens: Token[]): Token[] {
  const last = tokens.at(-1);
  if (last?.type !== 'text' || !last.value.endsWith('/')) return tokens;
  const value = last.value.slice(0, -1);
  if (value !== '') return [...tokens.slice(0, -1), { type: 'text', value }];
  return tokens.length === 1 ? tokens : tokens.slice(0, -1);
}

/**
 * Tells whether every path that `special` matches is matched by `general` too, without regard to case. It may
 * say no where that takes more than a comparison segment by segment to see; it never says yes wrongly.
 */
export function covers(general: PathPattern, special: PathPattern): boolean {
  if (general.exact && !special.exact) return false;
  for (const [index, segment] of general.segments.entries()) {
    const other = special.segments[index];
    if (!other) return false;
    if (hasWildcard(segment) || hasWildcard(other)) {
      // From a wildcard on, segments no longer stand opposite each other.
      const isLast = index === general.segments.length - 1;
      if (segment.kind === 'wildcard' && isLast) return other.shape !== '';
      if (segment.kind === 'parameter' && isLast && !general.exact) return true;
      return tail(general, index) === tail(special, index);
    }
    if (!coversSegment(segment, other)) return false;
  }
  return !general.exact || special.segments.length === general.segments.length;
}

function coversSegment(general: Segment, special: Segment): boolean {
  if (special.kind === 'text') return general.regexp.test(special.shape);
  return general.kind === 'parameter' || general.shape === special.shape;
}

function tail(pattern: PathPattern, start: number): string {
  return JSON.stringify(pattern.segments.slice(start).map(({ shape }) => shape));
}

function hasWildcard({ kind }: Segment): boolean {
  return kind === 'wildcard' || kind === 'mixture with wildcard';
}

function expandGroups(tokens: Token[]): Token[][] {
  for (const [index, token] of tokens.entries()) {
    if (token.type !== 'group') continue;
    const before = tokens.slice(0, index);
    const after = tokens.slice(index + 1);
    return [
      ...expandGroups([...before, ...token.tokens, ...after]),
      ...expandGroups([...before, ...after]),
    ];
  }
  return [tokens];
}

function splitSegments(tokens: readonly Token[]): Segment[] {
  const segments: Token[][] = [[]];
  for (const token of tokens) {
    if (token.type !== 'text') {
      segments.at(-1)?.push(token);
      continue;
    }
    for (const [index, value] of token.value.split('/').entries()) {
      if (index > 0) segments.push([]);
      if (value !== '') segments.at(-1)?.push({ type: 'text', value });
    }
  }
  return segments.slice(1).map(toSegment); // The first stands before the leading slash, and is empty.
}

function toSegment(tokens: Token[]): Segment {
  const shape = tokens
    .map(token => (token.type === 'text' ? token.value.toUpperCase() : `/${token.type}`))
    .join('');
  const { regexp } = pathToRegexp(new TokenData(tokens), { trailing: false });
  const types = new Set<string>(tokens.map(token => token.type));
  if (types.has('wildcard')) {
    return { kind: tokens.length === 1 ? 'wildcard' : 'mixture with wildcard', shape, regexp };
  }
  if (types.has('param')) {
    return { kind: tokens.length === 1 ? 'parameter' : 'mixture', shape, regexp };
  }
  return { kind: 'text', shape, regexp };
}
