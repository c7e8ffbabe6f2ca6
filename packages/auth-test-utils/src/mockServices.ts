import type {
  AuthService,
  BackstageCredentials,
  BackstageUserInfo,
  Clock,
  DiscoveryService,
  HttpAuthService,
  UserInfoService,
} from '@stagepass/auth-node';
import { MockAuthService } from './MockAuthService';
import { MockHttpAuthService } from './MockHttpAuthService';
import { MockUserInfoService } from './MockUserInfoService';
import { serviceMock, serviceSpy } from './serviceMock';

const authMethods = [
  'authenticate',
  'getNoneCredentials',
  'getOwnServiceCredentials',
  'isPrincipal',
  'getPluginRequestToken',
  'getLimitedUserToken',
  'listPublicServiceKeys',
] as const;
const httpAuthMethods = ['credentials', 'issueUserCookie'] as const;
const userInfoMethods = ['getUserInfo'] as const;
const discoveryMethods = ['getBaseUrl', 'getExternalBaseUrl'] as const;

/**
 * Stand-ins for the services that a plugin gets: they know the strings of {@link mockCredentials}, and
 * refuse what the real services refuse, with the same codes.
 *
 * Each member makes a working fake; its `.spy(…)` makes the same fake of mock functions, which remember their
 * calls, and its `.mock(partialImpl?)` a service of mock functions that return undefined unless the partial
 * implementation or the test says otherwise.
 *
 * @example
 * ```ts
 * const auth = mockServices.auth({ pluginId: 'catalog' });
 * const discovery = mockServices.discovery.mock({ getBaseUrl: async id => `http://test/${id}` });
 * ```
 *
 * @public
 */
export const mockServices = {
  /**
   * Makes an auth service.
   *
   * @param options - `pluginId`: whose service it is, default `test`; `disableDefaultAuthPolicy`: give `none`
   *   credentials the empty token, default false; `dangerouslyAllowStoredServiceCredentials`: as the real
   *   service with that configuration, default false; `clock`: lets tokens and the credentials of users
   *   expire, an hour after they were issued, which tokens that do not say were when this service was made
   */
  auth: Object.assign(createAuth, {
    /** Makes an auth service of mock functions. */
    mock: serviceMock<AuthService>('auth', authMethods),
    /** Makes a working fake whose methods are mock functions too; takes what `auth` takes. */
    spy: serviceSpy('auth', authMethods, createAuth),
  }),

  /**
   * Makes a request service. A request that carries no credentials counts as made with the default ones;
   * `mockCredentials.none.header()` makes it anonymous.
   *
   * @param options - `pluginId`: whose service it is, default `test`; `defaultCredentials`: default those of
   *   the default user; `disableDefaultAuthPolicy`: `Authorization: Bearer` without a token counts as none,
   *   default false; `corsOrigins`: the origins from which requests with the cookie may change something,
   *   beside the one that they go to; `clock`: lets tokens expire, as in `auth`
   */
  httpAuth: Object.assign(createHttpAuth, {
    /** Makes a request service of mock functions. */
    mock: serviceMock<HttpAuthService>('httpAuth', httpAuthMethods),
    /** Makes a working fake whose methods are mock functions too; takes what `httpAuth` takes. */
    spy: serviceSpy('httpAuth', httpAuthMethods, createHttpAuth),
  }),

  /**
   * Makes a user info service, by which a user owns what it owns itself.
   *
   * @param customInfo - what to answer instead, for every user
   */
  userInfo: Object.assign(createUserInfo, {
    /** Makes a user info service of mock functions. */
    mock: serviceMock<UserInfoService>('userInfo', userInfoMethods),
    /** Makes a working fake whose method is a mock function too; takes what `userInfo` takes. */
    spy: serviceSpy('userInfo', userInfoMethods, createUserInfo),
  }),

  /** Makes a discovery service, of base URLs on a port that nothing can listen on. */
  discovery: Object.assign(createDiscovery, {
    /** Makes a discovery service of mock functions. */
    mock: serviceMock<DiscoveryService>('discovery', discoveryMethods),
    /** Makes a working fake whose methods are mock functions too. */
    spy: serviceSpy('discovery', discoveryMethods, createDiscovery),
  }),
};

function createAuth(options?: {
  pluginId?: string;
  disableDefaultAuthPolicy?: boolean;
  dangerouslyAllowStoredServiceCredentials?: boolean;
  clock?: Clock;
}): AuthService {
  return new MockAuthService(options);
}

function createHttpAuth(options?: {
  pluginId?: string;
  defaultCredentials?: BackstageCredentials;
  disableDefaultAuthPolicy?: boolean;
  corsOrigins?: readonly string[];
  clock?: Clock;
}): HttpAuthService {
  return new MockHttpAuthService(options);
}

function createUserInfo(customInfo?: Partial<BackstageUserInfo>): UserInfoService {
  return new MockUserInfoService(customInfo);
}

function createDiscovery(): DiscoveryService {
  return { getBaseUrl, getExternalBaseUrl: getBaseUrl };
}

async function getBaseUrl(pluginId: string): Promise<string> {
  return `http://localhost:0/api/${encodeURIComponent(pluginId)}`;
}
