import type { AuthRequest, BackstageCredentials, HttpAuthService } from '@stagepass/auth-node';
import type { Mocks } from './backstageMocks';

/** Something to do with the mocks of either product. */
export type Action = (mocks: Mocks) => unknown;

type CreateCredentials = (mocks: Mocks) => BackstageCredentials;

const JANE = 'user:default/jane';
const AGENT = { actor: { subject: 'external:agent' } };
/** What a restricted service may do. */
export const RESTRICTIONS = {
  permissionNames: ['catalog.read'],
  permissionAttributes: { action: ['read' as const] },
};

const strings: Record<string, Action> = {
  'none.header': ({ mockCredentials: { none } }) => none.header(),
  'user.token': ({ mockCredentials: { user } }) => user.token(),
  'user.token of the empty ref': ({ mockCredentials: { user } }) => user.token(''),
  'user.token of jane': ({ mockCredentials: { user } }) => user.token(JANE),
  'user.token of jane with actor': ({ mockCredentials: { user } }) => user.token(JANE, AGENT),
  'user.token of the default user': ({ mockCredentials: { user } }) =>
    user.token('user:default/mock'),
  'user.token of no ref': ({ mockCredentials: { user } }) => user.token('jane'),
  'user.header': ({ mockCredentials: { user } }) => user.header(),
  'user.header of jane': ({ mockCredentials: { user } }) => user.header(JANE),
  'user.invalidToken': ({ mockCredentials: { user } }) => user.invalidToken(),
  'user.invalidHeader': ({ mockCredentials: { user } }) => user.invalidHeader(),
  'limitedUser.token': ({ mockCredentials: { limitedUser } }) => limitedUser.token(),
  'limitedUser.token of jane': ({ mockCredentials: { limitedUser } }) => limitedUser.token(JANE),
  'limitedUser.token of no ref': ({ mockCredentials: { limitedUser } }) => limitedUser.token('x/y'),
  'limitedUser.cookie': ({ mockCredentials: { limitedUser } }) => limitedUser.cookie(),
  'limitedUser.cookie of jane': ({ mockCredentials: { limitedUser } }) => limitedUser.cookie(JANE),
  'limitedUser.invalidToken': ({ mockCredentials: { limitedUser } }) => limitedUser.invalidToken(),
  'limitedUser.invalidCookie': ({ mockCredentials: { limitedUser } }) =>
    limitedUser.invalidCookie(),
  'service.token': ({ mockCredentials: { service } }) => service.token(),
  'service.token for a service': ({ mockCredentials: { service } }) =>
    service.token({ onBehalfOf: service('plugin:a'), targetPluginId: 'b' }),
  'service.token for a user': ({ mockCredentials: { service, user } }) =>
    service.token({ onBehalfOf: user(JANE, AGENT), targetPluginId: 'b' }),
  'service.token for nobody': ({ mockCredentials: { service, none } }) =>
    service.token({ onBehalfOf: none(), targetPluginId: 'b' }),
  'service.header': ({ mockCredentials: { service } }) => service.header(),
  'service.header for a user': ({ mockCredentials: { service, user } }) =>
    service.header({ onBehalfOf: user(), targetPluginId: 'b' }),
  'service.invalidToken': ({ mockCredentials: { service } }) => service.invalidToken(),
  'service.invalidHeader': ({ mockCredentials: { service } }) => service.invalidHeader(),
};

const credentials: Record<string, CreateCredentials> = {
  none: ({ mockCredentials: { none } }) => none(),
  user: ({ mockCredentials: { user } }) => user(),
  'user of the default ref': ({ mockCredentials: { user } }) => user('user:default/mock'),
  'user jane': ({ mockCredentials: { user } }) => user(JANE),
  'user with actor': ({ mockCredentials: { user } }) => user(undefined, AGENT),
  'user jane with actor': ({ mockCredentials: { user } }) => user(JANE, AGENT),
  'user without actor': ({ mockCredentials: { user } }) => user(JANE, {}),
  limitedUser: ({ mockCredentials: { limitedUser } }) => limitedUser(),
  'limitedUser jane': ({ mockCredentials: { limitedUser } }) => limitedUser(JANE),
  service: ({ mockCredentials: { service } }) => service(),
  'service plugin:a': ({ mockCredentials: { service } }) => service('plugin:a'),
  'restricted service': ({ mockCredentials: { service } }) => service(undefined, RESTRICTIONS),
};

