import { InputError, NotFoundError } from '@backstage/errors';
import type {
  BackstageCredentials,
  BackstageUserInfo,
  Clock,
  UserInfoService,
} from '@stagepass/auth-node';
import { createAuthError, quote, viewCredentials } from '@stagepass/auth-node/internal';
import type { UserTokens } from '../tokens/user/UserTokens';

/** How long an answer is shared, in milliseconds. */
const SHARE_FOR = 5_000;

/** How many answers are shared at most. */
const MAX_SHARED = 1_000;

interface Shared {
  readonly answer: Promise<BackstageUserInfo>;
  readonly until: number;
}

/** Asks the auth plugin for the record of a user. */
export type FetchUserClaims = (token: string) => Promise<{ claims: unknown } | undefined>;

/**
 * Finds the ownership of users, from their token where it is in it, else from the auth plugin. All plugins
 * of the process share answers for some seconds, and calls at the same time share one request.
 */
export class DefaultUserInfoService implements UserInfoService {
  readonly #options: {
    readonly userTokens: UserTokens;
    readonly fetchUserClaims: FetchUserClaims;
    readonly clock: Clock;
  };
  readonly #shared = new Map<string, Shared>();

  constructor(options: { userTokens: UserTokens; fetchUserClaims: FetchUserClaims; clock: Clock }) {
    this.#options = options;
  }

  async getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo> {
    const { principal, token } = viewCredentials(credentials);
    if (principal.type !== 'user' || !('userEntityRef' in principal)) {
      throw new InputError(`User info not available for principal type '${principal.type}'`);
    }
    if (token === undefined) {
      throw createAuthError('AUTH_CREDENTIALS_MISSING', 'the user credentials hold no token', {
        message: 'User credentials is unexpectedly missing token',
      });
    }
    const info = await this.#share(token);
    if (info.userEntityRef !== principal.userEntityRef) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the credentials name ${quote(principal.userEntityRef)}, their token ${quote(info.userEntityRef)}`,
      );
    }
    return { ...info, ownershipEntityRefs: [...info.ownershipEntityRefs] };
  }

  #share(token: string): Promise<BackstageUserInfo> {
    const now = this.#options.clock.monotonic();
    const shared = this.#shared.get(token);
    if (shared && now < shared.until) return shared.answer;
    this.#shared.delete(token);
    const [oldest] = this.#shared.keys();
    if (this.#shared.size >= MAX_SHARED && oldest !== undefined) this.#shared.delete(oldest);
    const answer = this.#find(token);
    this.#shared.set(token, { answer, until: now + SHARE_FOR });
    answer.catch(() => {
      // A failure is not kept; but a newer answer to the same question is.
      if (this.#shared.get(token)?.answer === answer) this.#shared.delete(token);
    });
    return answer;
  }

  async #find(token: string): Promise<BackstageUserInfo> {
    const { userTokens, fetchUserClaims } = this.#options;
    // Verified here, whatever the credentials say of themselves: they may come out of storage.
    const { userEntityRef, claims } = await userTokens.verifyToken(token, 'user');
    const { ent } = claims;
    if (ent !== undefined) return { userEntityRef, ownershipEntityRefs: readRefs(ent) };
    const record = await fetchUserClaims(token);
    if (!record) throw new NotFoundError(`The auth plugin has no record of ${userEntityRef}`);
    const stored = record.claims as { sub?: unknown; ent?: unknown } | null;
    if (stored?.sub !== userEntityRef) {
      throw new Error(`Expected the record of ${quote(userEntityRef)}, found another user's`);
    }
    return { userEntityRef, ownershipEntityRefs: readRefs(stored.ent) };
  }
}

function readRefs(ent: unknown): string[] {
  if (Array.isArray(ent) && ent.every(ref => typeof ref === 'string')) return ent;
  throw new Error(
    'Expected the ownership of the user as a list of entity refs, found something else',
  );
}
