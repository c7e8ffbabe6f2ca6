import { json, refusal } from '../answers';
import { type Expected, jwt, text } from '../expected';
import type { Journey } from '../step';

const cookiePath = '/api/my-plugin/.backstage/auth/v1/cookie';
const uncached = { 'cache-control': 'no-store', vary: 'Cookie, Authorization' };
const attributes = {
  Path: '/',
  HttpOnly: '',
  Secure: '',
  Priority: 'High',
  SameSite: 'None',
};
const expired = { ...attributes, Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' };

/** Clears what other replicas may have set for the domain. */
const clearForDomain = {
  name: 'backstage-auth',
  value: '',
  attributes: { ...expired, Domain: 'localhost' },
};

const dropped = {
  ...uncached,
  'set-cookie': [{ name: 'backstage-auth', value: '', attributes: expired }, clearForDomain],
};

export const cookie: Journey = {
  title: 'The cookie',
  steps: [
    {
      name: 'jane gets a cookie: a limited token of hers, for as long as her token',
      act: ({ jane }) => ({ do: 'send', request: { path: cookiePath, bearer: jane } }),
      expect: saved =>
        json(
          200,
          { expiresAt: saved.janeExpiresAt },
          { ...uncached, 'set-cookie': [cookieOf('jane', saved.userKid, saved.janeExpiresAt)] },
        ),
      save: { cookie: 'headers.set-cookie.0.value' },
    },
    {
      name: 'asking again, with a cookie that is good for long, sets none',
      act: saved => ({
        do: 'send',
        request: { path: cookiePath, bearer: saved.jane, cookie: saved.cookie },
      }),
      expect: saved => json(200, { expiresAt: saved.janeExpiresAt }, uncached),
    },
    {
      name: 'john, in the same browser, gets his own at once',
      act: saved => ({
        do: 'send',
        request: { path: cookiePath, bearer: saved.john, cookie: saved.cookie },
      }),
      expect: saved =>
        json(
          200,
          { expiresAt: saved.johnExpiresAt },
          {
            ...uncached,
            'set-cookie': [clearForDomain, cookieOf('john', saved.userKid, saved.johnExpiresAt)],
          },
        ),
    },
    {
      name: 'the cookie opens the page, which calls the catalog for jane',
      act: saved => ({
        do: 'send',
        request: { path: '/api/my-plugin/page', cookie: saved.cookie },
      }),
      expect: page(1),
    },
    {
      name: 'the cookie opens nothing else',
      act: saved => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', cookie: saved.cookie },
      }),
      expect: refusal(
        401,
        'GET /api/my-plugin/on-behalf',
        'AuthenticationError: Missing credentials',
        '',
      ),
    },
    {
      name: 'nor does what is in it, sent as bearer',
      act: saved => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', bearer: saved.cookie },
      }),
      expect: refusal(
        401,
        'GET /api/my-plugin/on-behalf',
        'AuthenticationError: Illegal limited user token',
        'error="invalid_token"',
      ),
    },
    {
      name: 'a user token in the cookie is not accepted, and dropped',
      act: ({ jane }) => ({ do: 'send', request: { path: '/api/my-plugin/page', cookie: jane } }),
      expect: refusal(
        401,
        'GET /api/my-plugin/page',
        'AuthenticationError: Illegal token',
        'error="invalid_token"',
        dropped,
      ),
    },
    {
      name: 'the cookie alone cannot drop the cookie',
      act: saved => ({
        do: 'send',
        request: { method: 'DELETE', path: cookiePath, cookie: saved.cookie },
      }),
      expect: refusal(401, `DELETE ${cookiePath}`, 'AuthenticationError: Missing credentials', ''),
    },
    {
      name: 'jane drops the cookie',
      act: saved => ({
        do: 'send',
        request: { method: 'DELETE', path: cookiePath, bearer: saved.jane, cookie: saved.cookie },
      }),
      expect: {
        status: 204,
        headers: dropped,
        body: '',
      },
    },
    {
      name: 'without it the page stays closed',
      act: { do: 'send', request: { path: '/api/my-plugin/page' } },
      expect: refusal(
        401,
        'GET /api/my-plugin/page',
        'AuthenticationError: Missing credentials',
        '',
      ),
    },
  ],
};

/** The page of `my-plugin` as jane sees it. */
export function page(visit: number): Expected {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': text(
        /default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'/,
      ),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: [
      'My plugin',
      'Hello, user:default/jane',
      `Your cookie opened this page. This is visit number ${visit}.`,
      'What the catalog shows you Owner',
      'component:default/checkout group:default/payments',
      'component:default/website group:default/storefront',
      'resource:default/janes-notebook user:default/jane',
    ],
  };
}

/** The cookie that holds the limited token of a user: the same user and times as in the user token. */
function cookieOf(name: string, kid: string, expiresAt: string): Expected {
  const exp = Date.parse(expiresAt) / 1000;
  return {
    name: 'backstage-auth',
    value: jwt(
      { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid },
      { sub: `user:default/${name}`, iat: exp - 3600, exp },
    ),
    attributes: {
      ...attributes,
      Expires: new Date(exp * 1000).toUTCString(),
      'Max-Age': text(/3600|3[0-5]\d\d/),
    },
  };
}
