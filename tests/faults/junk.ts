import { randomBytes } from 'node:crypto';
import { decode, forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { bearer, type Sent } from '../refusals/World';
import { spoilings } from './badTokens';

const foreign = createKey('foreign');

/** Good tokens of which bad ones are made. */
export interface GoodTokens {
  readonly plugin: string;
  readonly user: string;
  readonly limited: string;
}

/** Requests that nobody may answer with success, of every kind that there is; another list each time. */
export function junkRequests(good: GoodTokens): Sent[] {
  const tokens = [...malformed(good.plugin), ...madeUp(good.plugin)];
  for (const token of [good.plugin, good.user]) {
    tokens.push(...spoilings.map(([, spoil]) => spoil(token)));
  }
  return [
    ...tokens.map(token => ({ headers: bearer(token) })),
    ...tokens.slice(0, 20).map(token => ({
      path: '/view',
      headers: { cookie: `backstage-auth=${token.replaceAll(/[\s;,"\\]/g, '')}` },
    })),
    ...headers(good),
    ...cookies(good),
    ...paths(),
  ];
}

function malformed(token: string): string[] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [
    ...['a', 'a.b', 'a.b.c', '..', '.b.c', 'a.b.', `${token}.e`, `${token}.e.f`, `${token}=`],
    ...[`${header}=.${payload}.${signature}`, token.replaceAll('.', ' . '), `${token}!`],
    ...['null', '1', '[]', '""', '{}', '{', '{"alg":"none","alg":"ES256"}', '['.repeat(5_000)].map(
      text => `${segment(text)}.${payload}.${signature}`,
    ),
    ...['null', '[]', '{"sub":"catalog","s\\u0075b":"x"}', '['.repeat(5_000)].map(
      text => `${header}.${segment(text)}.${signature}`,
    ),
    '.'.repeat(10_000),
    'a'.repeat(15_000),
    `${header}.${segment({ ...decode(token).payload, more: 'x'.repeat(9_000) })}.${signature}`,
  ];
}

/** Of plugins and with keys that do not exist, each time others. */
function madeUp(token: string): string[] {
  const { header, payload } = decode(token);
  const random = () => randomBytes(9).toString('hex');
  return [
    ...Array.from({ length: 5 }, () => ({ header, payload: { ...payload, sub: `p-${random()}` } })),
    ...Array.from({ length: 5 }, () => ({ header: { ...header, kid: random() }, payload })),
    ...['../../dev/null', "' OR 1=1--", 'x\r\nSet-Cookie: a=b', '', 1, ['k'], {}, null].map(
      kid => ({
        header: { ...header, kid },
        payload,
      }),
    ),
    ...['..', '../auth', 'a/b', '@evil.com', 'evil.com:80', 'a b', '', 1, null, ['catalog']].map(
      sub => ({ header, payload: { ...payload, sub } }),
    ),
    ...['', 'none', 'HS256', 'RS256', 'es256', 1, null].map(alg => ({
      header: { ...header, alg },
      payload,
    })),
  ].map(parts => forge(parts.header, parts.payload, foreign.signing));
}

function headers({ plugin, limited }: GoodTokens): Sent[] {
  return [
    {},
    ...['Bearer', 'Bearer a b', `Basic ${plugin}`, `Bearer ${plugin}, Bearer ${plugin}`, 'x'].map(
      authorization => ({ headers: { authorization } }),
    ),
    { headers: { authorization: `Bearer${' '.repeat(12_000)}x` } },
    { headers: bearer(limited) },
    { path: `/private?access_token=${plugin}` },
    { headers: { 'x-forwarded-user': 'admin', 'x-original-url': '/api/scaffolder/public' } },
    { method: 'POST', headers: { ...bearer('x'), 'x-http-method-override': 'GET' } },
  ];
}

function cookies({ plugin, user, limited }: GoodTokens): Sent[] {
  const cookie = (value: string, path = '/view'): Sent => ({ path, headers: { cookie: value } });
  return [
    cookie(`backstage-auth=${plugin}`),
    cookie(`backstage-auth=${user}`),
    cookie(`backstage-auth=${limited}`, '/private'),
    cookie(`${'a=b; '.repeat(2_000)}backstage-auth=x`),
    {
      ...cookie(`backstage-auth=${limited}`),
      ...{ method: 'POST', path: '/view' },
      headers: { cookie: `backstage-auth=${limited}`, origin: 'https://elsewhere.example' },
    },
  ];
}

function paths(): Sent[] {
  return [
    ...['/public/../private', '/public/%2e%2e/private', '/public/..%2fprivate', '//private'],
    ...['/public%2f..%2fprivate', '/public/..%5cprivate', '/public/%252e%252e/private', '/publicx'],
    ...['/%70rivate', '/PRIVATE', '/private/', '/private;x', '/public/./../private', '/../public'],
  ].map(path => ({ path }));
}
