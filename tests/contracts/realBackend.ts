import {
  type AuthBackend,
  createAuthBackend,
  createUserTokenIssuer,
  type UserTokenIssuer,
} from '@stagepass/auth-backend';
import type { AuthService, BackstageCredentials, LoggerService } from '@stagepass/auth-node';
import { mockServices, TestClock } from '@stagepass/auth-test-utils';
import type {
  DelegationSubject,
  TimedAuthServiceSubject,
} from '@stagepass/auth-test-utils/contracts';

const RESTRICTED_TOKEN = 'a-static-token-that-reads-the-catalog';
const DELEGABLE_TOKEN = 'a-static-token-for-catalog-and-search';

/** A backend with everything real but time and network. */
export interface RealBackend extends TimedAuthServiceSubject, DelegationSubject {
  readonly clock: TestClock;
}

/** Makes a backend whose plugins, auth plugin included, run in this process. */
export async function createRealBackend(): Promise<RealBackend> {
  const clock = new TestClock();
  const { backend, issuer } = await install(clock, {
    externalAccess: [
      {
        type: 'static',
        options: { token: RESTRICTED_TOKEN, subject: 'catalog-reader' },
        accessRestrictions: [{ plugin: 'catalog', permissionAttribute: { action: 'read' } }],
      },
      {
        type: 'static',
        options: { token: DELEGABLE_TOKEN, subject: 'catalog-and-search' },
        accessRestrictions: [
          { plugin: 'catalog', permissionAttribute: { action: 'read' } },
          { plugin: 'search', permission: 'search.query' },
        ],
      },
    ],
  });
  const open = await install(clock, { dangerouslyDisableDefaultAuthPolicy: true });
  // A user signs in once, so that all of a test sees the same token.
  const signIns = new Map<string, string>();

  async function userToken(userEntityRef: string): Promise<string> {
    const token = signIns.get(userEntityRef) ?? (await signIn(issuer, userEntityRef));
    signIns.set(userEntityRef, token);
    return token;
  }

  return {
    clock,
    plugin: pluginId => backend.forPlugin(pluginId),
    openPlugin: pluginId => open.backend.forPlugin(pluginId),
    userToken,
    restrictedToken: async () => RESTRICTED_TOKEN,
    delegableToken: async () => DELEGABLE_TOKEN,
    wrongTokens: () => wrongTokens(backend, issuer, clock),
  };
}

async function install(clock: TestClock, auth: object) {
  const discovery = mockServices.discovery();
  const issuer = await createUserTokenIssuer({
    issuer: await discovery.getExternalBaseUrl('auth'),
    clock,
    logger: silentLogger,
  });
  const backend = createAuthBackend({
    discovery,
    config: { backend: { auth: { ...auth } } },
    userTokenIssuer: issuer,
    clock,
    logger: silentLogger,
    // Every key set that the network has is empty, so that what is proved is proved in the process.
    fetch: () => Promise.resolve(Response.json({ keys: [] })),
  });
  return { backend, issuer };
}

/** Makes tokens as attackers and mishaps do; ends two hours later. */
async function wrongTokens(backend: AuthBackend, issuer: UserTokenIssuer, clock: TestClock) {
  const foreign = await install(clock, {});
  const [caller, catalog] = await Promise.all(
    ['my-plugin', 'catalog'].map(id => backend.forPlugin(id)),
  );
  const expiredPluginToken = await ownToken(caller!);
  const expiredUserToken = await signIn(issuer, 'user:default/late');
  clock.advance({ hours: 2 });
  const pluginToken = await ownToken(caller!);
  const userToken = await signIn(issuer, 'user:default/jane');
  await ownToken(catalog!);
  return {
    'a plugin token that has expired': expiredPluginToken,
    'a user token that has expired': expiredUserToken,
    'a plugin token of another backend': await ownToken(await foreign.backend.forPlugin('catalog')),
    'a user token of another backend': await signIn(foreign.issuer, 'user:default/jane'),
    'a plugin token without its signature': pluginToken.replace(/[^.]*$/, ''),
    'a user token without its signature': userToken.replace(/[^.]*$/, ''),
    'a user token with the claims of another': withPayload(userToken, claims => ({
      ...claims,
      sub: 'user:default/admin',
    })),
    'a plugin token for longer': withPayload(pluginToken, claims => ({ ...claims, exp: 2 ** 40 })),
    'a plugin token with the signature of a user token': pluginToken.replace(
      /[^.]*$/,
      userToken.split('.')[2]!,
    ),
    'a static token cut short': RESTRICTED_TOKEN.slice(0, -1),
  };
}

/** Issues a token for one call. */
export async function tokenFor(
  auth: AuthService,
  onBehalfOf: BackstageCredentials,
  targetPluginId: string,
): Promise<string> {
  return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
}

async function ownToken(auth: AuthService): Promise<string> {
  return tokenFor(auth, await auth.getOwnServiceCredentials(), 'catalog');
}

async function signIn(issuer: UserTokenIssuer, sub: string): Promise<string> {
  return (await issuer.issueToken({ claims: { sub } })).token;
}

function withPayload(token: string, change: (claims: object) => object): string {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const changed = Buffer.from(JSON.stringify(change(claims))).toString('base64url');
  return [header, changed, signature].join('.');
}

const silentLogger: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => silentLogger,
};
