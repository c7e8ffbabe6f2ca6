import type { AuthErrorCode, BackstageCredentials } from '@stagepass/auth-node';
import { type Mocks, ourMocks, theirMocks } from './backstageMocks';
import { type Action, issueUserCookie, mockActions, RESTRICTIONS } from './mockActions';

const NOW = Date.UTC(2026, 0, 1, 12);
const JANE = 'user:default/jane';
const LIMITED_JANE = `mock-limited-user-token:{"sub":"${JANE}"}`;

beforeEach(() => {
  jest.spyOn(Date, 'now').mockReturnValue(NOW);
});

afterEach(() => {
  jest.restoreAllMocks();
});

describe("Backstage's mocks and ours", () => {
  it.each(Object.entries(mockActions))('do the same: %s', async (_, action) => {
    const { value, error } = await outcomeOf(ourMocks, action);
    const isRefusal = /^(Authentication|NotAllowed)Error$/.test(error?.name ?? '');
    expect(Boolean(error?.code?.startsWith('AUTH_'))).toBe(isRefusal);
    const ours = error ? { error: { name: error.name, message: textOf(error) } } : { value };
    expect(ours).toEqual(await outcomeOf(theirMocks, action));
  });
});

/** The message, without the advice that follows theirs where a mock token is misspelt. */
function textOf({ message }: { message: string }): string {
  return /^Unknown mock token '[^']*'(?=; of mock tokens, )/.exec(message)?.[0] ?? message;
}

/** What comes out of a storage that keeps JSON. */
const stored = (credentials: object) =>
  JSON.parse(JSON.stringify(credentials)) as BackstageCredentials;

/** What theirs do, and the code and message with which ours refuse. */
type Difference = [
  what: string,
  action: Action,
  theirs: object,
  code: AuthErrorCode,
  message: string,
];

const throws = (name: string) => ({ error: { name } });
const gives = (principal: object) => ({ value: { json: { principal } } });
const defaultUser = gives({ type: 'user', userEntityRef: 'user:default/mock' });
const malformed = (kind: string) => `Malformed mock token, expected '${kind}:' and a JSON object`;
const notText = (name: string, kind: string) =>
  `Invalid mock token, expected '${name}' behind '${kind}:' to be a text that is not empty`;

const authenticate =
  (token: unknown): Action =>
  ({ auth }) =>
    auth().authenticate(token as string, { allowLimitedAccess: true });

function token(text: string, theirs: object, code: AuthErrorCode, message: string): Difference {
  return [`authenticate ${text}`, authenticate(text), theirs, code, message];
}

const credentials =
  (headers?: Record<string, string>): Action =>
  ({ httpAuth }) =>
    httpAuth().credentials({ headers: headers as never }, { allowLimitedAccess: true });

const MALFORMED = 'AUTH_TOKEN_MALFORMED';
const INVALID = 'AUTH_CLAIM_INVALID';
const AMBIGUOUS = 'AUTH_REQUEST_AMBIGUOUS';
const badHeader = 'Malformed or ambiguous credentials';
const badRef = `Invalid user entity reference 'jane', expected <kind>:<namespace>/<name>`;

