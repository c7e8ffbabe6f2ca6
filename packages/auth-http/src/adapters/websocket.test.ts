import type { AuthRequest } from '@stagepass/auth-node';
import { loadExpress } from '../testing/expressPlugin';
import { limited, setUpHttpAuth } from '../testing/setUpHttpAuth';
import { handshake, startUpgradeServer, stop } from '../testing/upgradeServer';

const jane = 'Authorization: Bearer user.jane';
const cookie = `Cookie: backstage-auth=${limited('jane')}`;
const ownOrigin = 'Origin: https://backend.example.com';
const appOrigin = 'Origin: https://app.example.com';
const evilOrigin = 'Origin: https://evil.example';
const config = { backend: { cors: { origin: 'https://app.example.com' } } };

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly challenge?: string;
}

const missing = {
  status: 401,
  message: 'Missing credentials',
  challenge: 'Bearer realm="backend"',
};
const challenge = (error: string) => `${missing.challenge}, error="${error}"`;
const illegal = {
  ...{ status: 401, message: 'Illegal token', challenge: challenge('invalid_token') },
};
const foreign = { ...illegal, message: 'Illegal limited user token' };
const ambiguous = {
  ...{ status: 401, message: 'Malformed or ambiguous credentials' },
  challenge: challenge('invalid_request'),
};
const restricted = {
  ...{ status: 403, message: 'Access to this plugin is restricted' },
  challenge: challenge('insufficient_scope'),
};
const undecided = { status: 503, message: 'Credentials cannot be verified at the moment' };

/** Where a cookie comes from that must not be believed. */
const foreignOrigins = [
  [],
  [evilOrigin],
  ['Origin: null'],
  ['Origin: https://backend.example.com.evil.example'],
  ['Origin: http://backend.example.com'],
  ['Origin: https://backend.example.com:8443'],
  [ownOrigin, evilOrigin],
  [evilOrigin, 'Sec-Fetch-Site: same-site'],
  [evilOrigin, 'X-Forwarded-Host: evil.example'],
  [evilOrigin, 'Referer: https://backend.example.com/'],
  [evilOrigin, 'Sec-WebSocket-Origin: https://backend.example.com'],
];

type Case = readonly [caller: string, lines: string[], refusal: Refusal];

/** What is refused, and how: the same whether HTTP or the upgrade refuses it. */
const refused: readonly Case[] = [
  ['nobody', [], missing],
  ['nobody from the own origin', [ownOrigin], missing],
  ['HTTP-08 a token as protocol', ['Sec-WebSocket-Protocol: bearer, user.jane'], missing],
  ['a bad bearer', ['Authorization: Bearer bad'], illegal],
  [
    'HTTP-02 an empty bearer beside a cookie',
    ['Authorization: Bearer', cookie, ownOrigin],
    ambiguous,
  ],
  [
    'HTTP-06 a bad bearer beside a cookie',
    ['Authorization: Bearer bad', cookie, ownOrigin],
    illegal,
  ],
  ['two bearers', [jane, 'Authorization: Bearer user.john'], ambiguous],
  ...foreignOrigins.map((lines): Case => [
    `CKE-05 a cookie with ${lines.join() || 'no origin'}`,
    [cookie, ...lines],
    foreign,
  ]),
  ['a full user token as cookie', ['Cookie: backstage-auth=user.jane', ownOrigin], illegal],
  ['CKE-02 two cookies', [`${cookie}; backstage-auth=${limited('john')}`, ownOrigin], ambiguous],
  ['an old cookie', [`Cookie: backstage-auth=${limited('jane', -1)}`, ownOrigin], illegal],
  ['a restricted caller', ['Authorization: Bearer restricted'], restricted],
  ['a bearer that nobody can check now', ['Authorization: Bearer undecided'], undecided],
  [
    'a cookie that nobody can check now',
    [`Cookie: backstage-auth=${limited('undecided')}`, ownOrigin],
    undecided,
  ],
];

let server: Awaited<ReturnType<typeof startUpgradeServer>>;
afterEach(() => stop(server.server, server.sockets));

