import { authServiceFactory, userInfoServiceFactory } from '@stagepass/auth-backend/backstage';
import { httpAuthServiceFactory, httpRouterServiceFactory } from '@stagepass/auth-http/backstage';

/** What replaces Backstage's own implementations: no plugin knows which of them it runs on. */
export const stagepass = [
  authServiceFactory,
  userInfoServiceFactory,
  httpAuthServiceFactory,
  httpRouterServiceFactory,
];

/** The least that can be replaced. */
export const minimum = [authServiceFactory, httpAuthServiceFactory];
