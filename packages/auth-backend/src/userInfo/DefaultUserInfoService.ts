import { InputError, NotFoundError } from '@backstage/errors';
import type {
  BackstageCredentials,
  BackstageUserInfo,
  UserInfoService,
} from '@stagepass/auth-node';
import {
  type AuthRecorder,
  createAuthError,
  quote,
  viewCredentials,
} from '@stagepass/auth-node/internal';
import type { UserTokens } from '../tokens/user/UserTokens';
import type { SharedAnswers, UserInfoAnswer } from './SharedAnswers';

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
    readonly answers: SharedAnswers;
    readonly recorder: AuthRecorder;
  };

  constructor(options: {
    userTokens: UserTokens;
    fetchUserClaims: FetchUserClaims;
    answers: SharedAnswers;
    recorder: AuthRecorder;
  }) {
    this.#options = options;
  }

  async getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo> {
    try {
      return await this.#getUserInfo(credentials);
    } catch (error) {
      throw this.#options.recorder.refused(error);
    }
  }

  async #getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo> {
    const { principal, token } = viewCredentials(credentials);
    if (principal.type !== 'user' || !('userEntityRef' in principal)) {
      throw new InputError(`User info not available for principal type '${principal.type}'`);
    }
    if (token === undefined) {
      throw createAuthError(
        'AUTH_CREDENTIALS_MISSING',
        'the user credentials hold no token; pass them as an auth service returned them',
        {
          message: 'User credentials is unexpectedly missing token',
        },
      );
    }
    const { info } = await this.#options.answers.get(token, () => this.#find(token));
    if (info.userEntityRef !== principal.userEntityRef) {
      throw createAuthError(
        'AUTH_CLAIM_INVALID',
        `the credentials name another user than their token, which is ${quote(info.userEntityRef)}'s; pass them as an auth service returned them`,
      );
    }
    return { ...info, ownershipEntityRefs: [...info.ownershipEntityRefs] };
  }

  async #find(token: string): Promise<UserInfoAnswer> {
    const { userTokens, fetchUserClaims } = this.#options;
    // Verified here, whatever the credentials say of themselves: they may come out of storage.
    const { userEntityRef, claims, expiresAt } = await userTokens.verifyToken(token, 'user');
    const answer = (ent: unknown): UserInfoAnswer => ({
      info: { userEntityRef, ownershipEntityRefs: readRefs(ent) },
      tokenExpiresAt: expiresAt,
    });
    if (claims.ent !== undefined) return answer(claims.ent);
    const record = await fetchUserClaims(token);
    if (!record) throw new NotFoundError('The auth plugin has no record of the user');
    const stored = record.claims as { sub?: unknown; ent?: unknown } | null;
    if (stored?.sub !== userEntityRef) {
      throw new Error("Expected the record of the user whose token it is, found another user's");
    }
    return answer(stored.ent);
  }
}

function readRefs(ent: unknown): string[] {
  if (Array.isArray(ent) && ent.every(ref => typeof ref === 'string')) return ent;
  throw new Error(
    'Expected the ownership of the user as a list of entity refs, found something else',
  );
}
