import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { mockCredentials } from '@backstage/backend-test-utils';
import { refusal } from './backendClient';
import { createCatalogPlugin } from './catalogPlugin';
import { startTodoBackend } from './startTodoBackend';

const MOCK = 'user:default/mock';
const JANE = 'user:default/jane';
const { user, service, limitedUser, none } = mockCredentials;

describe('the todo plugin', () => {
  let ask: Awaited<ReturnType<typeof startTodoBackend>>;
  const callers: BackstageCredentials[] = [];

  beforeAll(async () => {
    ask = await startTodoBackend(
      {},
      createCatalogPlugin([MOCK, JANE], credentials => callers.push(credentials)),
    );
  });

  it('answers anyone who asks for its health', async () => {
    for (const authorization of [none.header(), user.invalidHeader(), 'nonsense']) {
      const { status, body } = await ask('GET /api/todo/health', { authorization });
      expect([status, body]).toEqual([200, { status: 'ok' }]);
    }
  });

  it.each([
    ['without credentials', {}, MOCK],
    ['of the default user', { authorization: user.header() }, MOCK],
    ['of a user', { authorization: user.header(JANE) }, JANE],
  ])('takes a request %s for one of a user', async (_, parts, userEntityRef) => {
    const { status, body } = await ask('GET /api/todo/callers/users', parts);
    expect(status).toBe(200);
    expect(body).toEqual({ userEntityRef, ownershipEntityRefs: [userEntityRef] });
  });

  it('sees the service that acts for a user', async () => {
    const token = user.token(JANE, { actor: { subject: 'plugin:scaffolder' } });
    const { body } = await ask('GET /api/todo/callers/users', { authorization: `Bearer ${token}` });
    expect(body).toMatchObject({ userEntityRef: JANE, actor: 'plugin:scaffolder' });
  });

  it.each([
    ['the default service', service.header(), 'external:test-service'],
    [
      'a plugin',
      service.header({ onBehalfOf: service('plugin:catalog'), targetPluginId: 'todo' }),
      'plugin:catalog',
    ],
  ])('takes the header of %s for one of a service', async (_, authorization, subject) => {
    const { body } = await ask('GET /api/todo/callers/services', { authorization });
    expect(body).toEqual({ type: 'service', subject });
  });

  it('takes the token of a plugin that acts for a user for one of the user', async () => {
    const authorization = service.header({ onBehalfOf: user(JANE), targetPluginId: 'todo' });
    const { body } = await ask('GET /api/todo/callers/anyone', { authorization });
    expect(body).toEqual({ type: 'user', userEntityRef: JANE });
  });

  it('takes the none header for nobody, where nobody is let in', async () => {
    const { body } = await ask('GET /api/todo/callers/anyone', { authorization: none.header() });
    expect(body).toEqual({ type: 'none' });
  });

  it.each<[string, string, string, ReturnType<typeof refusal>]>([
    [
      'nobody',
      'GET /api/todo/todos',
      none.header(),
      [401, 'AuthenticationError', 'Missing credentials'],
    ],
    [
      'an invalid user token',
      'GET /api/todo/todos',
      user.invalidHeader(),
      [401, 'AuthenticationError', 'User token is invalid'],
    ],
    [
      'an invalid user token, though anyone may call',
      'GET /api/todo/callers/anyone',
      user.invalidHeader(),
      [401, 'AuthenticationError', 'User token is invalid'],
    ],
    [
      'an invalid service token',
      'DELETE /api/todo/todos',
      service.invalidHeader(),
      [401, 'AuthenticationError', 'Service token is invalid'],
    ],
    [
      'an invalid limited user token',
      'GET /api/todo/attachments/a',
      `Bearer ${limitedUser.invalidToken()}`,
      [401, 'AuthenticationError', 'Limited user token is invalid'],
    ],
    [
      'a limited user token in place of a full one',
      'GET /api/todo/todos',
      `Bearer ${limitedUser.token()}`,
      [401, 'AuthenticationError', 'Limited user token is not allowed'],
    ],
    [
      'a token for another plugin',
      'GET /api/todo/todos',
      service.header({ onBehalfOf: user(), targetPluginId: 'catalog' }),
      [
        401,
        'AuthenticationError',
        "Invalid mock token target plugin ID, got 'catalog' but expected 'todo'",
      ],
    ],
    [
      'a token that no mock knows',
      'GET /api/todo/todos',
      'Bearer abc',
      [401, 'AuthenticationError', "Unknown mock token 'abc'"],
    ],
    [
      'a service where users are wanted',
      'GET /api/todo/callers/users',
      service.header(),
      [403, 'NotAllowedError', "This endpoint does not allow 'service' credentials"],
    ],
    [
      'a user where services are wanted',
      'GET /api/todo/callers/services',
      user.header(),
      [403, 'NotAllowedError', "This endpoint does not allow 'user' credentials"],
    ],
    [
      'a user where nobody is wanted',
      'GET /api/todo/callers/nobody',
      user.header(),
      [403, 'NotAllowedError', "This endpoint does not allow 'user' credentials"],
    ],
  ])('refuses %s', async (_, path, authorization, expected) => {
    expect(refusal(await ask(path, { authorization }))).toEqual(expected);
  });

  it('reads the cookie where it allows limited access', async () => {
    const { body } = await ask('GET /api/todo/attachments/a.pdf', {
      cookie: limitedUser.cookie(JANE),
    });
    expect(body).toEqual({ name: 'a.pdf', for: JANE });
  });

  it('prefers the header to the cookie', async () => {
    const { body } = await ask('GET /api/todo/attachments/a.pdf', {
      authorization: user.header(),
      cookie: limitedUser.cookie(JANE),
    });
    expect(body).toMatchObject({ for: MOCK });
  });

  it('refuses an invalid cookie where it reads cookies, and reads none elsewhere', async () => {
    const cookie = limitedUser.invalidCookie();
    expect(refusal(await ask('GET /api/todo/attachments/a.pdf', { cookie }))).toEqual([
      401,
      'AuthenticationError',
      'Limited user token is invalid',
    ]);
    expect(await ask('GET /api/todo/todos', { cookie })).toMatchObject({ status: 200 });
  });

  it.each(['POST /api/todo/session', 'GET /api/todo/.backstage/auth/v1/cookie'])(
    'gives a user the cookie: %s',
    async path => {
      const { headers, body } = await ask(path, { authorization: user.header(JANE) });
      const cookie = limitedUser.cookie(JANE);
      expect(headers.getSetCookie()).toEqual([cookie]);
      const { expiresAt } = body as { expiresAt: string };
      expect(new Date(expiresAt).toISOString()).toBe(expiresAt);
      const answer = await ask('GET /api/todo/attachments/a.pdf', { cookie });
      expect(answer.body).toMatchObject({ for: JANE });
    },
  );

  it('gives a service no cookie', async () => {
    expect(
      refusal(await ask('POST /api/todo/session', { authorization: service.header() })),
    ).toEqual([403, 'NotAllowedError', "This endpoint does not allow 'service' credentials"]);
  });

  it('knows what nobody is', async () => {
    expect(await ask('DELETE /api/todo/session')).toMatchObject({ body: { is: { type: 'none' } } });
  });

  it('asks the catalog on behalf of the user, then as itself', async () => {
    callers.length = 0;
    const authorization = user.header(JANE);
    const created = await ask('POST /api/todo/todos', { authorization, body: { title: 'tests' } });
    expect([created.status, created.body]).toEqual([201, { title: 'tests', owner: JANE }]);
    expect(callers).toEqual([user(JANE)]);

    expect(await ask('GET /api/todo/todos', { authorization })).toMatchObject({
      body: [{ title: 'tests', owner: JANE }],
    });
    expect(await ask('GET /api/todo/todos')).toMatchObject({ body: [] });

    const deleted = await ask('DELETE /api/todo/todos', { authorization: service.header() });
    expect(deleted.body).toEqual({ deleted: 1, by: 'plugin:todo' });
    expect(callers).toEqual([user(JANE), service('plugin:todo')]);
  });

  it('refuses an owner whom the catalog does not know', async () => {
    const body = { title: 'tests', owner: 'user:default/nobody' };
    expect(refusal(await ask('POST /api/todo/todos', { body }))).toEqual([
      400,
      'InputError',
      'There is no user:default/nobody',
    ]);
  });

  it('has no keys to show', async () => {
    const [status, name] = refusal(await ask('GET /api/todo/.backstage/auth/v1/jwks.json'));
    expect([status, name]).toEqual([500, 'Error']);
  });
});
