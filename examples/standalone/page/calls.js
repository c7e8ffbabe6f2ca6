import { decode, tamper } from './token.js';

/**
 * What can be done on the page. `request` says what is sent, given `me`, the user token; `demo`, the static
 * tokens; and `other`, which makes what else is needed.
 *
 * @type {Array<{ title: string, calls: Array<{ name: string, note: string, request: Function }> }>}
 */
export const groups = [
  {
    title: 'Calls',
    calls: [
      {
        name: 'You call the catalog',
        note: 'Your user token, one hop.',
        request: ({ me }) => ({ path: '/api/catalog/entities', bearer: me }),
      },
      {
        name: 'my-plugin calls on your behalf',
        note: 'Two hops: its own token, with you inside.',
        request: ({ me }) => ({ path: '/api/my-plugin/on-behalf', bearer: me }),
      },
      {
        name: 'my-plugin calls as itself',
        note: 'Two hops: the catalog does not see you.',
        request: ({ me }) => ({ path: '/api/my-plugin/as-myself', bearer: me }),
      },
      {
        name: 'A deploy bot calls',
        note: 'A static token, from outside the backend.',
        request: ({ demo }) => ({ path: '/api/catalog/entities', bearer: demo.deployBot }),
      },
      {
        name: 'A restricted job calls',
        note: 'A static token that may read in the catalog.',
        request: ({ demo }) => ({ path: '/api/catalog/entities', bearer: demo.reportJob }),
      },
      {
        name: 'Somebody asks for the health',
        note: 'No credentials, where none are needed.',
        request: () => ({ path: '/api/my-plugin/health' }),
      },
    ],
  },
  {
    title: 'The cookie',
    calls: [
      {
        name: 'Set the cookie',
        note: 'A limited token of yours, for paths that take it.',
        request: ({ me }) => ({ path: cookiePath, bearer: me, cookie: true }),
      },
      {
        name: 'Open the page with it',
        note: 'No bearer: the browser sends the cookie.',
        request: () => ({ path: '/api/my-plugin/page', cookie: true }),
      },
      {
        name: 'Drop the cookie',
        note: 'Only your user token can.',
        request: ({ me }) => ({ method: 'DELETE', path: cookiePath, bearer: me, cookie: true }),
      },
    ],
  },
  {
    title: 'Refusals',
    calls: [
      {
        name: 'No credentials',
        note: 'Where a plugin wants some.',
        request: () => ({ path: '/api/my-plugin/on-behalf' }),
      },
      {
        name: 'No bearer token',
        note: 'Another scheme: not the same as nothing.',
        request: () => ({ path: '/api/my-plugin/on-behalf', authorization: 'Basic amFuZTo=' }),
      },
      {
        name: 'A token that nobody issued',
        note: 'Any text.',
        request: () => ({ path: '/api/catalog/whoami', bearer: 'nobody-issued-this' }),
      },
      {
        name: 'A tampered token',
        note: 'Yours, with another name written into it.',
        request: ({ me }) => ({
          path: '/api/catalog/whoami',
          bearer: tamper(me, { claims: { sub: 'user:default/root' } }),
        }),
      },
      {
        name: 'A token that says it has expired',
        note: 'By hand. The signature is looked at first.',
        request: ({ me }) => ({
          path: '/api/catalog/whoami',
          bearer: tamper(me, { claims: { iat: 1_700_000_000, exp: 1_700_003_600 } }),
        }),
      },
      {
        name: 'A token that says it is not signed',
        note: 'The oldest trick: "alg": "none".',
        request: ({ me }) => ({
          path: '/api/catalog/whoami',
          bearer: tamper(me, { header: { alg: 'none' } }),
        }),
      },
      {
        name: 'A token for another plugin',
        note: 'Made for the catalog, sent to my-plugin.',
        request: async ({ other }) => ({
          path: '/api/my-plugin/on-behalf',
          bearer: await other.pluginToken(),
        }),
      },
      {
        name: 'A limited token as bearer',
        note: 'On a path that wants a whole one.',
        request: async ({ other }) => ({
          path: '/api/my-plugin/on-behalf',
          bearer: decode((await other.pluginToken()).split('.')[1]).obo,
        }),
      },
      {
        name: 'The cookie on a path that takes none',
        note: 'Set for you first, if it is not there.',
        request: async ({ other }) => {
          await other.cookie();
          return { path: '/api/my-plugin/on-behalf', cookie: true };
        },
      },
      {
        name: 'A service where users are asked for',
        note: 'The deploy bot, at a route for users.',
        request: ({ demo }) => ({ path: '/api/my-plugin/token', bearer: demo.deployBot }),
      },
      {
        name: 'The restricted job at my-plugin',
        note: 'Its restrictions name the catalog alone.',
        request: ({ demo }) => ({ path: '/api/my-plugin/on-behalf', bearer: demo.reportJob }),
      },
      {
        name: 'The restricted job writes',
        note: 'It is let in; the catalog itself says no.',
        request: ({ demo }) => ({
          method: 'POST',
          path: '/api/catalog/entities',
          bearer: demo.reportJob,
          json: { ref: 'resource:default/poster', owner: 'user:default/jane', public: true },
        }),
      },
    ],
  },
];

/** Where the cookie is set and dropped. */
export const cookiePath = '/api/my-plugin/.backstage/auth/v1/cookie';
