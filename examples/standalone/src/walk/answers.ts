import { type Expected, text } from './expected';

// What the backend answers, for the expectations of steps.

type Members = { [name: string]: Expected };

/** A JSON answer. */
export function json(status: number, body: Expected, headers: Members = {}): Expected {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body,
  };
}

/** A refusal, with the challenge that says what kind of credentials are missing (RFC 6750 section 3). */
export function refusal(
  status: 400 | 401 | 403 | 404,
  request: `${'GET' | 'POST' | 'DELETE'} /${string}`,
  error: `${string}Error: ${string}`,
  challenge?: '' | 'error="invalid_token"' | 'error="insufficient_scope"',
  headers: Members = {},
): Expected {
  const [method = '', url = ''] = request.split(' ');
  const [name = '', message = ''] = error.split(': ');
  const parameters = ['Bearer realm="backend"', challenge].filter(Boolean).join(', ');
  return json(
    status,
    { error: { name, message }, request: { method, url }, response: { statusCode: status } },
    { ...headers, ...(challenge !== undefined && { 'www-authenticate': parameters }) },
  );
}

/** A public key (RFC 7517) for ES256, and nothing private. */
export function publicKey(kid: Expected): Expected {
  const coordinate = text(/[\w-]{43}/);
  return { kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate, kid, alg: 'ES256' };
}

/** A text without white space. */
export const someId = text(/\S+/);

/** A user who called directly, or through a plugin that acted for them. */
export function user(name: string, actor?: string): Expected {
  const principal = { type: 'user', userEntityRef: `user:default/${name}` };
  return actor === undefined ? principal : { ...principal, actor: service(actor) };
}

/** A service, with what it is restricted to. */
export function service(subject: string, accessRestrictions?: Expected): Expected {
  const principal = { type: 'service', subject };
  return accessRestrictions === undefined ? principal : { ...principal, accessRestrictions };
}

/** Whom each plugin on the way saw calling. */
export function hops(...seen: Array<[plugin: string, principal: Expected]>): Expected[] {
  return seen.map(([plugin, principal]) => ({ plugin, principal }));
}

const all = {
  checkout: ['component:default/checkout', 'group:default/payments', false],
  search: ['component:default/search', 'group:default/storefront', false],
  website: ['component:default/website', 'group:default/storefront', true],
  notebook: ['resource:default/janes-notebook', 'user:default/jane', false],
} as const;

/** Entities of the catalog, in its order. */
export function entities(...names: Array<keyof typeof all>): Expected[] {
  return names.map(name => {
    const [ref, owner, isPublic] = all[name];
    return { ref, owner, public: isPublic };
  });
}
