import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import {
  authServiceContract,
  credentialsContract,
  delegationContract,
  type DelegationSubject,
  httpAuthServiceContract,
  type HttpAuthServiceSubject,
  onBehalfOfContract,
  requestExpiryContract,
  type TimedAuthServiceSubject,
  tokenExpiryContract,
  userCookieContract,
} from '@stagepass/auth-test-utils/contracts';
import type { AuthService } from '@stagepass/auth-node';
import { describeContract } from './describeContract';
import { mockExceptions } from './mockExceptions';

const { service, user, limitedUser } = mockCredentials;

async function createMockBackend(): Promise<TimedAuthServiceSubject & DelegationSubject> {
  const clock = new TestClock();
  const plugins = new Map<string, AuthService>();
  return {
    clock,
    async plugin(pluginId) {
      const auth = plugins.get(pluginId) ?? mockServices.auth({ pluginId, clock });
      plugins.set(pluginId, auth);
      return auth;
    },
    openPlugin: async pluginId => mockServices.auth({ pluginId, disableDefaultAuthPolicy: true }),
    userToken: async userEntityRef => user.token(userEntityRef),
    restrictedToken: async () =>
      externalToken({ catalog: { permissionAttributes: { action: ['read'] } } }),
    delegableToken: async () =>
      externalToken({
        catalog: { permissionAttributes: { action: ['read'] } },
        search: { permissionNames: ['search.query'] },
      }),
    wrongTokens: async () => ({
      'a user token that is refused': user.invalidToken(),
      'a limited user token that is refused': limitedUser.invalidToken(),
      'a service token that is refused': service.invalidToken(),
      'a user token that is cut short': 'mock-user-token:{',
      'a limited user token of nobody': 'mock-limited-user-token:{"sub":""}',
      'a service token on behalf of nobody': 'mock-service-token:{"obo":""}',
      'a service token with restrictions that restrict nothing':
        'mock-service-token:{"restrictions":{"catalog":{"permissionNames":[]}}}',
      'a user token that has expired': user.token('user:default/jane', { expiresAt: new Date(0) }),
      'a token of the real service': 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyOmRlZmF1bHQvamFuZSJ9.AA',
    }),
  };
}

function externalToken(restrictions: NonNullable<Parameters<typeof service>[2]>): string {
  return service.token({ onBehalfOf: service('external:ci', undefined, restrictions) });
}

async function createMockHttpAuth(): Promise<HttpAuthServiceSubject> {
  const clock = new TestClock();
  const auth = mockServices.auth({ clock });
  return {
    httpAuth: mockServices.httpAuth({ defaultCredentials: mockCredentials.none(), clock }),
    auth,
    clock,
    userToken: async userEntityRef => user.token(userEntityRef),
    async limitedUserToken(userEntityRef) {
      return (await auth.getLimitedUserToken(user(userEntityRef))).token;
    },
    serviceToken: async () => service.token(),
  };
}

const { auth, onBehalfOf, userCookie } = mockExceptions;
describeContract('mockServices.auth', authServiceContract, createMockBackend, auth);
describeContract('mockServices.auth and credentials', credentialsContract, createMockBackend);
describeContract('mockServices.auth and users', onBehalfOfContract, createMockBackend, onBehalfOf);
describeContract('mockServices.auth and time', tokenExpiryContract, createMockBackend);
describeContract('mockServices.auth and delegation', delegationContract, createMockBackend);
describeContract('mockServices.httpAuth', httpAuthServiceContract, createMockHttpAuth);
describeContract(
  'mockServices.httpAuth and cookies',
  userCookieContract,
  createMockHttpAuth,
  userCookie,
);
describeContract('mockServices.httpAuth and time', requestExpiryContract, createMockHttpAuth);

// Without a clock of the test, the mocks are those of Backstage as far as those go.
async function createTimelessBackend(): Promise<DelegationSubject> {
  const subject = await createMockBackend();
  return { ...subject, plugin: async pluginId => mockServices.auth({ pluginId }) };
}

describeContract(
  'mockServices.auth without a clock',
  authServiceContract,
  createTimelessBackend,
  auth,
);
describeContract(
  'mockServices.auth without a clock, and delegation',
  delegationContract,
  createTimelessBackend,
);
