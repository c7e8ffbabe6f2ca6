import type { BackendFeature } from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import { clientOf } from './backendClient';
import { todoPlugin } from './todoPlugin';

/** Starts the plugin on mock services, or on those of the test, and returns what sends it requests. */
export async function startTodoBackend(
  services: { auth?: BackendFeature; httpAuth?: BackendFeature; userInfo?: BackendFeature } = {},
  ...features: BackendFeature[]
) {
  const {
    auth = mockServices.auth.factory(),
    httpAuth = mockServices.httpAuth.factory(),
    userInfo = mockServices.userInfo.factory(),
  } = services;
  return clientOf(
    await startTestBackend({ features: [todoPlugin, auth, httpAuth, userInfo, ...features] }),
  );
}