const refusals: Difference[] = [
  token('mock-user-token:', throws('SyntaxError'), MALFORMED, malformed('mock-user-token')),
  token('mock-user-token:{"sub"', throws('SyntaxError'), MALFORMED, malformed('mock-user-token')),
  token('mock-user-token:null', throws('TypeError'), MALFORMED, malformed('mock-user-token')),
  token('mock-user-token:1', defaultUser, MALFORMED, malformed('mock-user-token')),
  token(
    'mock-user-token:{"sub":1}',
    throws('TypeError'),
    INVALID,
    notText('sub', 'mock-user-token'),
  ),
  token('mock-user-token:{"sub":"jane"}', throws('TypeError'), INVALID, badRef),
  token(
    'mock-user-token:{"actor":"plugin:a"}',
    gives({ actor: { type: 'service' } }),
    INVALID,
    "Invalid mock token, expected 'actor' to be an object with a subject",
  ),
  token(
    'mock-limited-user-token:x',
    throws('SyntaxError'),
    MALFORMED,
    malformed('mock-limited-user-token'),
  ),
  token('mock-limited-user-token:{"sub":"jane"}', throws('TypeError'), INVALID, badRef),
  token('mock-service-token:', throws('SyntaxError'), MALFORMED, malformed('mock-service-token')),
  token(
    'mock-service-token:[]',
    gives({ type: 'service', subject: 'external:test-service' }),
    MALFORMED,
    malformed('mock-service-token'),
  ),
  token(
    'mock-service-token:{"sub":1}',
    gives({ type: 'service', subject: 1 }),
    INVALID,
    notText('sub', 'mock-service-token'),
  ),
  token('mock-service-token:{"obo":"jane"}', throws('TypeError'), INVALID, badRef),
  token(
    'mock-service-token:{"obo":""}',
    gives({ type: 'service' }),
    INVALID,
    notText('obo', 'mock-service-token'),
  ),
  token(
    'mock-service-token:{"target":""}',
    gives({ type: 'service' }),
    INVALID,
    notText('target', 'mock-service-token'),
  ),
  token('mock-user-token:{"exp":1}', defaultUser, 'AUTH_TOKEN_EXPIRED', 'Illegal token'),
  token(
    'mock-user-token:{"exp":"soon"}',
    defaultUser,
    INVALID,
    "Invalid mock token, expected 'exp' to be a number of seconds",
  ),
  token(
    'mock-service-token:{"restrictions":[]}',
    gives({ type: 'service' }),
    INVALID,
    "Invalid mock token, expected 'restrictions' to be access restrictions by plugin id",
  ),
  [
    'the stored credentials of a user without their token',
    ({ auth, mockCredentials: { user } }) =>
      auth().getPluginRequestToken({ onBehalfOf: stored(user()), targetPluginId: 'catalog' }),
    { value: { json: { token: expect.any(String) } } },
    'AUTH_CREDENTIALS_MISSING',
    'User credentials is unexpectedly missing token',
  ],
  [
    'the stored credentials of a user with the token of another',
    ({ auth, mockCredentials: { user } }) =>
      auth().getLimitedUserToken(stored({ ...user(), token: user.token(JANE) }) as never),
    { value: { json: { token: expect.any(String) } } },
    INVALID,
    'Illegal token',
  ],
  [
    'the user info of stored credentials without their token',
    ({ userInfo, mockCredentials: { user } }) => userInfo().getUserInfo(stored(user())),
    { value: { json: { userEntityRef: 'user:default/mock' } } },
    'AUTH_CREDENTIALS_MISSING',
    'User credentials is unexpectedly missing token',
  ],
  [
    'the cookie with a request that can change something, from elsewhere',
    ({ httpAuth, mockCredentials: { limitedUser } }) =>
      httpAuth().credentials(
        { method: 'POST', headers: { cookie: limitedUser.cookie(JANE) } },
        { allowLimitedAccess: true },
      ),
    gives({ userEntityRef: JANE }),
    'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    'Illegal limited user token',
  ],
  [
    'authenticate undefined',
    authenticate(undefined),
    throws('TypeError'),
    MALFORMED,
    'Token is not a string',
  ],
  ['a request without headers', credentials(), throws('TypeError'), AMBIGUOUS, badHeader],
  ['an empty bearer', credentials({ authorization: 'Bearer ' }), defaultUser, AMBIGUOUS, badHeader],
  [
    'another scheme',
    credentials({ authorization: 'Basic abc' }),
    defaultUser,
    AMBIGUOUS,
    badHeader,
  ],
  [
    'a malformed header beside a cookie',
    credentials({ authorization: 'abc', cookie: `backstage-auth=${LIMITED_JANE}` }),
    gives({ userEntityRef: JANE }),
    AMBIGUOUS,
    badHeader,
  ],
  [
    'a user token in the cookie',
    credentials({ cookie: 'backstage-auth=mock-user-token' }),
    defaultUser,
    'AUTH_TOKEN_TYPE_UNKNOWN',
    'Illegal token',
  ],
  [
    'the cookies of two users',
    credentials({
      cookie: `backstage-auth=${LIMITED_JANE}; backstage-auth=mock-limited-user-token:{}`,
    }),
    gives({ userEntityRef: JANE }),
    AMBIGUOUS,
    badHeader,
  ],
  [
    'the cookie of a service',
    ({ httpAuth, mockCredentials: { service } }) => issueUserCookie(httpAuth(), {}, service()),
    { value: { json: { set: { 'Set-Cookie': expect.any(String) } } } },
    INVALID,
    'Refused to issue cookie for non-user principal',
  ],
];

