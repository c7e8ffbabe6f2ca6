import { entities, hops, user } from './answers';
import { type Expected, seconds, text } from './expected';

// What the inspector tells of the calls that the walk makes.

interface Facts {
  url?: string;
  userKid: string;
  trace: string;
}

const visible = entities('checkout', 'website', 'notebook');

/** The first hop of jane's call to my-plugin. */
export function firstHop({ url, userKid, trace }: Facts): Expected {
  return {
    from: 'browser',
    to: 'my-plugin',
    method: 'GET',
    path: '/api/my-plugin/on-behalf',
    carrier: 'bearer',
    token: userToken('jane', { url, userKid }),
    credentials: { printed: 'userPrincipal{user:default/jane}', principal: user('jane') },
    events: [verified('my-plugin', 'userPrincipal{user:default/jane}', trace)],
    answer: {
      status: 200,
      body: {
        hops: hops(['my-plugin', user('jane')], ['catalog', user('jane', 'plugin:my-plugin')]),
        entities: visible,
      },
    },
  };
}

/** The second: the catalog is called by my-plugin, on behalf of jane. */
export function secondHop({ userKid, pluginKid, trace }: Facts & { pluginKid: string }): Expected {
  const printed = 'userPrincipal{user:default/jane,actor={servicePrincipal{plugin:my-plugin}}}';
  return {
    from: 'my-plugin',
    to: 'catalog',
    method: 'GET',
    path: '/api/catalog/entities',
    carrier: 'bearer',
    token: {
      form: 'jwt',
      header: { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: pluginKid },
      claims: {
        sub: 'my-plugin',
        aud: 'catalog',
        iat: seconds,
        exp: seconds,
        obo: {
          form: 'jwt',
          header: { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: userKid },
          claims: { sub: 'user:default/jane', iat: seconds, exp: seconds },
        },
      },
    },
    credentials: { printed, principal: user('jane', 'plugin:my-plugin') },
    events: [verified('catalog', printed, trace)],
    answer: {
      status: 200,
      body: { hops: hops(['catalog', user('jane', 'plugin:my-plugin')]), entities: visible },
    },
  };
}

/** The call that jane makes with her token, into which john's claims were written. */
export function refusedHop({ url, userKid, trace }: Facts): Expected {
  return {
    from: 'browser',
    to: 'catalog',
    method: 'GET',
    path: '/api/catalog/whoami',
    carrier: 'bearer',
    token: userToken('john', { url, userKid }),
    events: [
      {
        type: 'refused',
        pluginId: 'catalog',
        code: 'AUTH_SIGNATURE_INVALID',
        reason: text(/.*signature does not verify.*/),
        correlationId: trace,
      },
    ],
    answer: {
      status: 401,
      challenge: 'Bearer realm="backend", error="invalid_token"',
      body: {
        error: { name: 'AuthenticationError', message: 'Illegal token' },
        request: { method: 'GET', url: '/api/catalog/whoami' },
        response: { statusCode: 401 },
      },
    },
  };
}

function userToken(name: string, { url, userKid }: { url?: string; userKid: string }): Expected {
  return {
    form: 'jwt',
    header: { typ: 'vnd.backstage.user', alg: 'ES256', kid: userKid },
    claims: {
      iss: `${url}/api/auth`,
      sub: `user:default/${name}`,
      aud: 'backstage',
      iat: seconds,
      exp: seconds,
      uip: '(a signature, not shown)',
    },
  };
}

function verified(pluginId: string, principal: string, correlationId: string): Expected {
  return { type: 'verified', pluginId, principal, correlationId };
}
