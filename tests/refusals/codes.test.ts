import type { JsonObject } from '@backstage/types';
import { type AuthErrorCode, isAuthError } from '@stagepass/auth-node';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { bearer, type Sent, World } from './World';

const UNTRUSTED = 'a-static-token-for-the-catalog-alone';
const RESTRICTED = 'a-static-token-that-reads-templates';
const idpKey = createKey('idp-key');

const auth = {
  externalAccess: [
    {
      type: 'static',
      options: { token: UNTRUSTED, subject: 'reader' },
      accessRestrictions: [{ plugin: 'catalog' }],
    },
    {
      type: 'static',
      options: { token: RESTRICTED, subject: 'ci' },
      accessRestrictions: [{ plugin: 'scaffolder', permission: 'template.read' }],
    },
    {
      type: 'jwks',
      options: {
        url: 'https://idp.example/keys',
        issuer: 'https://idp.example',
        audience: 'backend',
        algorithm: 'ES256',
      },
    },
  ],
};

interface Refusal {
  /** Prepares the world, and says what to send. */
  provoke(world: World): Sent;
  status: 401 | 403 | 503;
  sentence: string;
  /** What follows the realm in the challenge; absent: there is no challenge. */
  challenge?: string;
  retryAfter?: string;
  reason: RegExp;
}

interface FailureToStart {
  config: object;
  message: string;
}

const invalidToken = {
  status: 401,
  sentence: 'Illegal token',
  challenge: ', error="invalid_token"',
} as const;
const insufficientScope = { status: 403, challenge: ', error="insufficient_scope"' } as const;

const withToken = (token: string, path?: string): Sent => ({ path, headers: bearer(token) });

/** How each code is provoked, and what becomes of it. A code without an entry does not compile. */
const codes: Record<AuthErrorCode, Refusal | FailureToStart> = {
  AUTH_CREDENTIALS_MISSING: {
    provoke: () => ({}),
    status: 401,
    sentence: 'Missing credentials',
    challenge: '',
    reason:
      /^expected user or service credentials, the request carries none; send a token as Authorization: Bearer, or allow none$/,
  },
  AUTH_REQUEST_AMBIGUOUS: {
    provoke: () => ({ headers: { authorization: 'Basic amFuZTpjYW5hcnk=' } }),
    status: 401,
    sentence: 'Malformed or ambiguous credentials',
    challenge: ', error="invalid_request"',
    reason:
      /^expected the Authorization header to be "Bearer", spaces and a token of visible ASCII characters, found the scheme "Basic"$/,
  },
  AUTH_TOKEN_MALFORMED: {
    ...invalidToken,
    provoke: () => withToken('x'),
    reason: /^the token is not a well-formed JWS: expected three non-empty segments/,
  },
  AUTH_TOKEN_TYPE_UNKNOWN: {
    ...invalidToken,
    provoke: ({ installation: it }) => withToken(it.pluginToken({ obo: it.userToken() })),
    reason: /^expected a limited user token, found a token of typ "vnd.backstage.user"$/,
  },
  AUTH_TOKEN_EXPIRED: {
    ...invalidToken,
    provoke: ({ installation: it }) =>
      withToken(it.pluginToken({ iat: it.now - 9, exp: it.now - 1 })),
    reason:
      /^the token expired at 2026-01-01T11:59:59.000Z, it is 2026-01-01T12:00:00.000Z now; get a new one$/,
  },
  AUTH_TOKEN_NOT_YET_VALID: {
    ...invalidToken,
    provoke: ({ installation: it }) =>
      withToken(it.pluginToken({ iat: it.now + 61, exp: it.now + 999 })),
    reason:
      /^the token is valid from 2026-01-01T12:01:01.000Z, it is 2026-01-01T12:00:00.000Z now; check the clocks of both hosts$/,
  },
  AUTH_SIGNATURE_INVALID: {
    ...invalidToken,
    provoke: ({ installation }) =>
      withToken(installation.pluginToken({}, {}, createKey('catalog-key'))),
    reason:
      /^the ES256 signature does not verify with the key "catalog-key" that the issuer publishes;/,
  },
  AUTH_ALGORITHM_NOT_ALLOWED: {
    ...invalidToken,
    provoke: ({ installation }) => withToken(installation.pluginToken({}, { alg: 'RS256' })),
    reason:
      /^expected alg to be ES256, found "RS256"$/,
  },
  AUTH_AUDIENCE_MISMATCH: {
    ...invalidToken,
    provoke: ({ installation }) => withToken(installation.pluginToken({ aud: 'search' })),
    reason:
      /^expected aud to be "scaffolder", this plugin, in the token of the plugin "catalog", found "search"; ask for a token/,
  },
  AUTH_ISSUER_MISMATCH: {
    ...invalidToken,
    provoke: ({ installation: { now } }) =>
      withToken(
        forge(
          { alg: 'ES256', kid: 'idp-key' },
          { iss: 'https://other.example', aud: 'backend', sub: 'ci', iat: now, exp: now + 60 },
          idpKey.signing,
        ),
      ),
    reason:
      /^backend.auth.externalAccess\[2\]: expected iss to be \["https:\/\/idp.example"\], found "https:\/\/other.example"; change the entry/,
  },
  AUTH_CLAIM_INVALID: {
    ...invalidToken,
    provoke: ({ installation }) => withToken(installation.pluginToken({ obo: ['canary'] })),
    reason: /^claim obo: expected a limited user token, found a list of 1$/,
  },
  AUTH_KEY_UNKNOWN: {
    ...invalidToken,
    provoke: ({ installation }) => withToken(installation.pluginToken({}, { kid: 'other-key' })),
    reason:
      /^expected the key "other-key" at "http:\/\/backend\/api\/catalog\/.backstage\/auth\/v1\/jwks.json", found \["catalog-key"\];/,
  },
  AUTH_KEYS_UNAVAILABLE: {
    provoke({ installation }) {
      installation.network.goDown();
      return withToken(installation.pluginToken());
    },
    status: 503,
    sentence: 'Credentials cannot be verified at the moment',
    retryAfter: '10',
    reason:
      /^the key set at "http:\/\/backend\/api\/catalog\/[^"]+" cannot be fetched now; see the warnings/,
  },
  AUTH_LIMITED_TOKEN_NOT_ALLOWED: {
    ...invalidToken,
    provoke: ({ installation }) => withToken(installation.limitedUserToken()),
    sentence: 'Illegal limited user token',
    reason: /^a limited user token, as in the cookie, is not accepted here; send the user token/,
  },
  AUTH_PRINCIPAL_NOT_ALLOWED: {
    ...insufficientScope,
    provoke: ({ installation }) => withToken(installation.pluginToken(), '/users'),
    sentence: "This endpoint does not allow 'service' credentials",
    reason:
      /^expected user credentials, found those of the service "plugin:[a-z-]+"; call with other credentials/,
  },
  AUTH_ACCESS_RESTRICTED: {
    ...insufficientScope,
    provoke: () => withToken(UNTRUSTED),
    sentence: 'Access to this plugin is restricted',
    reason: /^"reader" may use the plugins \["catalog"\], not "scaffolder"; see accessRestrictions/,
  },
  AUTH_DELEGATION_NOT_ALLOWED: {
    ...insufficientScope,
    provoke: () => withToken(RESTRICTED, '/calls'),
    sentence: 'This call may not be made for its caller',
    reason: /^the access restrictions of "ci" .*the plugin "search"/,
  },
  AUTH_CONFIG_INVALID: {
    config: { externalAccess: [{ type: 'static', options: { token: 'canary', subject: 'ci' } }] },
    message:
      'backend.auth.externalAccess[0].options.token: expected at least 8 characters, found 6; generate one with: node -p "crypto.randomBytes(24).toString(\'base64url\')"',
  },
};

