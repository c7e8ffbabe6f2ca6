/**
 * What a plugin author writes with the types of `@backstage/backend-test-utils` compiles with ours. There is
 * nothing to run: the compiler is the test.
 */
import type * as api from '@backstage/backend-plugin-api';
import type * as theirs from '@backstage/backend-test-utils';
import * as plain from '@stagepass/auth-test-utils';
import * as ours from '@stagepass/auth-test-utils/backstage';
import { accepts, same } from '../types/typeChecks';

type Theirs = typeof theirs.mockServices;
type Ours = typeof ours.mockServices;
const { mockCredentials, mockServices } = ours;

// Ours stand where theirs are wanted

accepts<Pick<Theirs, keyof Ours>>(mockServices);
accepts<typeof theirs.mockCredentials>(mockCredentials);
accepts<typeof theirs.mockCredentials>(plain.mockCredentials);
accepts<ReturnType<typeof theirs.mockErrorHandler>>(ours.mockErrorHandler());
same<keyof Ours, keyof typeof plain.mockServices>();

// Factories, to the letter

same<Ours['auth']['factory'], Theirs['auth']['factory']>();
same<Ours['httpAuth']['factory'], Theirs['httpAuth']['factory']>();
same<Ours['userInfo']['factory'], Theirs['userInfo']['factory']>();
same<Ours['discovery']['factory'], Theirs['discovery']['factory']>();
same<Parameters<Ours['auth']['mock']>, Parameters<Theirs['auth']['mock']>>();
same<Parameters<Ours['httpAuth']['mock']>, Parameters<Theirs['httpAuth']['mock']>>();
same<Parameters<Ours['userInfo']['mock']>, Parameters<Theirs['userInfo']['mock']>>();
same<Parameters<Ours['discovery']['mock']>, Parameters<Theirs['discovery']['mock']>>();

// Service mocks

accepts<theirs.ServiceMock<api.AuthService>>(mockServices.auth.mock());
accepts<theirs.ServiceMock<api.HttpAuthService>>(mockServices.httpAuth.mock());
accepts<theirs.ServiceMock<api.UserInfoService>>(mockServices.userInfo.mock());
accepts<theirs.ServiceMock<api.DiscoveryService>>(mockServices.discovery.mock());
accepts<ours.ServiceMock<api.AuthService>>(mockServices.auth.mock());
same<keyof ours.ServiceMock<api.AuthService>, keyof theirs.ServiceMock<api.AuthService>>();
same<keyof plain.ServiceMock<api.AuthService>, keyof api.AuthService>();

accepts<jest.Mocked<api.AuthService>>(mockServices.auth.mock());
accepts<jest.Mocked<api.HttpAuthService>>(mockServices.httpAuth.mock());
accepts<jest.Mocked<api.UserInfoService>>(mockServices.userInfo.mock());
accepts<jest.Mocked<api.DiscoveryService>>(mockServices.discovery.mock());
accepts<jest.Mocked<api.AuthService>>(plain.mockServices.auth.mock());

// Spies

accepts<api.AuthService>(mockServices.auth.spy({ pluginId: 'todo' }));
accepts<theirs.ServiceMock<api.AuthService>>(mockServices.auth.spy());
accepts<jest.Mocked<api.AuthService>>(plain.mockServices.auth.spy({ pluginId: 'todo' }));
same<
  Parameters<typeof plain.mockServices.auth.spy>,
  Parameters<(typeof plain.mockServices)['auth']>
>();

/** What the spies of a test file are told, by the types of the method. */
export async function spies({ auth }: { auth: ours.ServiceMock<api.AuthService> }) {
  auth.getPluginRequestToken.mockResolvedValueOnce({ token: 'a-token' });
  auth.isPrincipal.mockReturnValue(true);
  auth.authenticate.mockImplementation(async token => mockCredentials.user(token));
  for (const [options] of auth.getPluginRequestToken.mock.calls) {
    accepts<api.BackstageCredentials>(options.onBehalfOf);
  }
  const [result] = auth.isPrincipal.mock.results;
  if (result?.type === 'return') same<typeof result.value, boolean>();
  accepts<api.BackendFeature>(auth.factory);
  // @ts-expect-error the token is missing
  auth.getPluginRequestToken.mockResolvedValueOnce({});
  // @ts-expect-error there is no such method
  mockServices.auth.mock({ authenticateUser: async () => mockCredentials.user() });
  // @ts-expect-error a mock of the main entry has no factory: it knows nothing of Backstage
  accepts<api.BackendFeature>(plain.mockServices.auth.mock().factory);
}
