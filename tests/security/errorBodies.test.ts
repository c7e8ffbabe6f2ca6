import { jane, janesCookie } from '../../packages/auth-http/src/testing/expressPlugin';
import { describeAdapters } from '../adapters/adapters';

const policies = [{ path: '/view', allow: 'user-cookie' as const }];
const query = '?access_token=canary&code=canary';

describeAdapters('LOG-06: what a caller reads in production', start => {
  const { NODE_ENV } = process.env;
  beforeAll(() => {
    process.env.NODE_ENV = 'production';
  });
  afterAll(() => {
    process.env.NODE_ENV = NODE_ENV;
    jest.restoreAllMocks();
  });

  it.each<[status: number, line: string, ...headers: string[]]>([
    [401, 'GET /api/test/x'],
    [401, 'GET /api/test/x', 'Authorization: Bearer canary'],
    [401, 'GET /api/test/x', 'Authorization: Basic canary'],
    [401, 'GET /api/test/view', 'Cookie: backstage-auth=canary'],
    [401, 'POST /api/test/view', 'Content-Length: 0', janesCookie],
    [401, 'GET /api/test/.backstage/auth/v1/cookie'],
    [403, 'GET /api/test/user', 'Authorization: Bearer service.x'],
    [403, 'GET /api/test/x', 'Authorization: Bearer restricted'],
    [503, 'GET /api/test/x', 'Authorization: Bearer undecided'],
  ])('of a refusal with %d, to %s %j, is neither a stack nor a query', async (status, ...lines) => {
    const { send } = await start({ policies });
    const [line, ...headers] = lines;
    const answer = await send(`${line}${query}`, ...headers);
    expect(answer.status).toBe(status);
    const body = JSON.parse(answer.text) as Record<string, object>;
    expect(Object.keys(body)).toEqual(['error', 'request', 'response']);
    expect(Object.keys(body.error!)).toEqual(['name', 'message']);
    expect(JSON.stringify(answer)).not.toMatch(/canary|access_token| {4}at |\.[jt]s:\d/);
  });

  it('of a fault is no stack and no query, either', async () => {
    // Where Express tells of a fault in production.
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const { auth, send } = await start({ policies });
    auth.authenticate = () => Promise.reject(new Error('the database is down'));
    const answer = await send(`GET /api/test/x${query}`, jane);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toMatch(/canary|access_token| {4}at |\.[jt]s:\d/);
  });
});
