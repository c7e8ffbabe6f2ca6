import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import { authServiceContract } from '../../packages/auth-test-utils/src/contracts/authServiceContract';
import type { AuthServiceSubject } from '../../packages/auth-test-utils/src/contracts/AuthServiceSubject';
import { credentialsContract } from '../../packages/auth-test-utils/src/contracts/credentialsContract';
import { httpAuthServiceContract } from '../../packages/auth-test-utils/src/contracts/httpAuthServiceContract';
import type { HttpAuthServiceSubject } from '../../packages/auth-test-utils/src/contracts/HttpAuthServiceSubject';
import { mockExceptions } from '../../packages/auth-test-utils/src/contracts/mockExceptions';
import { onBehalfOfContract } from '../../packages/auth-test-utils/src/contracts/onBehalfOfContract';
import { userCookieContract } from '../../packages/auth-test-utils/src/contracts/userCookieContract';
import { describeContract } from './describeContract';

async function createMockBackend(): Promise<AuthServiceSubject> {
  return {
    plugin: async pluginId => mockServices.auth({ pluginId }),
    openPlugin: async pluginId => mockServices.auth({ pluginId, disableDefaultAuthPolicy: true }),
    userToken: async userEntityRef => mockCredentials.user.token(userEntityRef),
    restrictedToken: async () => mockCredentials.service.token(),
    wrongTokens: async () => ({
      'a user token that is refused': mockCredentials.user.invalidToken(),
      'a limited user token that is refused': mockCredentials.limitedUser.invalidToken(),
      'a service token that is refused': mockCredentials.service.invalidToken(),
      'a user token without claims': 'mock-user-token:',
      'a limited user token of nobody': 'mock-limited-user-token:{"sub":""}',
      'a service token on behalf of nobody': 'mock-service-token:{"obo":""}',
    }),
  };
}

async function createMockHttpAuth(): Promise<HttpAuthServiceSubject> {
  const clock = new TestClock();
  return {
    httpAuth: mockServices.httpAuth({ defaultCredentials: mockCredentials.none(), clock }),
    auth: mockServices.auth({ clock }),
    clock,
    userToken: async userEntityRef => mockCredentials.user.token(userEntityRef),
    limitedUserToken: async userEntityRef => mockCredentials.limitedUser.token(userEntityRef),
    serviceToken: async () => mockCredentials.service.token(),
  };
}

const { auth, credentials, onBehalfOf, userCookie } = mockExceptions;
describeContract('mockServices.auth', authServiceContract, createMockBackend, auth);
describeContract(
  'mockServices.auth and credentials',
  credentialsContract,
  createMockBackend,
  credentials,
);
describeContract('mockServices.auth and users', onBehalfOfContract, createMockBackend, onBehalfOf);
describeContract('mockServices.httpAuth', httpAuthServiceContract, createMockHttpAuth);
describeContract(
  'mockServices.httpAuth and cookies',
  userCookieContract,
  createMockHttpAuth,
  userCookie,
);
