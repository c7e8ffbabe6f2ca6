import { entities, hops, json, publicKey, service, someId, user } from '../answers';
import { jwt, seconds } from '../expected';
import type { Journey } from '../step';

export const calls: Journey = {
  title: 'Calls from plugin to plugin',
  steps: [
    {
      name: 'jane calls the catalog',
      act: ({ jane }) => ({ do: 'send', request: { path: '/api/catalog/whoami', bearer: jane } }),
      expect: json(200, { hops: hops(['catalog', user('jane')]) }),
    },
    {
      name: 'jane calls my-plugin, which calls the catalog on her behalf',
      act: ({ jane }) => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', bearer: jane },
      }),
      expect: json(200, {
        hops: hops(['my-plugin', user('jane')], ['catalog', user('jane', 'plugin:my-plugin')]),
        entities: entities('checkout', 'website', 'notebook'),
      }),
    },
    {
      name: 'the same call for john shows what is his',
      act: ({ john }) => ({
        do: 'send',
        request: { path: '/api/my-plugin/on-behalf', bearer: john },
      }),
      expect: json(200, {
        hops: hops(['my-plugin', user('john')], ['catalog', user('john', 'plugin:my-plugin')]),
        entities: entities('search', 'website'),
      }),
    },
    {
      name: 'jane calls my-plugin, which calls the catalog as itself',
      act: ({ jane }) => ({
        do: 'send',
        request: { path: '/api/my-plugin/as-myself', bearer: jane },
      }),
      expect: json(200, {
        hops: hops(['my-plugin', user('jane')], ['catalog', service('plugin:my-plugin')]),
        entities: entities('checkout', 'search', 'website', 'notebook'),
      }),
    },
    {
      name: 'everyone may read the keys that verify the tokens of my-plugin',
      act: { do: 'send', request: { path: '/api/my-plugin/.backstage/auth/v1/jwks.json' } },
      expect: json(200, { keys: [publicKey(someId)] }, { 'cache-control': 'no-cache' }),
      save: { pluginKid: 'body.keys.0.kid' },
    },
    {
      name: 'the token between the two: from my-plugin, for the catalog, with a limited token of jane in it',
      act: ({ jane }) => ({ do: 'send', request: { path: '/api/my-plugin/token', bearer: jane } }),
      expect: ({ userKid, pluginKid, janeExpiresAt }) => {
        const exp = Date.parse(janeExpiresAt) / 1000;
        const limited = jwt(
          { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: userKid },
          { sub: 'user:default/jane', iat: exp - 3600, exp },
        );
        return json(
          200,
          {
            token: jwt(
              { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: pluginKid },
              { sub: 'my-plugin', aud: 'catalog', iat: seconds, exp, obo: limited },
            ),
          },
          { 'cache-control': 'no-store' },
        );
      },
      save: { pluginToken: 'body.token' },
    },
    {
      name: 'the catalog accepts that token: jane, through my-plugin',
      act: ({ pluginToken }) => ({
        do: 'send',
        request: { path: '/api/catalog/whoami', bearer: pluginToken },
      }),
      expect: json(200, { hops: hops(['catalog', user('jane', 'plugin:my-plugin')]) }),
    },
    {
      name: 'health needs no credentials',
      act: { do: 'send', request: { path: '/api/my-plugin/health' } },
      expect: json(200, { status: 'ok' }),
    },
  ],
};
