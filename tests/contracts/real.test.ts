import { createHttpAuthService } from '@stagepass/auth-http';
import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import { isPrincipal } from '@stagepass/auth-node';
import {
  authServiceContract,
  credentialsContract,
  delegationContract,
  httpAuthServiceContract,
  type HttpAuthServiceSubject,
  onBehalfOfContract,
  requestExpiryContract,
  tokenExpiryContract,
  userCookieContract,
} from '@stagepass/auth-test-utils/contracts';
import { describeContract } from './describeContract';
import { createRealBackend, tokenFor } from './realBackend';
import { silentLogger } from '../databases/silentLogger';

async function createRealHttpAuth(): Promise<HttpAuthServiceSubject> {
  const { plugin, userToken, clock } = await createRealBackend();
  const [auth, catalog] = [await plugin('test'), await plugin('catalog')];
  const discovery = mockServices.discovery();
  return {
    httpAuth: createHttpAuthService({
      auth,
      discovery,
      pluginId: 'test',
      clock,
      logger: silentLogger,
    }),
    auth,
    clock,
    userToken,
    async limitedUserToken(userEntityRef) {
      const credentials = await auth.authenticate(await userToken(userEntityRef));
      if (!isPrincipal(credentials, 'user')) throw new Error(`${userEntityRef} is no user`);
      return (await auth.getLimitedUserToken(credentials)).token;
    },
    serviceToken: async () => tokenFor(catalog, await catalog.getOwnServiceCredentials(), 'test'),
  };
}

async function createHttpAuthOnMockAuth(): Promise<HttpAuthServiceSubject> {
  const clock = new TestClock();
  const auth = mockServices.auth({ clock });
  const discovery = mockServices.discovery();
  return {
    httpAuth: createHttpAuthService({
      auth,
      discovery,
      pluginId: 'test',
      clock,
      logger: silentLogger,
    }),
    auth,
    clock,
    userToken: async userEntityRef => mockCredentials.user.token(userEntityRef),
    async limitedUserToken(userEntityRef) {
      return (await auth.getLimitedUserToken(mockCredentials.user(userEntityRef))).token;
    },
    serviceToken: async () => mockCredentials.service.token(),
  };
}

describeContract('createAuthBackend', authServiceContract, createRealBackend);
describeContract('createAuthBackend and credentials', credentialsContract, createRealBackend);
describeContract('createAuthBackend and users', onBehalfOfContract, createRealBackend);
describeContract('createAuthBackend and delegation', delegationContract, createRealBackend);
describeContract('createAuthBackend and time', tokenExpiryContract, createRealBackend);

describeContract('createHttpAuthService', httpAuthServiceContract, createRealHttpAuth);
describeContract('createHttpAuthService and cookies', userCookieContract, createRealHttpAuth);
describeContract('createHttpAuthService and time', requestExpiryContract, createRealHttpAuth);

describeContract(
  'createHttpAuthService on mockServices.auth',
  httpAuthServiceContract,
  createHttpAuthOnMockAuth,
);
describeContract(
  'createHttpAuthService on mockServices.auth and cookies',
  userCookieContract,
  createHttpAuthOnMockAuth,
);
describeContract(
  'createHttpAuthService on mockServices.auth, and time',
  requestExpiryContract,
  createHttpAuthOnMockAuth,
);
