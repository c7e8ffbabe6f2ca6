import { createHttpAuthService } from '@stagepass/auth-http';
import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import { type AuthService, type HttpAuthService, isPrincipal } from '@stagepass/auth-node';
import { atOnce } from '@stagepass/auth-node/internal';
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

/** Wraps methods so that each call is done without a promise where that can be. */
async function createBackendAtOnce() {
  const backend = await createRealBackend();
  const plugin = async (pluginId: string) => authAtOnce(await backend.plugin(pluginId));
  return { ...backend, plugin };
}

function authAtOnce(auth: AuthService): AuthService {
  const authenticate: AuthService['authenticate'] = async (...presented) =>
    atOnce(auth.authenticate).call(auth, ...presented);
  return {
    authenticate,
    isPrincipal: auth.isPrincipal.bind(auth),
    getNoneCredentials: auth.getNoneCredentials.bind(auth),
    getOwnServiceCredentials: auth.getOwnServiceCredentials.bind(auth),
    getPluginRequestToken: auth.getPluginRequestToken.bind(auth),
    getLimitedUserToken: auth.getLimitedUserToken.bind(auth),
    listPublicServiceKeys: auth.listPublicServiceKeys.bind(auth),
  };
}

async function createHttpAuthAtOnce(): Promise<HttpAuthServiceSubject> {
  const subject = await createRealHttpAuth();
  const { httpAuth } = subject;
  const credentials: HttpAuthService['credentials'] = async (...asked) =>
    // The type of the answer is the method's own, which `call` cannot tell.
    atOnce(httpAuth.credentials).call(httpAuth, ...asked) as ReturnType<
      typeof httpAuth.credentials<never>
    >;
  return {
    ...subject,
    httpAuth: { credentials, issueUserCookie: httpAuth.issueUserCookie.bind(httpAuth) },
  };
}

describeContract('createAuthBackend', authServiceContract, createRealBackend);
describeContract('createAuthBackend, at once', authServiceContract, createBackendAtOnce);
describeContract('createAuthBackend and credentials', credentialsContract, createRealBackend);
describeContract('createAuthBackend and users', onBehalfOfContract, createRealBackend);
describeContract('createAuthBackend and delegation', delegationContract, createRealBackend);
describeContract('createAuthBackend and time', tokenExpiryContract, createRealBackend);

describeContract('createHttpAuthService', httpAuthServiceContract, createRealHttpAuth);
describeContract('createHttpAuthService, at once', httpAuthServiceContract, createHttpAuthAtOnce);
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
