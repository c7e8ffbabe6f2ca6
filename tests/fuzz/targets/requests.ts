import { cookieValues } from '../../../packages/auth-http/src/core/cookieHeader';
import { extractToken } from '../../../packages/auth-http/src/core/extractToken';
import { pathBelow } from '../../../packages/auth-http/src/core/pathBelow';
import { promise, readTwice } from '../promises';
import type { Target } from '../Target';

const core = 'packages/auth-http/src/core';
const COOKIE = 'backstage-auth';

/** The values of the Authorization header, a line each. */
export const authorization: Target = {
  name: 'authorization',
  sources: [`${core}/extractToken.ts`],
  dictionary: [
    'Bearer ',
    'bearer',
    'Basic ',
    'DPoP ',
    'Negotiate ',
    ' ',
    '\n',
    'token',
    ',',
    'Bearer a.b.c',
  ],
  maxLength: 4_000,
  stepsPerByte: 20,
  check(input) {
    const values = linesOf(input);
    for (const request of requestsWith('authorization', values)) {
      for (const emptyBearerIsNone of [false, true]) {
        const read = () => extractToken(request, { emptyBearerIsNone });
        const outcome = readTwice(read, ['AUTH_REQUEST_AMBIGUOUS']);
        const [value = ''] = values;
        if (!('value' in outcome)) {
          const secret = values.flatMap(it => it.split(' ')).find(word => word.length > 12);
          promise(!secret || !outcome.reason.includes(secret), 'tells no token');
          promise(values.length > 0, 'refuses no request without the header');
          continue;
        }
        const token = outcome.value;
        const isEmpty = emptyBearerIsNone && /^bearer *$/i.test(value) && values.length === 1;
        promise(
          (token === undefined) === (values.length === 0 || isEmpty),
          'takes no header for none',
        );
        if (token === undefined) continue;
        promise(values.length === 1, 'reads one header');
        promise(token !== '' && !/[^\x21-\x7e]/.test(token), 'reads visible characters');
        const scheme = value.slice(0, -token.length);
        promise(
          value.endsWith(token) && scheme.trimEnd().toLowerCase() === 'bearer',
          'reads the whole header',
        );
      }
    }
  },
};

/** The Cookie headers, a line each. */
export const cookie: Target = {
  name: 'cookie',
  sources: [`${core}/cookieHeader.ts`, `${core}/requestHeaders.ts`],
  dictionary: [
    `${COOKIE}=`,
    `; ${COOKIE}=a`,
    ';',
    '=',
    ' ',
    '\t',
    '"',
    '\n',
    '%3d',
    'Backstage-Auth=',
    ',',
  ],
  maxLength: 4_000,
  stepsPerByte: 60,
  check(input) {
    const values = linesOf(input);
    const expected = values
      .flatMap(value => value.split(';'))
      .map(pair => /^[ \t]*backstage-auth[ \t]*=(.*)$/s.exec(pair)?.[1]?.replace(/^[ \t]+/, ''))
      .map(
        value =>
          value &&
          [...value]
            .reverse()
            .join('')
            .replace(/^[ \t]+/, ''),
      )
      .flatMap(reversed => (reversed ? [[...reversed].reverse().join('')] : []));
    for (const request of requestsWith('cookie', values)) {
      const outcome = readTwice(() => cookieValues(request, COOKIE), []);
      promise(
        'value' in outcome && isSameList(outcome.value, expected),
        'reads every value as it is',
      );
    }
  },
};

/** The target of a request, and where the plugin is mounted. */
export const requestTarget: Target = {
  name: 'request-target',
  sources: [`${core}/pathBelow.ts`],
  dictionary: [
    'http://',
    'https://host',
    '/api/test',
    '//',
    '?',
    '#',
    '@',
    '[::1]:80',
    '/..',
    '*',
    ':443',
  ],
  maxLength: 2_000,
  stepsPerByte: 10,
  check(input) {
    const target = input.toString('latin1');
    for (const base of ['', '/api/test']) {
      const outcome = readTwice(() => pathBelow(target, base), []);
      promise('value' in outcome, 'answers');
      const path = outcome.value;
      promise(path === '' || path.startsWith('/'), 'answers with a path');
      promise(!path.includes('?'), 'leaves the query out');
      const received = path === '/' ? base : `${base}${path}`;
      promise(path === '' || target.includes(received), 'answers with what was received');
    }
  },
};

function linesOf(input: Buffer): string[] {
  return input.length === 0 ? [] : input.toString('latin1').split('\n');
}

/** Requests that carry these values: as Node has them, with and without the list as received. */
function requestsWith(name: string, values: string[]) {
  const [first] = values;
  const joined = values.length > 1 ? values : first;
  return [
    { headers: { [name]: joined } },
    {
      headers: { [name]: first },
      rawHeaders: values.flatMap(value => [name.toUpperCase(), value]),
    },
  ];
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}
