import { entities, hops, json, publicKey, someId, user } from '../answers';
import type { Journey } from '../step';
import { page } from './cookie';

export const restart: Journey = {
  title: 'A restart, in which the private keys are lost and the public ones are kept',
  steps: [
    {
      name: 'the backend ends, and starts again with the same data',
      act: { do: 'restart' },
      expect: { exitCode: 0 },
    },
    {
      name: 'the key that verifies the user token from before is still published, beside a new one',
      act: { do: 'send', request: { path: '/api/auth/.well-known/jwks.json' } },
      expect: ({ userKid }) =>
        json(
          200,
          { keys: [publicKey(userKid), publicKey(someId)] },
          { 'cache-control': 'no-cache' },
        ),
    },
    {
      name: 'so is the key of my-plugin',
      act: { do: 'send', request: { path: '/api/my-plugin/.backstage/auth/v1/jwks.json' } },
      expect: ({ pluginKid }) =>
        json(
          200,
          { keys: [publicKey(pluginKid), publicKey(someId)] },
          { 'cache-control': 'no-cache' },
        ),
    },
    {
      name: 'the user token from before is good for two hops',
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
      name: 'the plugin token from before is good',
      act: ({ pluginToken }) => ({
        do: 'send',
        request: { path: '/api/catalog/whoami', bearer: pluginToken },
      }),
      expect: json(200, { hops: hops(['catalog', user('jane', 'plugin:my-plugin')]) }),
    },
    {
      name: 'the cookie from before is good, and the page has counted on',
      act: saved => ({
        do: 'send',
        request: { path: '/api/my-plugin/page', cookie: saved.cookie },
      }),
      expect: page(2),
    },
  ],
};