const noCredentials: Record<string, Action> = {
  'user of the empty ref': ({ mockCredentials: { user } }) => user(''),
  'user of no ref': ({ mockCredentials: { user } }) => user('jane'),
  'limitedUser of no ref': ({ mockCredentials: { limitedUser } }) => limitedUser('a:b'),
};

const tokens = [
  ...['', 'mock', 'a.b.c', 'mock-none-token', 'mock-user', 'mock-user-tokens', 'MOCK-USER-TOKEN'],
  ...['mock-user-token', 'mock-invalid-user-token', 'mock-user-token:{}'],
  `mock-user-token:{"sub":"${JANE}"}`,
  `mock-user-token: {"sub" : "${JANE}", "other": 1} `,
  `mock-user-token:{"sub":"${JANE}","actor":{"subject":"plugin:a"}}`,
  'mock-user-token:{"actor":{"subject":"plugin:a"}}',
  ...['mock-limited-user-token', 'mock-invalid-limited-user-token', 'mock-limited-user-token:{}'],
  `mock-limited-user-token:{"sub":"${JANE}"}`,
  `mock-limited-user-token:{"sub":"${JANE}","actor":{"subject":"plugin:a"}}`,
  ...['mock-service-token', 'mock-invalid-service-token', 'mock-service-token:{}'],
  'mock-service-token:{"sub":"plugin:a"}',
  'mock-service-token:{"sub":"plugin:a","target":"test"}',
  'mock-service-token:{"sub":"plugin:a","target":"catalog"}',
  `mock-service-token:{"obo":"${JANE}"}`,
  `mock-service-token:{"sub":"plugin:a","obo":"${JANE}","target":"test"}`,
  `mock-service-token:{"obo":"${JANE}","target":"other"}`,
];

const requests: Record<string, AuthRequest> = {
  anonymous: { headers: {} },
  ...Object.fromEntries(
    tokens
      .filter(token => /^\S+$/.test(token))
      .map(token => [`bearer ${token}`, { headers: { authorization: `Bearer ${token}` } }]),
  ),
  'lower-case scheme': { headers: { authorization: 'bearer  mock-service-token' } },
  cookie: { headers: { cookie: `a=b; backstage-auth=mock-limited-user-token:{"sub":"${JANE}"}` } },
  'encoded cookie': {
    headers: {
      cookie: `backstage-auth=${encodeURIComponent(`mock-limited-user-token:{"sub":"${JANE}"}`)}`,
    },
  },
  'refused cookie': { headers: { cookie: 'backstage-auth=mock-invalid-limited-user-token' } },
  'unknown cookie': { headers: { cookie: 'backstage-auth=mock-none-token' } },
  'empty cookie': { headers: { cookie: 'backstage-auth=' } },
  'other cookie': { headers: { cookie: 'a=mock-user-token' } },
  'bearer and cookie': {
    headers: {
      authorization: 'Bearer mock-service-token',
      cookie: `backstage-auth=mock-limited-user-token:{"sub":"${JANE}"}`,
    },
  },
};

const [none, user, service] = ['none', 'user', 'service'] as const;
const allowLists = [
  undefined,
  [user],
  [service],
  [user, service],
  [none],
  [none, user, service],
  [],
];

