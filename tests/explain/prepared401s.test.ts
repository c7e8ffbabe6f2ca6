import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthBackend } from '@stagepass/auth-backend';
import { answerError, createHttpAuthService } from '@stagepass/auth-http';
import type { AuthService } from '@stagepass/auth-node';
import { createTestAuthority, TestClock, type TestAuthority } from '@stagepass/auth-test-utils';
import { silentLogger } from '../differential/worlds';
import { generateKeyPair, SignJWT } from 'jose';
import { Program } from './Program';

const STATIC_TOKEN = 'canary-static-token';

/** The plugins of another process, and the auth plugin: their keys, on loopback. */
let server: Server;
let baseUrl: string;
let authority: TestAuthority;
let program: Program;

beforeAll(async () => {
  server = createServer((req, res) => {
    void authority
      .fetch(`${baseUrl}${(req.url ?? '').replace(/^\/api/, '')}`)
      .then(async answer => {
        res.writeHead(answer.status, { 'content-type': 'application/json' });
        res.end(await answer.text());
      });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
  authority = await createTestAuthority({ baseUrl, clock: new TestClock(Date.now()) });
  program = await Program.compile();
});

afterAll(() => {
  program.remove();
  server.closeAllConnections();
  server.close();
});

/** A broken situation: what the caller sends, and to whom. */
interface Situation {
  /** What stands in the `Authorization` header behind `Bearer`, or the whole header. */
  token(): Promise<string> | string;
  header?(token: string): string;
  /** The section `backend.auth` of the backend that refuses. */
  auth?(): object;
  /** Where that backend looks for the keys of the others; default where they are. */
  baseUrl?: string;
  status?: number;
  code: string;
  /** What the program says of the cause, and what to change. */
  says: readonly string[];
}

const situations: Record<string, Situation> = {
  'a token for another plugin': {
    token: () => authority.pluginToken({ from: 'my-plugin', to: 'search' }),
    code: 'AUTH_AUDIENCE_MISMATCH',
    says: [
      'expected aud to be "catalog", this plugin, in the token of the plugin "my-plugin", found "search"',
      'call getPluginRequestToken with targetPluginId "catalog"',
    ],
  },
  'a token that was kept too long': {
    token: () => authority.pluginToken({ from: 'my-plugin', to: 'catalog', expired: true }),
    code: 'AUTH_TOKEN_EXPIRED',
    says: ['Expires:    expired 1 hour', 'ask for a token for each call (getPluginRequestToken)'],
  },
  'a token from before a restart, with keys in memory': {
    async token() {
      const open = () =>
        createAuthBackend({ discovery: authority.discovery, logger: silentLogger }).forPlugin(
          'restarted',
        );
      const before = await open();
      const { token } = await before.getPluginRequestToken({
        onBehalfOf: await before.getOwnServiceCredentials(),
        targetPluginId: 'catalog',
      });
      authority.publishKeysOf('restarted', await open());
      return token;
    },
    code: 'AUTH_KEY_UNKNOWN',
    says: [
      '/restarted/.backstage/auth/v1/jwks.json: status 200, does not have it',
      'the plugin "restarted" may have been restarted since, and without a database its keys die with the process',
    ],
  },
  'a key set that cannot be reached': {
    token: () => authority.pluginToken({ from: 'my-plugin', to: 'catalog' }),
    baseUrl: 'http://127.0.0.1:1/api',
    status: 503,
    code: 'AUTH_KEYS_UNAVAILABLE',
    says: [
      'make http://127.0.0.1:1/api/my-plugin/.backstage/auth/v1/jwks.json reachable from this host (no answer: ',
      'correct the base URL',
    ],
  },
  'the token of a cookie on a route without cookies': {
    token: () => authority.limitedUserToken('user:default/jane'),
    code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    says: [
      'is a limited user token',
      "let the route take it: httpAuth.credentials(req, { allowLimitedAccess: true }), and a policy { path, allow: 'user-cookie' }",
    ],
  },
  'an external caller that may use other plugins': {
    token: () => STATIC_TOKEN,
    auth: () => ({
      externalAccess: [
        {
          type: 'static',
          options: { token: '${CI_TOKEN}', subject: 'ci' },
          accessRestrictions: [{ plugin: 'search' }],
        },
      ],
    }),
    status: 403,
    code: 'AUTH_ACCESS_RESTRICTED',
    says: [
      '"ci" may use the plugins ["search"], not "catalog"',
      'add { plugin: catalog } to backend.auth.externalAccess[0].accessRestrictions',
    ],
  },
  'an issuer whose clock is ahead': {
    token() {
      const iat = Math.floor(Date.now() / 1000) + 600;
      return authority.pluginToken({ from: 'my-plugin', to: 'catalog', claims: { iat } });
    },
    code: 'AUTH_TOKEN_NOT_YET_VALID',
    says: ['Issued:     in the future, in ', 'set the clocks (NTP)'],
  },
  'a user token of another backend': {
    async token() {
      const staging = await createTestAuthority({
        baseUrl: 'https://staging.example.com/api',
        clock: authority.clock,
      });
      return staging.userToken('user:default/jane');
    },
    code: 'AUTH_KEY_UNKNOWN',
    says: ['use a token of this backend: this one is of "https://staging.example.com/api/auth"'],
  },
  'a header that was put together wrongly': {
    token: () => authority.userToken('user:default/jane'),
    header: token => `Bearer Bearer ${token}`,
    code: 'AUTH_REQUEST_AMBIGUOUS',
    says: [
      'You gave an Authorization header: it says "Bearer" twice',
      'send exactly "Authorization: Bearer", a space and the token',
    ],
  },
  'a third party that signs with another algorithm': {
    async token() {
      const { privateKey } = await generateKeyPair('ES256');
      return new SignJWT({ iss: 'https://idp', aud: 'us', sub: 'robot' })
        .setProtectedHeader({ alg: 'ES256', kid: 'idp-1' })
        .setExpirationTime('5m')
        .sign(privateKey);
    },
    auth: () => ({
      externalAccess: [
        {
          type: 'jwks',
          options: {
            url: `${baseUrl}/idp/.backstage/auth/v1/jwks.json`,
            issuer: 'https://idp',
            audience: 'us',
            algorithm: 'RS256',
          },
        },
      ],
    }),
    code: 'AUTH_ALGORITHM_NOT_ALLOWED',
    says: ['add "ES256" to backend.auth.externalAccess[0].options.algorithm'],
  },
};

describe('a request that is refused', () => {
  it.each(Object.entries(situations))(
    'because of %s: the program says why, and what to change',
    async (_, situation) => {
      const { code, says, status = 401, header = (token: string) => `Bearer ${token}` } = situation;
      const base = situation.baseUrl ?? baseUrl;
      const auth = situation.auth?.() ?? {};
      const token = await situation.token();
      const sent = header(token);

      const refusal = await ask(await openCatalog(base, auth), base, sent);
      expect(refusal).toMatchObject({ code });
      expect(answerError(refusal, {})).toMatchObject({ status });

      program.write('app-config.yaml', JSON.stringify({ backend: { auth } }));
      const { stdout, stderr, ...run } = await program.run(
        ['explain', '--plugin', 'catalog', '--base-url', base],
        { input: `Authorization: ${sent}\n`, environment: { CI_TOKEN: STATIC_TOKEN } },
      );
      expect({ stderr, ...run }).toEqual({ stderr: '', status: 1 });
      for (const text of says) expect(stdout).toContain(text);
      if (code !== 'AUTH_REQUEST_AMBIGUOUS') expect(stdout).toContain(code);
      for (const canary of [token, token.split('.')[2] ?? token]) {
        expect(stdout).not.toContain(canary);
      }
    },
  );
});

function discoveryAt(base: string) {
  const getBaseUrl = async (pluginId: string) => `${base}/${pluginId}`;
  return { getBaseUrl, getExternalBaseUrl: getBaseUrl };
}

/** Opens the plugin that refuses, configured as its file says. */
function openCatalog(base: string, auth: object): Promise<AuthService> {
  const filled = JSON.stringify({ backend: { auth } }).replace('${CI_TOKEN}', STATIC_TOKEN);
  const config = JSON.parse(filled) as { backend: { auth: object } };
  const discovery = discoveryAt(base);
  return createAuthBackend({
    discovery,
    config: config as never,
    logger: silentLogger,
  }).forPlugin('catalog');
}

/** Sends a request with this header to it, and returns the refusal. */
async function ask(auth: AuthService, base: string, authorization: string): Promise<unknown> {
  const httpAuth = createHttpAuthService({
    auth,
    discovery: discoveryAt(base),
    pluginId: 'catalog',
  });
  const request = { headers: { authorization }, method: 'GET', url: '/' };
  return httpAuth.credentials(request as never).then(
    () => undefined,
    (error: unknown) => error,
  );
}