describe("Where Backstage's mocks let something through, or fail, ours", () => {
  it.each(refusals)('refuse: %s', async (_, action, theirs, code, message) => {
    expect(await outcomeOf(theirMocks, action)).toMatchObject(theirs);
    expect(await outcomeOf(ourMocks, action)).toEqual({
      error: { name: 'AuthenticationError', code, message },
    });
  });

  it.each<[what: string, code: AuthErrorCode, message: string, action: Action]>([
    [
      'a plugin that a restricted service may not call',
      'AUTH_ACCESS_RESTRICTED',
      'Access to this plugin is restricted',
      authenticate('mock-service-token:{"restrictions":{"catalog":{}}}'),
    ],
    [
      'the stored credentials of a service',
      'AUTH_DELEGATION_NOT_ALLOWED',
      'This call may not be made for its caller',
      ({ auth, mockCredentials: { service } }) =>
        auth().getPluginRequestToken({ onBehalfOf: stored(service()), targetPluginId: 'catalog' }),
    ],
  ])('forbid: %s', async (_, code, message, action) => {
    expect(await outcomeOf(theirMocks, action)).toMatchObject({ value: {} });
    expect(await outcomeOf(ourMocks, action)).toEqual({
      error: { name: 'NotAllowedError', code, message },
    });
  });

  it('leave a good cookie of the same user alone', async () => {
    const action: Action = ({ httpAuth, mockCredentials: { limitedUser } }) =>
      issueUserCookie(httpAuth(), { cookie: limitedUser.cookie() });
    const outcomes = [await outcomeOf(theirMocks, action), await outcomeOf(ourMocks, action)];
    expect(outcomes.map(outcome => outcome.value?.json)).toEqual([
      {
        set: { 'Set-Cookie': 'backstage-auth=mock-limited-user-token:{"sub":"user:default/mock"}' },
        expiresAt: '2026-01-01T13:00:00.000Z',
      },
      { set: {}, expiresAt: '2026-01-01T13:00:00.000Z' },
    ]);
  });

  const restricted = { sub: 'x', target: 'b', restrictions: { '*': RESTRICTIONS } };

  it.each<[string, Action]>([
    [
      'mockCredentials.service.token',
      ({ mockCredentials: { service } }) =>
        service.token({ onBehalfOf: service('x', RESTRICTIONS), targetPluginId: 'b' }),
    ],
    [
      'getPluginRequestToken',
      async ({ auth, mockCredentials: { service } }) => {
        const onBehalfOf = service('x', RESTRICTIONS);
        return (await auth().getPluginRequestToken({ onBehalfOf, targetPluginId: 'b' })).token;
      },
    ],
  ])('write access restrictions into the token: %s', async (_, action) => {
    expect((await outcomeOf(theirMocks, action)).value?.json).toBe(
      'mock-service-token:{"sub":"x","target":"b"}',
    );
    expect((await outcomeOf(ourMocks, action)).value?.json).toBe(
      `mock-service-token:${JSON.stringify(restricted)}`,
    );
  });

  it('clear the cookie for credentials of nobody, in place of setting that of the default user', async () => {
    const action: Action = ({ httpAuth, mockCredentials: { none } }) =>
      issueUserCookie(httpAuth(), {}, none());
    const outcomes = [await outcomeOf(theirMocks, action), await outcomeOf(ourMocks, action)];
    expect(outcomes.map(outcome => outcome.value?.json)).toEqual([
      {
        set: { 'Set-Cookie': 'backstage-auth=mock-limited-user-token:{"sub":"user:default/mock"}' },
        expiresAt: '2026-01-01T13:00:00.000Z',
      },
      {
        set: { 'Set-Cookie': 'backstage-auth=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT' },
        expiresAt: '2026-01-01T12:00:00.000Z',
      },
    ]);
  });

  it('issue no token for what is no plugin id', async () => {
    const action: Action = ({ auth, mockCredentials: { user } }) =>
      auth().getPluginRequestToken({ onBehalfOf: user(), targetPluginId: '../catalog' });
    expect(await outcomeOf(theirMocks, action)).toMatchObject({
      value: { json: { token: expect.stringContaining('"target":"../catalog"') as unknown } },
    });
    expect(await outcomeOf(ourMocks, action)).toMatchObject({ error: { name: 'InputError' } });
  });
});

interface Outcome {
  value?: { json: unknown; printed: unknown; token: unknown; hidden: string[] };
  error?: { name: string; message: string; code?: string };
}

/** Does it, and describes what came of it down to what does not show. */
async function outcomeOf(mocks: Mocks, action: Action): Promise<Outcome> {
  try {
    return { value: describeValue(await action(mocks)) };
  } catch (thrown) {
    const { name, message, code } = thrown as Error & { code?: string };
    return { error: { name, message, ...(code !== undefined && { code }) } };
  }
}

function describeValue(value: unknown): Outcome['value'] {
  const object = Object(value) as { token?: unknown };
  const names = Object.getOwnPropertyNames(object);
  return {
    json: JSON.parse(JSON.stringify(value)),
    printed: String(value),
    token: object.token,
    hidden: names.filter(name => !Object.prototype.propertyIsEnumerable.call(object, name)).sort(),
  };
}
