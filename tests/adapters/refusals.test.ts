import {
  cookiePath,
  jane,
  janesCookie,
  janesToken,
} from '../../packages/auth-http/src/testing/expressPlugin';
import { limitedToken, startOfTests } from '../../packages/auth-http/src/testing/FakeAuthService';
import type { RawAnswer } from '../../packages/auth-http/src/testing/rawRequest';
import { describeAdapters } from './adapters';

interface Refusal {
  status: number;
  name: string;
  message: string;
  /** What follows the realm; null: no challenge, but `Retry-After`. */
  challenge: string | null;
}

const refusals = {
  missing: {
    status: 401,
    name: 'AuthenticationError',
    message: 'Missing credentials',
    challenge: '',
  },
  illegal: {
    status: 401,
    name: 'AuthenticationError',
    message: 'Illegal token',
    challenge: ', error="invalid_token"',
  },
  limited: {
    status: 401,
    name: 'AuthenticationError',
    message: 'Illegal limited user token',
    challenge: ', error="invalid_token"',
  },
  ambiguous: {
    status: 401,
    name: 'AuthenticationError',
    message: 'Malformed or ambiguous credentials',
    challenge: ', error="invalid_request"',
  },
  restricted: {
    status: 403,
    name: 'NotAllowedError',
    message: 'Access to this plugin is restricted',
    challenge: ', error="insufficient_scope"',
  },
  notUser: {
    status: 403,
    name: 'NotAllowedError',
    message: "This endpoint does not allow 'service' credentials",
    challenge: ', error="insufficient_scope"',
  },
  undecided: {
    status: 503,
    name: 'ServiceUnavailableError',
    message: 'Credentials cannot be verified at the moment',
    challenge: null,
  },
} satisfies Record<string, Refusal>;

const bearer = (token: string) => `Authorization: Bearer ${token}`;
const expired = limitedToken('jane', startOfTests - 1);
const cases: ReadonlyArray<
  [kind: keyof typeof refusals, method: string, path: string, ...headers: string[]]
> = [
  ['missing', 'GET', '/x?token=s3cret'],
  ['missing', 'GET', ''],
  ['missing', 'POST', '/item', 'Content-Length: 0'],
  ['missing', 'DELETE', '/public'],
  ['missing', 'OPTIONS', '/x', 'Origin: https://a.example', 'Access-Control-Request-Method: GET'],
  ['missing', 'TRACE', '/x'],
  ['missing', 'GET', '/x', janesCookie],
  ['missing', 'GET', '/x', 'Accept: text/event-stream'],
  ['missing', 'GET', '/x', 'Connection: upgrade', 'Upgrade: websocket'],
  ['illegal', 'GET', '/x', bearer('junk')],
  ['illegal', 'GET', '/view', bearer('junk')],
  ['illegal', 'GET', '/view', `Cookie: backstage-auth=${expired}`],
  ['illegal', 'GET', '/view', 'Cookie: backstage-auth=junk'],
  ['limited', 'GET', '/x', bearer(janesToken)],
  ['ambiguous', 'GET', '/x', jane, jane],
  ['ambiguous', 'GET', '/x', 'Authorization: Basic x', janesCookie],
  ['restricted', 'GET', '/x', bearer('restricted')],
  ['notUser', 'GET', '/user', bearer('service.x')],
  ['undecided', 'GET', '/x', bearer('undecided')],
];

const countsOf = ({ status, text, headers }: RawAnswer) => ({
  status,
  text,
  challenge: headers['www-authenticate'],
  retryAfter: headers['retry-after'],
  caching: headers['cache-control'],
  type: headers['content-type'],
});

describeAdapters('a refusal', start => {
  const policies = [{ path: '/view', allow: 'user-cookie' as const }];

  it.each(cases)('is %s for %s %s', async (kind, method, path, ...headers) => {
    const { send } = await start({ policies });
    const { status, name, message, challenge }: Refusal = refusals[kind];
    const url = `/api/test${path.replace(/[?].*/, '')}`;
    const dropsCookie = kind === 'illegal' && headers.some(line => line.startsWith('Cookie: '));
    expect(countsOf(await send(`${method} /api/test${path}`, ...headers))).toEqual({
      status,
      text: JSON.stringify({
        error: { name, message },
        request: { method, url },
        response: { statusCode: status },
      }),
      challenge: challenge === null ? undefined : [`Bearer realm="backend"${challenge}`],
      retryAfter: challenge === null ? ['10'] : undefined,
      // A dead cookie is dropped with the answer, which nobody may store then.
      caching: dropsCookie ? ['no-store'] : undefined,
      type: ['application/json; charset=utf-8'],
    });
  });

  it('of HEAD has no body', async () => {
    const { send } = await start({});
    const answer = await send('HEAD /api/test/x');
    expect(countsOf(answer)).toMatchObject({ status: 401, text: '' });
    expect(answer.headers['www-authenticate']).toEqual(['Bearer realm="backend"']);
  });

  it('of the key set says when to come back', async () => {
    const { auth, send } = await start({});
    auth.listPublicServiceKeys = () => auth.authenticate('undecided') as never;
    const answer = await send('GET /api/test/.backstage/auth/v1/jwks.json');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toEqual(['10']);
  });

  it.each(['PROPFIND', 'LOCK', 'SEARCH'])('meets %s, or the router does', async method => {
    const { send } = await start({});
    const answer = await send(`${method} /api/test/x`, 'Content-Length: 0');
    expect([401, 404]).toContain(answer.status);
    expect(answer.text).not.toContain('"handler":');
  });

  it('HTTP-11: never echoes what TRACE came with', async () => {
    const { send } = await start({ policies: [{ path: '/public', allow: 'unauthenticated' }] });
    for (const path of ['x', 'public']) {
      const answer = await send(`TRACE /api/test/${path}`, jane, 'X-Canary: bird');
      expect(answer.text).not.toMatch(/Bearer|user[.]jane|bird/);
    }
  });

  it('HTTP-11: meets CONNECT, or nobody answers', async () => {
    const { send } = await start({});
    expect((await send('CONNECT localhost:443')).text).not.toContain('"handler":');
  });

  it('is no challenge where the backend is at fault', async () => {
    const { auth, send } = await start({});
    auth.getLimitedUserToken = () => Promise.reject(new Error('database down'));
    const answer = await send(`GET ${cookiePath}`, jane);
    expect(answer.status).toBe(500);
    expect(answer.headers['www-authenticate']).toBeUndefined();
  });
});
