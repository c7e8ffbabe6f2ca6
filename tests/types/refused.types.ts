/**
 * What the compiler refuses, so that a plugin cannot get it wrong: each line below is an error, and it is an
 * error if it is none.
 */
import type {
  AuthPolicy,
  AuthService,
  BackstageCredentials,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
  DiscoveryService,
  HttpAuthService,
} from '@stagepass/auth-node';
import { isPrincipal, requirePrincipal } from '@stagepass/auth-node';
import { mockCredentials, mockServices, TestClock } from '@stagepass/auth-test-utils';
import { accepts, fits, same } from './typeChecks';

// The checks themselves find what they are for.

// @ts-expect-error a member is missing
fits<{ a: string }, { a: string; b: number }>();
// @ts-expect-error a member is too much, in the other direction
fits<{ a: string; b: number }, { a: string }>();
// @ts-expect-error a member is of another type
same<{ a: string }, { a: string | undefined }>();
// @ts-expect-error a type that is a part of the other
same<string, string | number>();
// @ts-expect-error a value is of another type
accepts<string>(1);

/** What a plugin cannot do. */
export async function plugin(auth: AuthService, httpAuth: HttpAuthService) {
  const request = { headers: {} };
  const anyone = await httpAuth.credentials(request);
  const user = await httpAuth.credentials(request, { allow: ['user'] });
  const either = await httpAuth.credentials(request, { allow: ['user', 'service'] });

  // @ts-expect-error who calls is not known before it is asked
  anyone.principal.userEntityRef.toString();
  // @ts-expect-error it may be a service
  either.principal.userEntityRef.toString();
  // @ts-expect-error a user has no subject
  user.principal.subject.toString();
  // @ts-expect-error the actor may be absent
  user.principal.actor.subject.toString();
  // @ts-expect-error the token is nobody's to read
  user.token.toString();
  // @ts-expect-error no such principal type
  await httpAuth.credentials(request, { allow: ['admin'] });
  // @ts-expect-error no such principal type
  isPrincipal(anyone, 'admin');
  // @ts-expect-error no such principal type
  requirePrincipal(anyone, ['admin']);
  // @ts-expect-error a request has headers
  await httpAuth.credentials({});

  if (auth.isPrincipal(anyone, 'service')) {
    // @ts-expect-error a service has no user
    anyone.principal.userEntityRef.toString();
  }
  // @ts-expect-error only users have limited tokens
  await auth.getLimitedUserToken(anyone);
  // @ts-expect-error only users have limited tokens
  await auth.getLimitedUserToken(await auth.getOwnServiceCredentials());
  // @ts-expect-error a token is for one plugin
  await auth.getPluginRequestToken({ onBehalfOf: user });
  // @ts-expect-error a token is for someone's call
  await auth.getPluginRequestToken({ targetPluginId: 'catalog' });
  // @ts-expect-error a principal is not credentials
  await auth.getPluginRequestToken({ onBehalfOf: user.principal, targetPluginId: 'catalog' });
}

// @ts-expect-error the credentials of a service are not a user's
accepts<BackstageCredentials<BackstageUserPrincipal>>(mockCredentials.service());
// @ts-expect-error the credentials of nobody are not a service's
accepts<BackstageCredentials<BackstageServicePrincipal>>(mockCredentials.none());
// @ts-expect-error credentials are made by services
accepts<BackstageCredentials>({ principal: { type: 'none' } });
// @ts-expect-error nothing else can be allowed
accepts<AuthPolicy>({ path: '/', allow: 'everyone' });

// @ts-expect-error a mock is of the service it stands for
accepts<DiscoveryService>(mockServices.auth.mock());
// @ts-expect-error an implementation has the types of the method
mockServices.discovery.mock({ getBaseUrl: () => 'http://test' });
// @ts-expect-error a result has the type of the method's
mockServices.discovery.mock().getBaseUrl.mockResolvedValue(1);
// @ts-expect-error no such method
void mockServices.userInfo.mock().getUserInformation;
// @ts-expect-error no such unit of time
new TestClock().advance({ weeks: 1 });
