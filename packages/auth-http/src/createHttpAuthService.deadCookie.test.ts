import type { AuthErrorCode, AuthRequest } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { answerError } from './core/problem';
import type { HttpAuthServiceOptions } from './createHttpAuthService';
import { oneHour } from './testing/FakeAuthService';
import { limited, setUpHttpAuth, withCookies } from './testing/setUpHttpAuth';

const expired = limited('jane', -1);
const dropped = [
  expect.stringMatching(/^backstage-auth=; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; /),
  expect.stringMatching(/^backstage-auth=; Domain=backend\.example\.com; Path=\/; Expires=Thu/),
];

describe('CKE-10: a refusal', () => {
  /** The answer to a request where the cookie is accepted. */
  async function answerTo(
    request: AuthRequest,
    options: Partial<HttpAuthServiceOptions> = {},
    prepare: (set: ReturnType<typeof setUpHttpAuth>) => void = () => undefined,
  ) {
    const set = setUpHttpAuth(options);
    prepare(set);
    const ask = () =>
      set.httpAuth
        .credentials(request, { allow: ['user'], allowLimitedAccess: true })
        .catch((error: unknown) => answerError(error, request));
    const answers = [await ask(), await ask()] as Array<ReturnType<typeof answerError>>;
    expect(answers[1]).toEqual(answers[0]);
    return answers[0];
  }

  it.each([
    [[expired]],
    [['junk']],
    [['user.jane']],
    [['service.x']],
    [[expired, limited('joe', -2), `${Buffer.from('{"typ":"x"}').toString('base64url')}.x.y`]],
    [Array.from({ length: 8 }, (_, index) => limited('jane', -index))],
  ])('whose cause are cookies that prove nobody drops them: %j', async values => {
    const answer = await answerTo(withCookies(...values));
    expect(answer).toMatchObject({ status: 401, cookies: dropped });
  });

  it.each<[what: string, values: string[], status: number]>([
    ['two users', [limited('jane'), limited('joe')], 401],
    ['too many to try', Array.from({ length: 9 }, (_, index) => limited('joe', -index)), 401],
    ['too many of the old form', Array.from({ length: 9 }, (_, index) => `junk-${index}`), 401],
    ['an expired one, and one that was not tried', [expired, 'old.form'], 401],
    ['one that cannot be decided', [limited('undecided')], 503],
    ['a dead one beside one that cannot be decided', [expired, limited('undecided')], 503],
    ['a caller who is restricted', ['restricted'], 403],
  ])('of %s drops nothing', async (_, values, status) => {
    const answer = await answerTo(withCookies(...values));
    expect(answer?.status).toBe(status);
    expect(answer).not.toHaveProperty('cookies');
  });

  it('takes nothing from a user beside whose cookie others were added', async () => {
    const answer = await answerTo(withCookies('junk', expired, limited('jane'), 'user.joe'));
    expect(answer).toMatchObject({ principal: { userEntityRef: 'user:default/jane' } });
  });

  it.each<[string, AuthRequest]>([
    ['a request without the cookie', { method: 'GET', headers: {} }],
    [
      'a bearer',
      { method: 'GET', headers: { authorization: 'Bearer junk', cookie: `a=${expired}` } },
    ],
    [
      'a bearer beside a dead cookie',
      {
        method: 'GET',
        headers: { authorization: 'Bearer junk', ...withCookies(expired).headers },
      },
    ],
    [
      'a request from elsewhere, whose cookie is not looked at',
      { ...withCookies(expired), method: 'POST' },
    ],
    [
      'a request from elsewhere with a good cookie',
      { ...withCookies(limited('jane')), method: 'POST' },
    ],
  ])('of %s drops nothing', async (_, request) => {
    const answer = await answerTo(request);
    expect(answer?.status).toBe(401);
    expect(answer).not.toHaveProperty('cookies');
  });

  it('drops nothing where the cookie is not accepted', async () => {
    const request = withCookies(expired);
    const error = await setUpHttpAuth()
      .httpAuth.credentials(request, { allow: ['user'] })
      .catch((reason: unknown) => reason);
    expect(answerError(error, request)).not.toHaveProperty('cookies');
  });

  it.each<[AuthErrorCode, boolean]>([
    ['AUTH_SIGNATURE_INVALID', true],
    ['AUTH_TOKEN_TYPE_UNKNOWN', true],
    ['AUTH_CLAIM_INVALID', true],
    // The key may be published yet, and clocks are set right.
    ['AUTH_KEY_UNKNOWN', false],
    ['AUTH_TOKEN_NOT_YET_VALID', false],
  ])('with %s drops the cookie: %s', async (code, drops) => {
    const answer = await answerTo(withCookies(limited('jane')), {}, ({ auth }) => {
      auth.authenticate = () => Promise.reject(createAuthError(code, 'the reason'));
    });
    expect(answer?.status).toBe(401);
    expect(answer?.cookies).toEqual(drops ? dropped : undefined);
  });

  it('drops nothing for what another auth service says, which has no code', async () => {
    const answer = await answerTo(withCookies(limited('jane')), {}, ({ auth }) => {
      const error = Object.assign(new Error('Invalid token'), { name: 'AuthenticationError' });
      auth.authenticate = () => Promise.reject(error);
    });
    expect(answer?.status).toBe(401);
    expect(answer).not.toHaveProperty('cookies');
  });

  it('drops the cookie by its name, and in its forms', async () => {
    const request = { method: 'GET', headers: { cookie: `mine=${expired}` } };
    const answer = await answerTo(request, { cookie: { name: 'mine', domain: 'example.com' } });
    expect(answer?.cookies?.map(line => line.split('; Path')[0])).toEqual([
      'mine=',
      'mine=; Domain=backend.example.com',
      'mine=; Domain=example.com',
    ]);
  });

  it('is still a refusal where discovery fails', async () => {
    const getBaseUrl = () => Promise.reject(new Error('discovery is down'));
    const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    const answer = await answerTo(withCookies(expired), { discovery });
    expect(answer?.status).toBe(401);
    expect(answer).not.toHaveProperty('cookies');
  });

  it('is recorded once, as any other', async () => {
    const { httpAuth, events } = setUpHttpAuth();
    const request = withCookies(expired, limited('jane', -oneHour));
    for (let time = 0; time < 2; time += 1) {
      const asked = httpAuth.credentials(request, { allowLimitedAccess: true });
      await expect(asked).rejects.toMatchObject({ code: 'AUTH_TOKEN_EXPIRED' });
    }
    expect(events).toHaveLength(1);
  });
});
