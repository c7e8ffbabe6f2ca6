import { demo } from '../../demo';
import { json, publicKey, refusal, someId } from '../answers';
import { after, type Expected, expiryOf, jwt, seconds, text } from '../expected';
import type { Journey, Saved } from '../step';

export const signIn: Journey = {
  title: 'Sign in',
  steps: [
    {
      name: 'everyone may read the keys that verify user tokens',
      act: { do: 'send', request: { path: '/api/auth/.well-known/jwks.json' } },
      expect: json(200, { keys: [publicKey(someId)] }, { 'cache-control': 'no-cache' }),
      save: { userKid: 'body.keys.0.kid' },
    },
    {
      name: 'jane gets a user token, signed with that key',
      act: { do: 'send', request: { method: 'POST', path: '/api/auth/sign-in', json: demo.jane } },
      expect: saved => signedIn('jane', saved),
      save: { jane: 'body.token', janeExpiresAt: 'body.expiresAt' },
    },
    {
      name: 'john signs in too',
      act: { do: 'send', request: { method: 'POST', path: '/api/auth/sign-in', json: demo.john } },
      expect: saved => signedIn('john', saved),
      save: { john: 'body.token', johnExpiresAt: 'body.expiresAt' },
    },
    {
      name: 'the auth plugin tells what jane owns things through',
      act: ({ jane }) => ({ do: 'send', request: { path: '/api/auth/v1/userinfo', bearer: jane } }),
      expect: json(
        200,
        {
          claims: {
            sub: 'user:default/jane',
            ent: ['user:default/jane', 'group:default/payments'],
          },
        },
        { 'cache-control': 'no-store', vary: 'Cookie, Authorization' },
      ),
    },
    {
      name: 'a wrong password is refused',
      act: {
        do: 'send',
        request: {
          method: 'POST',
          path: '/api/auth/sign-in',
          json: { ...demo.jane, password: demo.john.password },
        },
      },
      expect: refusal(
        401,
        'POST /api/auth/sign-in',
        'AuthenticationError: Wrong user name or password',
        '',
      ),
    },
    {
      name: 'a user who does not exist is refused with the same words',
      act: {
        do: 'send',
        request: {
          method: 'POST',
          path: '/api/auth/sign-in',
          json: { ...demo.jane, username: 'nobody' },
        },
      },
      expect: refusal(
        401,
        'POST /api/auth/sign-in',
        'AuthenticationError: Wrong user name or password',
        '',
      ),
    },
    {
      name: 'a sign-in without a password is a mistake',
      act: {
        do: 'send',
        request: { method: 'POST', path: '/api/auth/sign-in', json: { username: 'jane' } },
      },
      expect: refusal(
        400,
        'POST /api/auth/sign-in',
        'InputError: Expected a JSON object with the texts "username" and "password"',
      ),
    },
  ],
};

function signedIn(name: string, { url, userKid }: Saved): Expected {
  const claims = {
    iss: `${url}/api/auth`,
    sub: `user:default/${name}`,
    aud: 'backstage',
    iat: seconds,
    exp: after('iat', 3600),
    uip: text(/[\w-]{86}/),
  };
  return json(
    200,
    {
      token: jwt({ typ: 'vnd.backstage.user', alg: 'ES256', kid: userKid }, claims),
      expiresAt: expiryOf('token'),
    },
    { 'cache-control': 'no-store' },
  );
}
