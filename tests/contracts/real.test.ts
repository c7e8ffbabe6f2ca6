import { createHttpAuthService } from '@stagepass/auth-http';
import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import { isPrincipal } from '@stagepass/auth-node';
import { authServiceContract } from '../../packages/auth-test-utils/src/contracts/authServiceContract';
import { tokenFor } from '../../packages/auth-test-utils/src/contracts/AuthServiceSubject';
import { credentialsContract } from '../../packages/auth-test-utils/src/contracts/credentialsContract';
import { httpAuthServiceContract } from '../../packages/auth-test-utils/src/contracts/httpAuthServiceContract';
import type { HttpAuthServiceSubject } from '../../packages/auth-test-utils/src/contracts/HttpAuthServiceSubject';
import { onBehalfOfContract } from '../../packages/auth-test-utils/src/contracts/onBehalfOfContract';
import { userCookieContract } from '../../packages/auth-test-utils/src/contracts/userCookieContract';
import { describeContract } from './describeContract';
import { createRealBackend } from './realBackend';
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
    limitedUserToken: async userEntityRef => mockCredentials.limitedUser.token(userEntityRef),
    serviceToken: async () => mockCredentials.service.token(),
  };
}

describeContract('createAuthBackend', authServiceContract, createRealBackend);
describeContract('createAuthBackend and credentials', credentialsContract, createRealBackend);
describeContract('createAuthBackend and users', onBehalfOfContract, createRealBackend);

describeContract('createHttpAuthService', httpAuthServiceContract, createRealHttpAuth);
describeContract('createHttpAuthService and cookies', userCookieContract, createRealHttpAuth);

describeContract(
  'createHttpAuthService on mockServices.auth',
  httpAuthServiceContract,
  createHttpAuthOnMockAuth,
);
describeContract(
  'createHttpAuthService on mockServices.auth and cookies',
  userCookieContract,
  createHttpAuthOnMockAuth,
  new Map([
    ['leaves a cookie of the same user alone while it is good', 'mock credentials do not expire'],
  ]),
);
