import fc from 'fast-check';
import {
  type CallInput,
  COOKIE,
  type CookieInput,
  externalOrigin,
  type RequestInput,
  type TokenName,
  tokens,
  TRUSTED_ORIGINS,
} from './requestInputs';
import { RUNS, type Scenario } from './tokenScenarios';

const names = [...Object.keys(tokens), 'junk', 'nothing'] as TokenName[];
const allow = fc.option(fc.subarray(['user', 'service', 'none'] as const), {
  nil: undefined,
  freq: 4,
});
const call: fc.Arbitrary<CallInput> = fc
  .record({ allow, limited: fc.boolean() })
  .map(({ allow: allowed, limited }) => (allowed ? { allow: allowed, limited } : { limited }));
const anyCalls = fc.array(call, { minLength: 1, maxLength: 3 });
const limitedCall = fc.constant([{ limited: true }]);
const bearer = (...of: TokenName[]) =>
  fc.record({
    before: fc.constantFrom('Bearer ', 'bearer ', 'BEARER   '),
    token: fc.constantFrom(...of),
    after: fc.constant(''),
  });
const oddHeader = fc.oneof(
  fc
    .record({
      before: fc.constantFrom(
        '',
        'Basic ',
        'Bearer',
        'Bearer\t',
        'Bearer:',
        ' Bearer ',
        'Token ',
        'Bearer a ',
      ),
      token: fc.constantFrom<TokenName>('plugin', 'user', 'ci', 'junk', 'nothing'),
      after: fc.constantFrom('', ' ', ' x', ','),
    })
    .filter(
      ({ before, token, after }) => !(before === 'Bearer' && token === 'nothing' && after === ' x'),
    ),
  fc.record({
    before: fc.constant('Bearer '),
    token: fc.constantFrom<TokenName>('nothing', 'unicode'),
    after: fc.constant(''),
  }),
  fc.record({
    before: fc.constant('Bearer '),
    token: fc.constantFrom<TokenName>('plugin', 'user'),
    after: fc.constantFrom(' ', ' x', '\t'),
  }),
);
const cookie = (...of: TokenName[]): fc.Arbitrary<CookieInput> =>
  fc.record({
    name: fc.constant(COOKIE),
    token: fc.constantFrom(...of),
    written: fc.constantFrom('plain', 'spaced'),
  });
const oddCookie: fc.Arbitrary<CookieInput> = fc.record({
  name: fc.constantFrom(COOKIE, COOKIE, 'Backstage-Auth', 'a', `${COOKIE}2`),
  token: fc.constantFrom(...names),
  written: fc.constantFrom('plain', 'quoted', 'encoded', 'spaced'),
});
const safe = fc.constantFrom('GET', 'HEAD', 'OPTIONS');
const changing = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', undefined, 'get');
const none = fc.constant<CookieInput[]>([]);
const twice = (first: fc.Arbitrary<CookieInput>, second: fc.Arbitrary<CookieInput>) =>
  fc.tuple(first, second).map(pair => [...pair]);

function scenario(
  name: string,
  branch: string | undefined,
  parts: { [TName in keyof RequestInput]?: fc.Arbitrary<RequestInput[TName]> },
  runs = RUNS + 20,
): Scenario<RequestInput> {
  const inputs = fc.record({
    cookies: none,
    method: safe,
    calls: limitedCall,
    ...parts,
  }) as fc.Arbitrary<RequestInput>;
  return { name, branch, inputs, runs };
}