describe('HTTP-11 a WebSocket upgrade', () => {
  beforeEach(async () => {
    server = await startUpgradeServer({ config });
  });

  it.each([
    ['a user with a bearer', [jane], 'jane'],
    ['a user with a bearer, whatever the origin', [jane, evilOrigin], 'jane'],
    ['HTTP-06 a bearer, before a cookie', [jane, `${cookie.replace('jane', 'x')}`], 'jane'],
    ['a cookie from the origin of the backend', [cookie, ownOrigin], 'jane'],
    ['a cookie from an origin of backend.cors.origin', [cookie, appOrigin], 'jane'],
    ['a cookie with Sec-Fetch-Site: same-origin', [cookie, 'Sec-Fetch-Site: same-origin'], 'jane'],
    ['a limited token as bearer', [`Authorization: Bearer ${limited('jane')}`], 'jane'],
    ['a service', ['Authorization: Bearer service.catalog'], 'catalog'],
  ])('admits %s', async (_, lines, name) => {
    const peer = server.upgrade(...lines);
    await peer.receive('101');
    expect(server.admitted.map(({ principal }) => principal)).toEqual([
      name === 'catalog'
        ? { type: 'service', subject: 'plugin:catalog' }
        : { type: 'user', userEntityRef: `user:default/${name}` },
    ]);
  });

  it.each(refused)('refuses %s', async (_, lines, { status, message, challenge: header }) => {
    const answer = await server.upgrade(...lines).answer;
    expect(answer.status).toBe(status);
    expect(answer.headers['www-authenticate']).toEqual(header && [header]);
    expect(answer.headers['retry-after']).toEqual(status === 503 ? ['10'] : undefined);
    expect(JSON.parse(answer.text)).toEqual({
      error: { name: expect.any(String), message },
      request: { method: 'GET', url: '/socket' },
      response: { statusCode: status },
    });
    expect(answer.headers).toMatchObject({
      connection: ['close'],
      'content-length': [String(Buffer.byteLength(answer.text))],
      date: ['Tue, 01 Jan 2030 00:00:00 GMT'],
    });
    expect(server.admitted).toEqual([]);
    expect(server.errors).toEqual([]);
  });

  it('HTTP-08 ignores a token in the query, and does not repeat it', async () => {
    const peer = server.open('GET /socket?access_token=user.jane#user.jane', ...handshake);
    const { status, text } = await peer.answer;
    expect({ status, url: JSON.parse(text).request.url }).toEqual({ status: 401, url: '/socket' });
    expect(text).not.toContain('jane');
  });

  it.each([
    ['another method', ['POST /socket', ...handshake, 'Content-Length: 0']],
    ['a method that has no answer body', ['HEAD /socket', ...handshake]],
    ['HTTP/1.0', ['GET /socket HTTP/1.0', ...handshake]],
    ['another protocol', ['GET /socket', 'Connection: Upgrade', 'Upgrade: h2c']],
    ['two protocols', ['GET /socket', ...handshake, 'Upgrade: h2c']],
    ['a body', ['GET /socket', ...handshake, 'Content-Length: 5']],
    ['a body in chunks', ['GET /socket', ...handshake, 'Transfer-Encoding: chunked']],
  ])('refuses %s before it asks who is calling', async (_, lines) => {
    const answer = await server.open(...lines, jane).answer;
    expect(answer.status).toBe(400);
    expect(answer.headers['www-authenticate']).toBeUndefined();
    if (lines[0]?.startsWith('HEAD')) expect(answer.text).toBe('');
    else
      expect(JSON.parse(answer.text).error).toEqual({ name: 'InputError', message: notAHandshake });
    expect(server.auth.verified).toEqual([]);
    expect(server.admitted).toEqual([]);
  });

  it.each([
    ['Upgrade', { connection: 'upgrade' }],
    ['Connection', { upgrade: 'websocket' }],
  ])('refuses a request without %s, which Node would not have called an upgrade', (_, headers) => {
    const socket = fakeSocket();
    const request = { method: 'GET', httpVersion: '1.1', url: '/', headers };
    server.upgradeAuth.admit(request, socket, () => fail('was admitted'));
    return expect(socket.written).resolves.toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });

  it('takes the protocol in any case, and the other members of Connection', async () => {
    const lines = ['Connection: keep-alive, UPGRADE', 'Upgrade: WebSocket', 'Content-Length: 0'];
    await server.open('GET /socket', ...lines, jane).receive('101');
  });
});

