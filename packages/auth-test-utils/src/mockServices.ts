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
import { serviceMock } from './serviceMock';

/**
 * Stand-ins for the services that a plugin gets: they know the strings of {@link mockCredentials}, and
 * refuse what the real services refuse, with the same codes.
 *
 * Each member makes a working fake; its `.mock(partialImpl?)` makes a service of mock functions instead,
 * which return undefined unless the partial implementation or the test says otherwise.
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
   *   credentials the empty token, default false; `clock`: for the expiry of limited user tokens
   */
  auth: Object.assign(
    (options?: {
      pluginId?: string;
      disableDefaultAuthPolicy?: boolean;
      clock?: Clock;
    }): AuthService => new MockAuthService(options),
    {
      /** Makes an auth service of mock functions. */
      mock: serviceMock<AuthService>('auth', [
        'authenticate',
        'getNoneCredentials',
        'getOwnServiceCredentials',
        'isPrincipal',
        'getPluginRequestToken',
        'getLimitedUserToken',
        'listPublicServiceKeys',
      ]),
    },
  ),

  /**
   * Makes a request service. A request that carries no credentials counts as made with the default ones;
   * `mockCredentials.none.header()` makes it anonymous.
   *
   * @param options - `pluginId`: whose service it is, default `test`; `defaultCredentials`: default those of
   *   the default user; `clock`: for the expiry of the cookie
   */
  httpAuth: Object.assign(
    (options?: {
      pluginId?: string;
      defaultCredentials?: BackstageCredentials;
      clock?: Clock;
    }): HttpAuthService => new MockHttpAuthService(options),
    {
      /** Makes a request service of mock functions. */
      mock: serviceMock<HttpAuthService>('httpAuth', ['credentials', 'issueUserCookie']),
    },
  ),

  /**
   * Makes a user info service, by which a user owns what it owns itself.
   *
   * @param customInfo - what to answer instead, for every user
   */
  userInfo: Object.assign(
    (customInfo?: Partial<BackstageUserInfo>): UserInfoService =>
      new MockUserInfoService(customInfo),
    {
      /** Makes a user info service of mock functions. */
      mock: serviceMock<UserInfoService>('userInfo', ['getUserInfo']),
    },
  ),

  /** Makes a discovery service, of base URLs on a port that nothing can listen on. */
  discovery: Object.assign(
    (): DiscoveryService => ({ getBaseUrl, getExternalBaseUrl: getBaseUrl }),
    {
      /** Makes a discovery service of mock functions. */
      mock: serviceMock<DiscoveryService>('discovery', ['getBaseUrl', 'getExternalBaseUrl']),
    },
  ),
};

async function getBaseUrl(pluginId: string): Promise<string> {
  return `http://localhost:0/api/${encodeURIComponent(pluginId)}`;
}
