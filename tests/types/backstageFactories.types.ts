/**
 * What our imports for Backstage export has the types of what Backstage's own export. There is nothing to
 * run: the compiler is the test.
 */
import type * as theirAuth from '@backstage/backend-defaults/auth';
import type * as theirHttpAuth from '@backstage/backend-defaults/httpAuth';
import type * as theirHttpRouter from '@backstage/backend-defaults/httpRouter';
import type * as theirUserInfo from '@backstage/backend-defaults/userInfo';
import type * as theirMocks from '@backstage/backend-test-utils';
import type { ServiceRef } from '@backstage/backend-plugin-api';
import type * as ours from '@stagepass/auth-backend';
import * as ourAuth from '@stagepass/auth-backend/backstage';
import type * as ourHttp from '@stagepass/auth-http/backstage';
import type { mockCredentials } from '@stagepass/auth-test-utils';
import { accepts, fits, same } from './typeChecks';

same<typeof ourAuth.authServiceFactory, typeof theirAuth.authServiceFactory>();
same<typeof ourAuth.userInfoServiceFactory, typeof theirUserInfo.userInfoServiceFactory>();
same<typeof ourHttp.httpAuthServiceFactory, typeof theirHttpAuth.httpAuthServiceFactory>();
same<typeof ourHttp.httpRouterServiceFactory, typeof theirHttpRouter.httpRouterServiceFactory>();

fits<ours.PluginTokenHandler, theirAuth.PluginTokenHandler>();
fits<ours.ExternalTokenHandler<string>, theirAuth.ExternalTokenHandler<string>>();
fits<
  typeof ourAuth.pluginTokenHandlerDecoratorServiceRef,
  typeof theirAuth.pluginTokenHandlerDecoratorServiceRef
>();
fits<
  typeof ourAuth.externalTokenHandlersServiceRef,
  typeof theirAuth.externalTokenHandlersServiceRef
>();
same<
  ReturnType<typeof ourAuth.createExternalTokenHandler<string>>['verifyToken'],
  ReturnType<typeof theirAuth.createExternalTokenHandler<string>>['verifyToken']
>();
accepts<ServiceRef<ours.AuthBackend, 'root'>>(ourAuth.authBackendServiceRef);

// A handler that was written for Backstage, as it is.
const handler: theirAuth.ExternalTokenHandler<{ server: string }> =
  ourAuth.createExternalTokenHandler({
    type: 'ldap',
    initialize: ({ options }) => ({ server: options.getString('server') }),
    verifyToken: async (token, { server }) => ({ subject: `${server}:${token.length}` }),
  });
accepts<ours.ExternalTokenHandler<{ server: string }>>(handler);

same<mockCredentials.service.TokenOptions, theirMocks.mockCredentials.service.TokenOptions>();