const entries = Object.entries(codes) as Array<[AuthErrorCode, Refusal | FailureToStart]>;
const refusals = entries.filter(
  (entry): entry is [AuthErrorCode, Refusal] => 'provoke' in entry[1],
);
const failuresToStart = entries.filter(
  (entry): entry is [AuthErrorCode, FailureToStart] => 'config' in entry[1],
);

let world: World;
beforeEach(async () => (world = await new World(auth).start()));
afterEach(() => world.stop());

describe('the answer to', () => {
  it.each(refusals)('%s', async (code, expected) => {
    const { provoke, status, sentence, challenge, retryAfter, reason } = expected;
    const { path = '/private', headers } = provoke(world);
    const correlationId = `request-${code}`;
    const answer = await world.send({
      path,
      headers: { ...headers, 'x-request-id': correlationId },
    });

    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toBe(
      challenge === undefined ? undefined : `Bearer realm="backend"${challenge}`,
    );
    expect(answer.headers['retry-after']).toBe(retryAfter);
    expect(JSON.parse(answer.body)).toEqual({
      error: { name: expect.stringMatching(/Error$/) as unknown, message: sentence },
      request: { method: 'GET', url: `/api/scaffolder${path}` },
      response: { statusCode: status },
    });

    const event = world.events.filter(({ type }) => type === 'refused');
    expect(event).toEqual([
      {
        type: 'refused',
        pluginId: 'scaffolder',
        code,
        reason: expect.stringMatching(reason) as unknown,
        correlationId,
      },
    ]);
    const lines = world.installation.logger.entries.filter(({ message }) =>
      message.startsWith('Refused'),
    );
    expect(lines).toEqual([
      {
        level: 'warn',
        message: `Refused by the plugin scaffolder: ${(event[0] as { reason: string }).reason}`,
        meta: { code, correlationId },
      },
    ]);
    expect(world.errors).toEqual([expect.objectContaining({ code, correlationId })]);
    expect(world.installation.traces).not.toContain('canary');
  });

  it('LOG-03: every invalid token is the same, to the letter, headers included', async () => {
    const { installation } = world;
    const illegal = refusals
      .filter(([, { sentence }]) => sentence === 'Illegal token')
      .map(([, { provoke }]) => provoke(world));
    const others = [
      `${UNTRUSTED}x`,
      UNTRUSTED.slice(1),
      installation.pluginToken({ sub: 'nobody' }),
      installation.pluginToken({ sub: '../x' }),
      installation.userToken({}, {}, createKey('user-key')),
      installation.userToken({ exp: installation.now }),
      'x'.repeat(12_000),
    ].map(token => withToken(token));
    const answers = new Set<string>();
    for (const sent of [...illegal, ...others]) {
      answers.add(JSON.stringify(await world.send(sent)));
    }
    expect(illegal.length).toBeGreaterThan(8);
    expect([...answers]).toEqual([expect.stringContaining('Illegal token')]);
  });
});

describe('a backend does not start', () => {
  it.each(failuresToStart)('with %s', async (code, { config, message }) => {
    const error = await start({ ...config }).catch((failure: unknown) => failure);
    expect(isAuthError(error)).toBe(true);
    expect(error).toMatchObject({ code, message, reason: message });
  });
});

async function start(config: JsonObject): Promise<World> {
  return new World(config).start();
}