const notAHandshake =
  'Expected the upgrade to a WebSocket: GET, HTTP/1.1, "Upgrade: websocket", no body';

/** A socket that keeps what is written to it. */
function fakeSocket() {
  let resolve: (text: string) => void;
  const written = new Promise<string>(callback => (resolve = callback));
  return {
    destroyed: false,
    written,
    on: () => {},
    once: () => {},
    resume: () => {},
    destroy: () => {},
    end: (text: unknown) => resolve(String(text)),
  };
}

describe('the options of an upgrade', () => {
  it.each([
    ['service', [cookie, ownOrigin], 403, "This endpoint does not allow 'user' credentials"],
    [
      'user',
      ['Authorization: Bearer service.x'],
      403,
      "This endpoint does not allow 'service' credentials",
    ],
    ['none', [jane], 403, "This endpoint does not allow 'user' credentials"],
    ['none', ['Authorization: Bearer bad'], 401, 'Illegal token'],
    ['none', [cookie, evilOrigin], 401, 'Illegal limited user token'],
    ['none', [`Cookie: backstage-auth=junk`, ownOrigin], 401, 'Illegal token'],
  ] as const)('that allow %s refuse %j', async (allowed, lines, status, message) => {
    server = await startUpgradeServer({ allow: [allowed as 'user'] });
    const answer = await server.upgrade(...lines).answer;
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text).error.message).toBe(message);
  });

  it('admit nobody as none only where that is said', async () => {
    server = await startUpgradeServer<'none' | 'user'>({ allow: ['none', 'user'] });
    await server.upgrade(evilOrigin).receive('101');
    expect(server.admitted[0]?.principal).toEqual({ type: 'none' });
  });

  it.each(['Authorization: Bearer', 'Accept: */*'])(
    'let nobody in where the default auth policy is off: %s',
    async line => {
      const auth = { dangerouslyDisableDefaultAuthPolicy: true };
      server = await startUpgradeServer({ config: { backend: { auth } } });
      const answer = await server.upgrade(line).answer;
      expect([answer.status, JSON.parse(answer.text).error.message]).toEqual([
        401,
        'Missing credentials',
      ]);
    },
  );

  it('can leave the cookie out', async () => {
    server = await startUpgradeServer({ allowLimitedAccess: false });
    const answers = await Promise.all(
      [[cookie, ownOrigin], [`Authorization: Bearer ${limited('jane')}`]].map(
        lines => server.upgrade(...lines).answer,
      ),
    );
    expect(answers.map(({ status, text }) => [status, JSON.parse(text).error.message])).toEqual([
      [401, 'Missing credentials'],
      [401, 'Illegal limited user token'],
    ]);
  });
});

describe('the answer to a refused upgrade', () => {
  const express = loadExpress('express');
  afterEach(express.stop);

  it.each(refused)('is that of the Express adapter: %s', async (_, lines) => {
    server = await startUpgradeServer({ config });
    const { httpAuth } = setUpHttpAuth({ config });
    const app = express.framework();
    app.use((req, _res, next) => {
      const limits = { allow: ['user' as const, 'service' as const], allowLimitedAccess: true };
      httpAuth.credentials(req as AuthRequest, limits).then(() => next(), next);
    });
    app.use(express.adapter.authErrorHandler());
    const send = await express.start(app);
    const [own, theirs] = [
      await server.upgrade(...lines).answer,
      await send('GET /socket', ...handshake, ...lines),
    ];
    const names = ['content-type', 'content-length', 'www-authenticate', 'retry-after'];
    const told = ({ status, headers, text }: typeof own) => ({
      ...{ status, text },
      ...Object.fromEntries(names.map(name => [name, headers[name]])),
    });
    expect(told(own)).toEqual(told(theirs));
  });
});
