import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { AuthService } from '@stagepass/auth-node';
import { silentLogger as logger } from '../databases/silentLogger';
import type * as Packages from './packages';

const { requested, required, another } = JSON.parse(process.env.COPIES ?? '') as {
  requested: string;
  required: string;
  another: string;
};

const requireHere = createRequire(required);

/** Backends that find each other's keys, as over a network. */
const services = new Map<string, AuthService>();
const getBaseUrl = (id: string) => Promise.resolve(`http://backend/api/${id}`);
const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };

async function open(
  { createAuthBackend }: typeof Packages,
  pluginId: string,
  userTokenIssuer?: Awaited<ReturnType<typeof Packages.createUserTokenIssuer>>,
): Promise<AuthService> {
  const fetchKeys: typeof fetch = async url => {
    const { pathname } = new URL(String(url));
    if (pathname === '/api/auth/.well-known/jwks.json') {
      return Response.json(await userIssuer.listPublicKeys());
    }
    const keys = await services.get(pathname.split('/')[2]!)?.listPublicServiceKeys();
    return keys ? Response.json(keys) : new Response('', { status: 404 });
  };
  const backend = createAuthBackend({ discovery, logger, fetch: fetchKeys, userTokenIssuer });
  const auth = await backend.forPlugin(pluginId);
  services.set(pluginId, auth);
  return auth;
}

let userIssuer: Awaited<ReturnType<typeof Packages.createUserTokenIssuer>>;

async function call(from: AuthService, to: string, token?: string): Promise<string> {
  const onBehalfOf = token ? await from.authenticate(token) : await from.getOwnServiceCredentials();
  return (await from.getPluginRequestToken({ onBehalfOf, targetPluginId: to })).token;
}

void (async () => {
  // The same name in three copies of the packages: an ES module, and two that are required.
  const one = (await import(requested)) as typeof Packages;
  const two = requireHere(required) as typeof Packages;
  const three = requireHere(another) as typeof Packages;
  assert.equal(new Set([one, two, three].map(copy => copy.createAuthBackend)).size, 3);

  userIssuer = await one.createUserTokenIssuer({ issuer: await getBaseUrl('auth'), logger });
  const a = await open(one, 'a', userIssuer);
  const b = await open(two, 'b');
  const c = await open(three, 'c');

  // Tokens across copies, of services and on behalf of a user.
  const copies = [one, two, three];
  const auths = [a, b, c];
  for (const [from, sender] of auths.entries()) {
    for (const [to, receiver] of auths.entries()) {
      const credentials = await receiver.authenticate(await call(sender, 'abc'[to]!));
      for (const { requirePrincipal } of copies) {
        const { principal } = requirePrincipal(credentials, ['service']);
        assert.equal(principal.subject, `plugin:${'abc'[from]}`);
      }
    }
  }
  const { token } = await userIssuer.issueToken({ claims: { sub: 'user:default/jane', ent: [] } });
  const onward = await call(b, 'c', await call(a, 'b', token));
  const jane = await c.authenticate(onward);
  for (const { isPrincipal } of copies) assert.ok(isPrincipal(jane, 'user'));
  assert.equal((jane.principal as { userEntityRef: string }).userEntityRef, 'user:default/jane');

  // Credentials of one copy in the hands of another.
  const foreign = await a.authenticate(token);
  assert.ok(b.isPrincipal(foreign, 'user'));
  const passedOn = await b.getPluginRequestToken({ onBehalfOf: foreign, targetPluginId: 'c' });
  assert.ok(c.isPrincipal(await c.authenticate(passedOn.token), 'user'));
  const httpAuth = three.createHttpAuthService({ auth: a, discovery, pluginId: 'a', logger });
  const req = { headers: { authorization: `Bearer ${token}` } };
  const ofRequest = await httpAuth.credentials(req as never, { allow: ['user'] });
  assert.equal(ofRequest.principal.userEntityRef, 'user:default/jane');

  // Errors of one copy, known to another.
  const altered = token.replace(
    /.(.{20})$/,
    (end, rest) => `${end.startsWith('A') ? 'B' : 'A'}${rest}`,
  );
  const error: unknown = await b.authenticate(altered).catch((refusal: unknown) => refusal);
  for (const { isAuthError } of copies) assert.ok(isAuthError(error));
  const viaHttp: unknown = await httpAuth
    .credentials({ headers: { authorization: `Bearer ${altered}` } } as never)
    .catch((refusal: unknown) => refusal);
  for (const copy of copies) assert.ok(copy.isAuthError(viaHttp));
  assert.equal((viaHttp as { code: string }).code, 'AUTH_SIGNATURE_INVALID');

  // What a copy is told, the others are not: none knows what plugins the others have opened.
  const twin = await two
    .createAuthBackend({ discovery, logger, fetch: () => Promise.reject(new Error('no network')) })
    .forPlugin('a');
  const unasked: unknown = await twin.authenticate(await call(a, 'a')).catch((it: unknown) => it);
  assert.equal((unasked as { code: string }).code, 'AUTH_KEYS_UNAVAILABLE');
  console.log('all is well');
})();
