import { inspect } from 'node:util';
import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork, settle } from '../testing/FakeNetwork';
import { illegalToken, rejectionOf } from '../testing/refusals';
import { fetchUserClaims } from './fetchUserClaims';

const TOKEN = 'canary-user-token';

function setUp(getBaseUrl = async (id: string) => `http://backend/api/${id}`) {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
  return { clock, network, get: () => fetchUserClaims(TOKEN, discovery, network) };
}

const unavailable = {
  name: 'ServiceUnavailableError',
  code: 'AUTH_KEYS_UNAVAILABLE',
  message: 'User info cannot be had at the moment',
};

describe('fetchUserClaims', () => {
  it('asks the auth plugin with the token of the user as bearer, and follows no redirect', async () => {
    const { network, get, clock } = setUp();
    network.answer = () => Response.json({ claims: { sub: 'user:default/jane' } });
    expect(await get()).toEqual({ claims: { sub: 'user:default/jane' } });
    expect(network.requests).toEqual([
      {
        url: 'http://backend/api/auth/v1/userinfo',
        init: {
          headers: { authorization: `Bearer ${TOKEN}`, accept: 'application/json' },
          redirect: 'manual',
          signal: expect.any(AbortSignal) as unknown,
        },
      },
    ]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('takes a 404 for a user whom the auth plugin does not know', async () => {
    const { network, get } = setUp();
    network.answer = () => new Response('{"error":{}}', { status: 404 });
    expect(await get()).toBeUndefined();
  });

  it('passes on that the auth plugin refuses the token', async () => {
    const { network, get } = setUp();
    network.answer = () => new Response(`bad ${TOKEN}`, { status: 401 });
    const error = await rejectionOf(get());
    expect(error).toMatchObject({
      ...illegalToken('AUTH_SIGNATURE_INVALID'),
      reason:
        'the auth plugin refuses the token of the user, which was good here; see its log for the reason',
    });
    expect(inspect(error)).not.toContain(TOKEN);
  });

  it.each<[string, (it: FakeNetwork) => void, string]>([
    ['is down', it => it.goDown(), '"TypeError: fetch failed"'],
    [
      'fails',
      it => (it.answer = () => new Response('', { status: 500 })),
      '"Error: expected status 200, found 500"',
    ],
    [
      'redirects',
      it => (it.answer = () => Response.redirect('http://169.254.169.254/', 307)),
      '"Error: expected status 200, found 307"',
    ],
    [
      'forbids',
      it => (it.answer = () => new Response('', { status: 403 })),
      '"Error: expected status 200, found 403"',
    ],
    [
      'answers with nothing',
      it => (it.answer = () => new Response('')),
      '"SyntaxError: Unexpected end of JSON input"',
    ],
  ])('is unavailable while the auth plugin %s', async (_, prepare, detail) => {
    const { network, get, clock } = setUp();
    prepare(network);
    const error = await rejectionOf(get());
    expect(error).toMatchObject({
      ...unavailable,
      reason: `the auth plugin does not answer for the user: ${detail}`,
    });
    expect(JSON.stringify(error)).toBe(
      '{"name":"ServiceUnavailableError","message":"User info cannot be had at the moment"}',
    );
    expect(network.requests).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('gives up after five seconds', async () => {
    const { network, get, clock } = setUp();
    network.hang();
    const refused = expect(get()).rejects.toMatchObject(unavailable);
    await settle();
    clock.advance(5_000);
    await refused;
    expect(clock.pendingTimers).toBe(0);
  });

  it('is unavailable where discovery does not know the auth plugin', async () => {
    const { get, network } = setUp(() => Promise.reject(new Error('no auth here')));
    await expect(get()).rejects.toMatchObject({
      ...unavailable,
      reason: String.raw`the auth plugin does not answer for the user: "Error: discovery does not give a base URL for the plugin \"auth\": \"Error: no auth here\""`,
    });
    expect(network.requests).toEqual([]);
  });
});
