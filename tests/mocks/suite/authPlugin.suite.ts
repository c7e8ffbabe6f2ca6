import { createHash } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { mockCredentials, mockServices, startTestBackend } from '@backstage/backend-test-utils';
import authPlugin from '@backstage/plugin-auth-backend';
import { knex } from 'knex';
import { clientOf, refusal } from './backendClient';
import { createCatalogPlugin } from './catalogPlugin';

const JANE = 'user:default/jane';
const { user, service, none } = mockCredentials;
const redirectUri = 'http://127.0.0.1:8055/callback';
const verifier = 'a-verifier-of-the-length-that-the-standard-asks-for';

/** A plugin that is published, and was written without these tests in mind: Backstage's auth backend. */
describe('the auth plugin of Backstage', () => {
  const callers: BackstageCredentials[] = [];
  const database = knex({
    client: 'better-sqlite3',
    connection: ':memory:',
    useNullAsDefault: true,
  });
  let ask: ReturnType<typeof clientOf>;

  beforeAll(async () => {
    const backend = await startTestBackend({
      features: [
        authPlugin,
        createCatalogPlugin([JANE], credentials => callers.push(credentials)),
        mockServices.auth.factory(),
        mockServices.httpAuth.factory(),
        mockServices.userInfo.factory(),
        mockServices.database.factory({ knex: database }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            auth: { experimentalDynamicClientRegistration: { enabled: true } },
          },
        }),
      ],
    });
    ask = clientOf(backend);
  });

  afterAll(() => database.destroy());

  /** Registers a client and opens a session in which a user can let it in. */
  async function openSession() {
    const registered = await ask('POST /api/auth/v1/register', {
      body: { client_name: 'A tool', redirect_uris: [redirectUri] },
    });
    const { client_id: clientId } = registered.body as { client_id: string };
    const query = new URLSearchParams({
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const { headers } = await ask(`GET /api/auth/v1/authorize?${query.toString()}`);
    return headers.get('location')?.split('/').pop();
  }

  it('lets a client in on behalf of the user who approves', async () => {
    const sessionId = await openSession();
    const approved = await ask(`POST /api/auth/v1/sessions/${sessionId}/approve`, {
      authorization: user.header(JANE),
    });
    expect(approved.status).toBe(200);
    const { redirectUrl } = approved.body as { redirectUrl: string };
    const code = new URL(redirectUrl).searchParams.get('code');

    const { status, body } = await ask('POST /api/auth/v1/token', {
      body: {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      },
    });
    expect(status).toBe(200);
    const [, payload = ''] = (body as { access_token: string }).access_token.split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: JANE });
  });

  it.each([
    ['a service', service.header(), 403, 'access_denied', 'Authentication required'],
    ['nobody', none.header(), 403, 'access_denied', 'Authentication required'],
    ['a forged user', user.invalidHeader(), 401, 'invalid_client', 'User token is invalid'],
  ])('lets nothing in that %s approves', async (_, authorization, status, error, description) => {
    const sessionId = await openSession();
    const answer = await ask(`POST /api/auth/v1/sessions/${sessionId}/approve`, { authorization });
    expect(answer).toMatchObject({ status, body: { error, error_description: description } });
  });

  it('lets a user refuse a client', async () => {
    const sessionId = await openSession();
    const { body } = await ask(`POST /api/auth/v1/sessions/${sessionId}/reject`, {
      authorization: user.header(JANE),
    });
    expect(body).toMatchObject({
      redirectUrl: expect.stringContaining('error=access_denied') as unknown,
    });
  });

  it.each([
    ['none', {}, [401, 'AuthenticationError', 'No token provided']],
    [
      'one that is no token',
      { authorization: 'Bearer abc' },
      [401, 'AuthenticationError', "Unknown mock token 'abc'"],
    ],
    [
      'that of a service',
      { authorization: service.header() },
      [
        400,
        'InputError',
        'Userinfo endpoint must be called with a token that represents a user principal',
      ],
    ],
  ])('has no user info for a token, %s', async (_, parts, expected) => {
    expect(refusal(await ask('GET /api/auth/v1/userinfo', parts))).toEqual(expected);
  });

  it('tells a user who it is, and asks the catalog on behalf of it', async () => {
    callers.length = 0;
    const path = 'POST /api/auth/.backstage/actions/v1/actions/auth:who-am-i/invoke';
    const { status, body } = await ask(path, { authorization: user.header(JANE), body: {} });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      output: {
        entity: { kind: 'user', metadata: { name: 'jane' } },
        userInfo: { userEntityRef: JANE, ownershipEntityRefs: [JANE] },
      },
    });
    expect(callers).toEqual([user(JANE)]);

    expect(refusal(await ask(path, { authorization: service.header(), body: {} }))).toEqual([
      403,
      'NotAllowedError',
      'This action requires user credentials',
    ]);
    expect(callers).toHaveLength(1);
  });
});
