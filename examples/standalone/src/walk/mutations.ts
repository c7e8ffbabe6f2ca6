import { type Expected, isMatcher } from './expected';

/** An expectation with one change in it. */
export interface Mutation {
  change: string;
  expected: Expected;
}

/**
 * Makes every expectation that differs in one place: each value changed, each member left out, one member
 * too many, each matcher made into a value.
 */
export function* mutationsOf(expected: Expected, path = ''): Generator<Mutation> {
  if (typeof expected !== 'object' || expected === null) {
    yield { change: `${path} is another value`, expected: otherThan(expected) };
    return;
  }
  if (isMatcher(expected)) yield { change: `${path} is no matcher`, expected: 'something else' };
  else if (Array.isArray(expected)) {
    yield { change: `${path} has an item more`, expected: [...expected, 'one more'] };
  } else yield { change: `${path} has a member more`, expected: { ...expected, more: 'one more' } };

  for (const key of Object.keys(expected)) {
    if (key === '$') continue;
    const at = path ? `${path}.${key}` : key;
    const replace = (member: Expected[]): Expected => {
      if (Array.isArray(expected)) return expected.toSpliced(Number(key), 1, ...member);
      const others = Object.entries(expected).filter(([name]) => name !== key);
      return Object.fromEntries([...others, ...member.map(it => [key, it])]) as Expected;
    };
    yield { change: `${at} is left out`, expected: replace([]) };
    const member = (expected as { [key: string]: Expected })[key] ?? null;
    for (const { change, expected: changed } of mutationsOf(member, at)) {
      yield { change, expected: replace([changed]) };
    }
  }
}

function otherThan(value: null | boolean | number | string): Expected {
  if (typeof value === 'string') return `${value}~`;
  if (typeof value === 'number') return value + 1;
  return value === null ? 'null' : !value;
}
