import { type Clock, tokenTypes } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { JsonObject } from '@backstage/types';
import type { PublishedKey } from '../../keys/PublishedKey';
import type { SignatureAlgorithm } from '../algorithms';
import { readSubject, readTimes } from '../claims';
import type { CryptoTurn } from '../CryptoTurn';
import type { Evidence } from '../Evidence';
import { writeLimitedForm } from '../limitedUser/limitedUserToken';
import { parseCompact, type UnverifiedJws } from '../parseCompact';
import { requireAlgorithm, verifyJws } from '../verifyJws';

/** What a user token, full or limited, proves. */
export interface UserTokenProof {
  readonly userEntityRef: string;
  readonly expiresAt: Date;
  /** It is the limited form. */
  readonly limited: boolean;
  /** All claims of the token. */
  readonly claims: JsonObject;
  /** The limited form of a user token that has one. */
  readonly limitedForm: string | undefined;
  /** What this rests on. */
  readonly evidence: Evidence;
}

/** The tokens of users, full and limited, as the auth plugin signs them. */
export class UserTokens {
  readonly #options: {
    readonly findKey: (kid: string | undefined) => PublishedKey | Promise<PublishedKey>;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly untypedAccepted?: boolean;
    readonly clock: Clock;
    readonly turn?: CryptoTurn;
  };

  /**
   * @param options - `findKey`: finds the key of the auth plugin with this id; `untypedAccepted`: old tokens,
   *   which show only by `aud: backstage` what they are, are accepted as user tokens; default false; `turn`: see
   *   `verifyJws`
   */
  constructor(options: {
    findKey: (kid: string | undefined) => PublishedKey | Promise<PublishedKey>;
    algorithms: readonly SignatureAlgorithm[];
    untypedAccepted?: boolean;
    clock: Clock;
    turn?: CryptoTurn;
  }) {
    this.#options = options;
  }

  /** Tells whether a token says of itself that it is a user's, full or limited; exactly. */
  recognises(jws: UnverifiedJws): boolean {
    const { typ } = jws.header;
    if (typ === tokenTypes.user.typParam || typ === tokenTypes.limitedUser.typParam) return true;
    return this.#options.untypedAccepted === true && isUntyped(jws);
  }

  /** Verifies a user token, full or limited. */
  async verify(jws: UnverifiedJws): Promise<UserTokenProof> {
    const { findKey, algorithms, clock, turn } = this.#options;
    requireAlgorithm(jws, algorithms);
    const key = await findKey(jws.header.kid);
    const { header } = jws;
    const claims = await verifyJws(jws, key.key, algorithms, turn);
    const times = readTimes(claims, clock.now() / 1000);
    return {
      userEntityRef: readSubject(claims),
      expiresAt: new Date(times.exp * 1000),
      limited: header.typ === tokenTypes.limitedUser.typParam,
      claims,
      limitedForm: writeLimitedForm(header, claims, times),
      evidence: { key, times },
    };
  }

  /**
   * Verifies a token, any token, that must be a user's.
   *
   * @throws AuthenticationError `AUTH_TOKEN_TYPE_UNKNOWN` when it is of another type
   */
  async verifyToken(token: string, expected: 'user' | 'limited'): Promise<UserTokenProof> {
    const jws = parseCompact(token);
    if (!this.recognises(jws) || (expected === 'limited' && !isOwnLimitedForm(jws))) {
      throw createAuthError(
        'AUTH_TOKEN_TYPE_UNKNOWN',
        `expected a ${expected === 'limited' ? 'limited user token' : 'user token'}, found a token of typ ${quote(jws.header.typ ?? null)}`,
      );
    }
    return this.verify(jws);
  }
}

/** Tells whether a token is one of the old form, without a type of ours; it must not say another type. */
function isUntyped(jws: UnverifiedJws): boolean {
  return jws.header.typ === undefined && jws.unverifiedClaims().aud === tokenTypes.user.audClaim;
}

/** Old tokens have no limited form, and stand for themselves where one is asked for. */
function isOwnLimitedForm(jws: UnverifiedJws): boolean {
  return jws.header.typ === tokenTypes.limitedUser.typParam || jws.header.typ === undefined;
}
