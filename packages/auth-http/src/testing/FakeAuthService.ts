import {
  type AuthService,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  type Clock,
  isPrincipal,
  tokenTypes,
} from '@stagepass/auth-node';
import {
  createAuthError,
  createNoneCredentials,
  createServiceCredentials,
  createUserCredentials,
  viewCredentials,
} from '@stagepass/auth-node/internal';
import { TestClock } from '@stagepass/auth-test-utils';

/** A point in time that tests may rely on: 2030-01-01T00:00:00Z, in milliseconds. */
export const startOfTests = Date.UTC(2030, 0, 1);

/** In milliseconds. */
export const oneHour = 60 * 60 * 1000;

const limitedHeader = Buffer.from(
  JSON.stringify({ typ: tokenTypes.limitedUser.typParam }),
).toString('base64url');

/**
 * The limited user token of a user, or of `undecided`, whose keys are out of reach.
 *
 * @param expiresAt - in milliseconds
 */
export function limitedToken(name: string, expiresAt: number): string {
  return `${limitedHeader}.${name}.${expiresAt}`;
}

/**
 * An {@link AuthService} whose tokens say in plain text what they prove: `user.<name>`, {@link limitedToken}, `behalf.<name>` (a plugin on behalf of a user),
 * `service.<name>`, `restricted`, and `undecided`, whose keys are out of reach. Any other is illegal.
 */
export class FakeAuthService implements AuthService {
  /** The tokens that were verified, in order. */
  readonly verified: Array<[token: string, options?: { allowLimitedAccess?: boolean }]> = [];
  /** The names of the requests that they came with. */
  readonly correlationIds: unknown[] = [];

  constructor(private readonly clock: Clock = new TestClock(startOfTests)) {}

  async authenticate(
    token: string,
    { correlationId, ...options }: { allowLimitedAccess?: boolean; correlationId?: string } = {},
  ): Promise<BackstageCredentials> {
    this.verified.push('allowLimitedAccess' in options ? [token, options] : [token]);
    this.correlationIds.push(correlationId);
    const [kind, name = '', expiry] = token.split('.');
    const userEntityRef = `user:default/${name}`;
    const expiresAt = new Date(expiry ? Number(expiry) : this.clock.now() + oneHour);
    switch (kind) {
      case 'user':
        return createUserCredentials({ userEntityRef, token, expiresAt });
      case limitedHeader:
        if (name === 'undecided') throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'no keys');
        if (!options.allowLimitedAccess) {
          throw createAuthError('AUTH_LIMITED_TOKEN_NOT_ALLOWED', 'limited');
        }
        if (expiresAt.getTime() <= this.clock.now()) {
          throw createAuthError('AUTH_TOKEN_EXPIRED', 'expired');
        }
        return createUserCredentials({ userEntityRef, token, expiresAt });
      case 'behalf':
        return createUserCredentials({ userEntityRef, token, expiresAt, actor: 'plugin:catalog' });
      case 'service':
        return createServiceCredentials({ subject: `plugin:${name}` });
      case 'restricted':
        throw createAuthError('AUTH_ACCESS_RESTRICTED', 'restricted');
      case 'undecided':
        throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'no keys');
      default:
        throw createAuthError('AUTH_TOKEN_MALFORMED', 'illegal');
    }
  }

  isPrincipal: AuthService['isPrincipal'] = isPrincipal;

  getNoneCredentials = async () => createNoneCredentials();

  getOwnServiceCredentials = async () => createServiceCredentials({ subject: 'plugin:test' });

  getPluginRequestToken = async () => ({ token: 'service.test' });

  async getLimitedUserToken(credentials: BackstageCredentials<BackstageUserPrincipal>) {
    const { token = '' } = viewCredentials(credentials);
    const [kind, name] = token.split('.');
    const expiresAt = credentials.expiresAt ?? new Date(this.clock.now() + oneHour);
    return {
      token: kind === limitedHeader ? token : limitedToken(String(name), expiresAt.getTime()),
      expiresAt,
    };
  }

  listPublicServiceKeys = async () => ({ keys: [{ kid: 'k1' }] });
}
