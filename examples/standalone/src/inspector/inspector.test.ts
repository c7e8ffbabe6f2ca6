import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { demo } from '../demo';
import { run, type Running } from '../run';

const home = resolve(__dirname, '../..');
const traces = '/api/inspector/traces';
let directory: string;
let running: Running | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stagepass-inspector-'));
  running = await start([], { PORT: '0' });
});
afterAll(async () => {
  await running?.stop();
  await rm(directory, { recursive: true });
});

function start(args: string[], env: Record<string, string>) {
  const quiet = { print() {}, complain() {} };
  const data = ['--data', join(directory, 'data')];
  return run({ args: [...data, ...args], env, cwd: directory, home, ...quiet });
}

/** Calls the backend; `headers` may be any, `host` too. */
async function call(
  path: string,
  headers: Record<string, string> = {},
  options: { method?: string; json?: object; url?: string } = {},
) {
  const { method = 'GET', json, url = running?.url } = options;
  const type = json && { 'content-type': 'application/json' };
  return new Promise<{ status?: number; headers: IncomingHttpHeaders; body: string }>(
    (done, fail) => {
      request(
        `${url}${path}`,
        { method, headers: { ...type, ...headers }, agent: false },
        response => {
          text(response).then(
            body => done({ status: response.statusCode, headers: response.headers, body }),
            fail,
          );
        },
      )
        .on('error', fail)
        .end(json && JSON.stringify(json));
    },
  );
}

async function signIn(json: object, url?: string): Promise<{ authorization: string }> {
  const { body } = await call('/api/auth/sign-in', {}, { method: 'POST', json, url });
  return { authorization: `Bearer ${(JSON.parse(body) as { token: string }).token}` };
}

/** Opens a trace, makes a call under its id, and returns what the inspector tells of it. */
async function inspect(
  user: { authorization: string },
  path: string,
  headers: Record<string, string> = {},
  options?: { method?: string; json?: object },
): Promise<{ told: string; trace: Array<Record<string, unknown>> }> {
  const opened = await call(traces, user, { method: 'POST' });
  const { id } = JSON.parse(opened.body) as { id: string };
  await call(path, { ...headers, 'x-request-id': id }, options);
  const { body } = await call(`${traces}/${id}`, user);
  const { trace } = JSON.parse(body) as { trace: Array<Record<string, unknown>> };
  return { told: body, trace };
}

describe('what the inspector tells', () => {
  const cookiePath = '/api/my-plugin/.backstage/auth/v1/cookie';

  it.each([
    ['signs in', '/api/auth/sign-in', { method: 'POST', json: demo.john }],
    ['calls with a user token', '/api/my-plugin/on-behalf', {}],
    ['is given a token', '/api/my-plugin/token', {}],
    ['is given a cookie', cookiePath, {}],
    ['sends a token in the query', '/api/catalog/whoami?token=eyJhbGciOiJub25lIn0.eyJ9.x', {}],
  ])('holds no token where somebody %s', async (_, path, options) => {
    const jane = await signIn(demo.jane);
    const { told, trace } = await inspect(jane, path, jane, options);
    expect(trace.length).toBeGreaterThan(0);
    expect(told).not.toMatch(/eyJ|demo-|likes-|[\w-]{60}/);
  });

  it('holds no static token, and no cookie', async () => {
    const jane = await signIn(demo.jane);
    const bot = await inspect(jane, '/api/catalog/whoami', {
      authorization: `Bearer ${demo.deployBot}`,
    });
    expect(bot.trace).toMatchObject([{ carrier: 'bearer', token: { form: 'opaque' } }]);
    const cookie = `a=b; backstage-auth=${jane.authorization.slice(7)}`;
    const page = await inspect(jane, '/api/my-plugin/page', { cookie });
    expect(page.trace).toMatchObject([{ carrier: 'cookie', token: { form: 'jwt' } }]);
    const basic = await inspect(jane, '/api/my-plugin/page', { authorization: 'Basic c2VjcmV0' });
    expect(basic.trace).toMatchObject([{ carrier: 'malformed' }]);
    const told = [bot, page, basic].map(it => it.told).join();
    expect(told).not.toMatch(/eyJ|demo-|c2VjcmV0|[\w-]{60}/);
  });

  it('is the code and the reason, where the caller reads one sentence', async () => {
    const jane = await signIn(demo.jane);
    const { trace } = await inspect(jane, '/api/my-plugin/on-behalf');
    expect(trace).toMatchObject([
      {
        to: 'my-plugin',
        carrier: 'nothing',
        events: [
          {
            code: 'AUTH_CREDENTIALS_MISSING',
            reason: expect.stringContaining('the request carries none') as string,
          },
        ],
        answer: {
          status: 401,
          challenge: 'Bearer realm="backend"',
          body: { error: { name: 'AuthenticationError', message: 'Missing credentials' } },
        },
      },
    ]);
  });

  it('is nothing of calls that others made under ids of their own', async () => {
    const jane = await signIn(demo.jane);
    await call('/api/my-plugin/on-behalf', { ...jane, 'x-request-id': 'known-to-john' });
    const john = await signIn(demo.john);
    await expect(call(`${traces}/known-to-john`, john)).resolves.toMatchObject({ status: 404 });
    await expect(call(`${traces}/undefined`, john)).resolves.toMatchObject({ status: 404 });
  });
});

it.each([
  ['/', 'text/html; charset=utf-8'],
  ['/style.css', 'text/css; charset=utf-8'],
  ['/main.js', 'text/javascript; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml'],
])('the page has %s, of the type %s and under its policy', async (path, type) => {
  const { status, headers, body } = await call(path);
  expect({ status, type: headers['content-type'] }).toEqual({ status: 200, type });
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(headers['content-security-policy']).not.toContain('unsafe');
  expect(body).not.toMatch(
    / style=| on\w+=|<style|<script(?! type="module" src="main.js"><)|https?:\/\/(?!www.w3.org)/,
  );
});

describe('from elsewhere', () => {
  it.each<[string, Record<string, string>]>([
    ['by a name that leads here', { host: 'rebound.example.com' }],
    ['through a proxy', { 'x-forwarded-for': '203.0.113.7' }],
    ['through a proxy that says so', { forwarded: 'for=203.0.113.7' }],
  ])('there is neither page nor inspector %s', async (_, headers) => {
    const jane = await signIn(demo.jane);
    const refused = { status: 403, body: 'This is for the machine that the demo runs on\n' };
    await expect(call('/', headers)).resolves.toMatchObject(refused);
    await expect(call('/demo.json', headers)).resolves.toMatchObject(refused);
    const open = call(traces, { ...jane, ...headers }, { method: 'POST' });
    await expect(open).resolves.toMatchObject(refused);
  });
});

it('is not there with another configuration, nor is the page', async () => {
  await copyFile(join(home, 'app-config.yaml'), join(directory, 'mine.yaml'));
  const other = await start(['--config', 'mine.yaml', '--data', 'other'], { PORT: '0' });
  const url = other?.url;
  const jane = await signIn(demo.jane, url);
  const answers = await Promise.all([
    call('/', {}, { url }),
    call('/demo.json', {}, { url }),
    call(traces, jane, { method: 'POST', url }),
    call('/api/catalog/whoami', jane, { url }),
  ]);
  await other?.stop();
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 200]);
});
