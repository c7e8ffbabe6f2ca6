/**
 * Our types and those of `@backstage/backend-plugin-api` fit each other in both directions. There is nothing
 * to run: the compiler is the test.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as theirs from '@backstage/backend-plugin-api';
import type * as ours from '@stagepass/auth-node';
import { isPrincipal, requirePrincipal } from '@stagepass/auth-node';
import { mockCredentials, mockErrorHandler, mockServices } from '@stagepass/auth-test-utils';
import type { Application, ErrorRequestHandler, Request, Response } from 'express';
import { accepts, fits, same } from './typeChecks';

// Services

fits<ours.AuthService, theirs.AuthService>();
fits<ours.HttpAuthService, theirs.HttpAuthService>();
fits<ours.UserInfoService, theirs.UserInfoService>();
fits<ours.DiscoveryService, theirs.DiscoveryService>();
fits<ours.LoggerService, theirs.LoggerService>();

same<keyof ours.AuthService, keyof theirs.AuthService>();
same<keyof ours.HttpAuthService, keyof theirs.HttpAuthService>();
same<keyof ours.UserInfoService, keyof theirs.UserInfoService>();
same<keyof ours.DiscoveryService, keyof theirs.DiscoveryService>();
same<keyof ours.LoggerService, keyof theirs.LoggerService>();

// Methods, to the letter: that a service fits says less, since method parameters are compared both ways.

type OurAuth = ours.AuthService;
type TheirAuth = theirs.AuthService;
// Ours can also be told the name of the request; theirs does not look at it.
fits<OurAuth['authenticate'], TheirAuth['authenticate']>();
same<ReturnType<OurAuth['authenticate']>, ReturnType<TheirAuth['authenticate']>>();
same<
  keyof NonNullable<Parameters<OurAuth['authenticate']>[1]>,
  keyof NonNullable<Parameters<TheirAuth['authenticate']>[1]> | 'correlationId'
>();
same<OurAuth['isPrincipal'], TheirAuth['isPrincipal']>();
same<OurAuth['getNoneCredentials'], TheirAuth['getNoneCredentials']>();
same<OurAuth['getOwnServiceCredentials'], TheirAuth['getOwnServiceCredentials']>();
same<OurAuth['getPluginRequestToken'], TheirAuth['getPluginRequestToken']>();
same<OurAuth['getLimitedUserToken'], TheirAuth['getLimitedUserToken']>();
same<OurAuth['listPublicServiceKeys'], TheirAuth['listPublicServiceKeys']>();
same<ours.UserInfoService['getUserInfo'], theirs.UserInfoService['getUserInfo']>();
same<ours.DiscoveryService['getBaseUrl'], theirs.DiscoveryService['getBaseUrl']>();
same<
  ReturnType<ours.HttpAuthService['issueUserCookie']>,
  ReturnType<theirs.HttpAuthService['issueUserCookie']>
>();

// Values

same<ours.BackstagePrincipalTypes, theirs.BackstagePrincipalTypes>();
same<ours.BackstageUserPrincipal, theirs.BackstageUserPrincipal>();
same<ours.BackstageServicePrincipal, theirs.BackstageServicePrincipal>();
same<ours.BackstageNonePrincipal, theirs.BackstageNonePrincipal>();
same<ours.BackstagePrincipalAccessRestrictions, theirs.BackstagePrincipalAccessRestrictions>();
same<ours.BackstageCredentials, theirs.BackstageCredentials>();
fits<
  ours.BackstageCredentials<ours.BackstageUserPrincipal>,
  theirs.BackstageCredentials<theirs.BackstageUserPrincipal>
>();
fits<
  ours.BackstageCredentials<ours.BackstageServicePrincipal>,
  theirs.BackstageCredentials<theirs.BackstageServicePrincipal>
>();
fits<
  ours.BackstageCredentials<ours.BackstageNonePrincipal>,
  theirs.BackstageCredentials<theirs.BackstageNonePrincipal>
>();
fits<ours.BackstageUserInfo, theirs.BackstageUserInfo>();
fits<ours.HttpRouterServiceAuthPolicy, theirs.HttpRouterServiceAuthPolicy>();

// A policy of ours may be narrower than Backstage can say; one of theirs can be given to us as it is.
accepts<ours.AuthPolicy>({} as theirs.HttpRouterServiceAuthPolicy);

// In use

/** Express requests as Backstage types them; those of Express 5 are imported above. */
type TheirRequest = Parameters<theirs.HttpAuthService['credentials']>[0];
type TheirResponse = Parameters<theirs.HttpAuthService['issueUserCookie']>[0];

/** What a plugin does, with services whose types come from either product. */
export async function plugin(auth: theirs.AuthService, httpAuth: ours.HttpAuthService) {
  const request = {} as TheirRequest;
  const anyone = await httpAuth.credentials(request);
  same<typeof anyone, theirs.BackstageCredentials>();

  const user = await httpAuth.credentials(request, { allow: ['user'] });
  same<typeof user, ours.BackstageCredentials<ours.BackstageUserPrincipal>>();
  same<typeof user, theirs.BackstageCredentials<theirs.BackstageUserPrincipal>>();
  await auth.getLimitedUserToken(user);
  await auth.getPluginRequestToken({ onBehalfOf: user, targetPluginId: 'catalog' });

  const either = await httpAuth.credentials(request, { allow: ['user', 'service'] });
  same<typeof either.principal, ours.BackstageUserPrincipal | ours.BackstageServicePrincipal>();
  if (isPrincipal(either, 'service')) same<typeof either.principal.subject, string>();

  if (auth.isPrincipal(anyone, 'user')) {
    same<typeof anyone.principal, ours.BackstageUserPrincipal>();
  } else if (isPrincipal(anyone, 'none')) {
    same<typeof anyone.principal.type, 'none'>();
  }

  const required = requirePrincipal(anyone, ['service']);
  same<typeof required, ours.BackstageCredentials<ours.BackstageServicePrincipal>>();
  await auth.getPluginRequestToken({ onBehalfOf: required, targetPluginId: 'catalog' });
}

// Requests and responses of every kind that is promised

accepts<ours.AuthRequest>({} as Request);
accepts<ours.AuthRequest>({} as TheirRequest);
accepts<ours.AuthRequest>({} as IncomingMessage);
accepts<ours.AuthRequest>({} as globalThis.Request);
accepts<ours.AuthResponse>({} as Response);
accepts<ours.AuthResponse>({} as TheirResponse);
accepts<ours.AuthResponse>({} as ServerResponse);

// Mocks

accepts<theirs.AuthService>(mockServices.auth());
accepts<theirs.AuthService>(mockServices.auth.mock());
accepts<theirs.HttpAuthService>(mockServices.httpAuth());
accepts<theirs.HttpAuthService>(mockServices.httpAuth.mock());
accepts<theirs.UserInfoService>(mockServices.userInfo.mock());
accepts<theirs.DiscoveryService>(mockServices.discovery.mock());
accepts<theirs.BackstageCredentials<theirs.BackstageUserPrincipal>>(mockCredentials.user());
accepts<theirs.BackstageCredentials<theirs.BackstageServicePrincipal>>(mockCredentials.service());
accepts<theirs.BackstageCredentials<theirs.BackstageNonePrincipal>>(mockCredentials.none());
accepts<ErrorRequestHandler>(mockErrorHandler());
(({}) as Application).use(mockErrorHandler());
mockServices.auth.mock({} as Partial<theirs.AuthService>);
mockServices.auth.mock().authenticate.mockResolvedValue({} as theirs.BackstageCredentials);