/** Requests of all sorts. */
export const requestScenarios: Scenario<RequestInput>[] = [
  scenario('without credentials', 'accepted', { method: fc.oneof(safe, changing) }),
  scenario('without credentials, and asked again', undefined, { calls: anyCalls }),
  scenario(
    'with a bearer',
    'accepted',
    { header: bearer('plugin', 'obo', 'user', 'limited', 'ci', 'restricted') },
    600,
  ),
  scenario(
    'with a bearer, for some',
    undefined,
    {
      header: bearer(...names.filter(name => name !== 'unicode' && name !== 'nothing')),
      calls: anyCalls,
      method: fc.oneof(safe, changing),
    },
    600,
  ),
  scenario('with a bearer of another principal', 'refused AUTH_PRINCIPAL_NOT_ALLOWED', {
    header: bearer('plugin', 'ci', 'restricted'),
    calls: fc.constant([{ allow: ['user', 'none'], limited: false }]),
  }),
  scenario('without the credentials that are asked for', 'refused AUTH_CREDENTIALS_MISSING', {
    calls: fc
      .subarray(['user', 'service'] as const)
      .map(allowed => [{ allow: allowed, limited: true }]),
  }),
  scenario('with a bearer that is restricted to another plugin', 'refused AUTH_ACCESS_RESTRICTED', {
    header: bearer('elsewhere'),
  }),
  scenario(
    'with a limited token where it is not accepted',
    'refused AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    { header: bearer('limited', 'limitedJoe'), calls: fc.constant([{ limited: false }]) },
  ),
  scenario('with a bearer and a cookie', undefined, {
    header: bearer('plugin', 'user', 'expiredPlugin'),
    cookies: fc.array(oddCookie, { maxLength: 2 }),
    calls: anyCalls,
  }),
  scenario('with an odd header', 'documented authorization-header', { header: oddHeader }),
  scenario('with an odd header, for some', undefined, { header: oddHeader, calls: anyCalls }),
  scenario('with an odd header and a cookie', 'documented authorization-header', {
    header: oddHeader,
    cookies: cookie('limited').map(it => [it]),
  }),
  scenario('with two headers', 'documented authorization-header', {
    header: bearer('plugin', 'user'),
    twice: fc.constant(true),
  }),
  scenario(
    'with a cookie',
    'accepted',
    { cookies: cookie('limited', 'limitedJoe').map(it => [it]) },
    600,
  ),
  scenario('with a cookie that is not asked for', 'accepted', {
    cookies: cookie(...names).map(it => [it]),
    calls: fc.constant([{ limited: false }]),
  }),
  scenario('with a cookie of the same origin that changes something', 'accepted', {
    cookies: cookie('limited').map(it => [it]),
    method: changing,
    origin: fc.constantFrom(...TRUSTED_ORIGINS, externalOrigin),
  }),
  scenario('with a cookie from elsewhere that changes something', 'documented cookie-origin', {
    cookies: cookie('limited', 'limitedJoe', 'user').map(it => [it]),
    method: changing,
    origin: fc.constantFrom(
      undefined,
      'null',
      'https://evil.example.com',
      'https://app.example.com.evil.example',
      'HTTPS://APP.EXAMPLE.COM',
    ),
    site: fc.constantFrom(undefined, 'cross-site', 'same-site', 'none'),
  }),
  scenario('with a cookie from elsewhere that opens a socket', 'documented cookie-origin', {
    cookies: cookie('limited').map(it => [it]),
    upgrade: fc.constant(true),
    origin: fc.constantFrom(undefined, 'https://evil.example.com'),
  }),
  scenario('with a cookie of another kind', 'documented cookie-is-a-limited-token', {
    cookies: cookie('user', 'plugin', 'obo', 'ci', 'restricted').map(it => [it]),
  }),
  scenario('with a cookie that proves nothing', undefined, {
    cookies: cookie('junk', 'expired', 'elsewhere', 'expiredPlugin', 'nothing').map(it => [it]),
    calls: anyCalls,
  }),
  scenario('with a cookie written in another way', 'documented cookie-as-received', {
    cookies: fc
      .record({
        name: fc.constant(COOKIE),
        token: fc.constantFrom<TokenName>('limited', 'user', 'ci'),
        written: fc.constantFrom('quoted', 'encoded'),
      })
      .map(it => [it]),
  }),
  scenario('with the cookies of two users', 'documented several-cookies', {
    cookies: twice(cookie('limited'), cookie('limitedJoe')),
  }),
  scenario('with a good cookie behind another', 'documented several-cookies', {
    cookies: twice(cookie('junk', 'expired', 'expiredPlugin'), cookie('limited')),
  }),
  scenario(
    'with anything',
    undefined,
    {
      header: fc.oneof(fc.constant(undefined), fc.constant(undefined), bearer(...names), oddHeader),
      twice: fc.constantFrom(undefined, undefined, true),
      cookies: fc.array(oddCookie, { maxLength: 3 }),
      method: fc.oneof(safe, changing),
      origin: fc.constantFrom(undefined, 'https://evil.example.com', ...TRUSTED_ORIGINS),
      site: fc.constantFrom(undefined, 'same-origin', 'cross-site'),
      upgrade: fc.boolean(),
      calls: anyCalls,
    },
    1_500,
  ),
];