/** What both products must do alike, by name. */
export const mockActions: Readonly<Record<string, Action>> = {
  ...strings,
  ...credentials,
  ...noCredentials,
  ...Object.fromEntries(
    tokens.flatMap(token =>
      [undefined, false, true].map((allowLimitedAccess): [string, Action] => [
        `authenticate ${token}, limited access ${String(allowLimitedAccess)}`,
        ({ auth }) => auth().authenticate(token, { allowLimitedAccess }),
      ]),
    ),
  ),
  'authenticate for the plugin named': ({ auth }) =>
    auth({ pluginId: 'catalog' }).authenticate('mock-service-token:{"target":"catalog"}'),
  getNoneCredentials: ({ auth }) => auth().getNoneCredentials(),
  getOwnServiceCredentials: ({ auth }) => auth().getOwnServiceCredentials(),
  'getOwnServiceCredentials of catalog': ({ auth }) =>
    auth({ pluginId: 'catalog' }).getOwnServiceCredentials(),
  listPublicServiceKeys: ({ auth }) => auth().listPublicServiceKeys(),
  ...forEachCredentials((name, create): Record<string, Action> => ({
    // Those of ours carry the restrictions.
    ...(name !== 'restricted service' && {
      [`getPluginRequestToken for ${name}`]: mocks =>
        mocks
          .auth()
          .getPluginRequestToken({ onBehalfOf: create(mocks), targetPluginId: 'catalog' }),
      [`getPluginRequestToken for ${name}, default policy disabled`]: mocks =>
        mocks
          .auth({ disableDefaultAuthPolicy: true })
          .getPluginRequestToken({ onBehalfOf: create(mocks), targetPluginId: 'catalog' }),
    }),
    [`getLimitedUserToken for ${name}`]: mocks =>
      mocks.auth().getLimitedUserToken(create(mocks) as never),
    [`isPrincipal of ${name}`]: mocks =>
      ([none, user, service, 'unknown'] as const).map(type =>
        mocks.auth().isPrincipal(create(mocks), type),
      ),
    [`getUserInfo of ${name}`]: mocks => mocks.userInfo().getUserInfo(create(mocks)),
    [`getUserInfo of ${name}, customised`]: mocks =>
      mocks.userInfo({ ownershipEntityRefs: ['group:default/a'] }).getUserInfo(create(mocks)),
    [`credentials with ${name} as default`]: mocks =>
      mocks.httpAuth({ defaultCredentials: create(mocks) }).credentials({ headers: {} }),
  })),
  ...Object.fromEntries(
    Object.entries(requests).flatMap(([name, request]) =>
      allowLists.flatMap(allow =>
        [undefined, true].map((allowLimitedAccess): [string, Action] => [
          `credentials ${name}, allow ${String(allow)}, limited access ${String(allowLimitedAccess)}`,
          ({ httpAuth }) => httpAuth().credentials({ ...request }, { allow, allowLimitedAccess }),
        ]),
      ),
    ),
  ),
  'credentials for another plugin': ({ httpAuth }) =>
    httpAuth({ pluginId: 'catalog' }).credentials({
      headers: { authorization: 'Bearer mock-service-token:{"target":"catalog"}' },
    }),
  'issueUserCookie of the default user': ({ httpAuth }) => issueUserCookie(httpAuth(), {}),
  'issueUserCookie of the bearer': ({ httpAuth }) =>
    issueUserCookie(httpAuth(), { authorization: `Bearer mock-user-token:{"sub":"${JANE}"}` }),
  'issueUserCookie of a service': ({ httpAuth }) =>
    issueUserCookie(httpAuth(), { authorization: 'Bearer mock-service-token' }),
  'issueUserCookie of nobody': ({ httpAuth }) =>
    issueUserCookie(httpAuth(), { authorization: 'Bearer mock-none-token' }),
  'issueUserCookie of given credentials': ({ httpAuth, mockCredentials }) =>
    issueUserCookie(httpAuth(), {}, mockCredentials.user(JANE)),
};

function forEachCredentials(
  createActions: (name: string, create: CreateCredentials) => Record<string, Action>,
): Record<string, Action> {
  const actions = Object.entries(credentials).map(entry => createActions(...entry));
  return Object.assign({}, ...actions) as Record<string, Action>;
}

/** Issues the cookie, and returns what was set beside the answer. */
export async function issueUserCookie(
  httpAuth: HttpAuthService,
  headers: Record<string, string>,
  credentials?: BackstageCredentials,
): Promise<object> {
  const set: Record<string, unknown> = {};
  const { expiresAt } = await httpAuth.issueUserCookie(
    {
      req: { headers },
      headersSent: false,
      getHeader: () => undefined,
      setHeader: (name, value) => Object.assign(set, { [name]: value }),
    },
    credentials && { credentials },
  );
  return { set, expiresAt };
}
