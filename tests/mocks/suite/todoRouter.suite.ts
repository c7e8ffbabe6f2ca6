import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { mockCredentials, mockErrorHandler, mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import { clientOf, refusal } from './backendClient';
import { createTodoRouter } from './todoPlugin';

const JANE = 'user:default/jane';
const { user, service, limitedUser, none } = mockCredentials;

describe('the router of the todo plugin', () => {
  const auth = mockServices.auth.mock();
  const discovery = mockServices.discovery.mock();
  const userInfo = mockServices.userInfo.mock();
  let server: Server;
  let ask: ReturnType<typeof clientOf>;

  beforeAll(async () => {
    const httpAuth = mockServices.httpAuth({ pluginId: 'todo' });
    const permissions = mockServices.permissions();
    const app = express()
      .use(createTodoRouter({ auth, httpAuth, permissions, userInfo, discovery }) as never)
      .use(mockErrorHandler() as never);
    server = createServer(app);
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const port = () => (server.address() as AddressInfo).port;
    ask = clientOf({ server: Object.assign(server, { port }) as never });
  });

  afterAll(() => new Promise(resolve => server.close(resolve)));

  beforeEach(() => {
    userInfo.getUserInfo.mockReset();
    discovery.getBaseUrl.mockReset();
  });

  it('answers the user with what is known of it', async () => {
    userInfo.getUserInfo.mockResolvedValueOnce({
      userEntityRef: JANE,
      ownershipEntityRefs: [JANE, 'group:default/a'],
    });
    const { status, body } = await ask('GET /callers/users', { authorization: user.header(JANE) });
    expect([status, body]).toEqual([
      200,
      { userEntityRef: JANE, ownershipEntityRefs: [JANE, 'group:default/a'] },
    ]);
    expect(userInfo.getUserInfo).toHaveBeenCalledTimes(1);
    expect(userInfo.getUserInfo).toHaveBeenCalledWith(user(JANE));
  });

  it('asks nobody when it refuses', async () => {
    await ask('GET /callers/users', { authorization: service.header() });
    expect(userInfo.getUserInfo).not.toHaveBeenCalled();
  });

  it.each<[string, string, object, ReturnType<typeof refusal>]>([
    [
      'no credentials',
      'GET /callers/users',
      { authorization: none.header() },
      [401, 'AuthenticationError', 'Missing credentials'],
    ],
    [
      'a forged token',
      'GET /callers/users',
      { authorization: user.invalidHeader() },
      [401, 'AuthenticationError', 'User token is invalid'],
    ],
    [
      'a forged cookie',
      'GET /attachments/a.pdf',
      { cookie: limitedUser.invalidCookie() },
      [401, 'AuthenticationError', 'Limited user token is invalid'],
    ],
    [
      'another principal',
      'DELETE /todos',
      { authorization: user.header() },
      [403, 'NotAllowedError', "This endpoint does not allow 'user' credentials"],
    ],
    ['bad input', 'POST /todos', { body: {} }, [400, 'InputError', 'A todo has a title']],
  ])('answers %s with a status and a name', async (_, path, parts, expected) => {
    expect(refusal(await ask(path, parts))).toEqual(expected);
  });

  it.each([
    [404, new NotFoundError('No catalog')],
    [503, new ServiceUnavailableError('No catalog')],
    [500, new Error('No catalog')],
    [418, Object.assign(new Error('No catalog'), { statusCode: 418 })],
  ])('answers a failed service with %d', async (status, error) => {
    discovery.getBaseUrl.mockRejectedValueOnce(error);
    auth.getPluginRequestToken.mockResolvedValueOnce({ token: 'a-token' });
    const answer = await ask('POST /todos', { body: { title: 'tests' } });
    expect(refusal(answer)).toEqual([status, error.name, 'No catalog']);
    expect(answer.body).toMatchObject({
      request: { method: 'POST', url: '/todos' },
      response: { statusCode: status },
    });
    expect(auth.getPluginRequestToken).toHaveBeenLastCalledWith({
      onBehalfOf: user(),
      targetPluginId: 'catalog',
    });
  });
});
