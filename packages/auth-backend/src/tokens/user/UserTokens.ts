import { type Clock, tokenTypes } from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { JsonObject } from '@backstage/types';
import type { VerificationKey } from '../verifyJws';
import type { SignatureAlgorithm } from '../algorithms';
import { readSubject, readTimes } from '../claims';
import { parseCompact, type UnverifiedJws } from '../parseCompact';
import { verifyJws } from '../verifyJws';

/** What a user token, full or limited, proves. */
export interface UserTokenProof {
  readonly userEntityRef: string;
  readonly expiresAt: Date;
  /** It is the limited form. */
  readonly limited: boolean;
  /** All claims of the token. */
  readonly claims: JsonObject;
}

/** The tokens of users, full and limited, as the auth plugin signs them. */
export class UserTokens {
  readonly #options: {
    readonly findKey: (kid: string | undefined) => Promise<VerificationKey>;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly clock: Clock;
  };

  /** @param options - `findKey`: finds the key of the auth plugin with this id */
  constructor(options: {
    findKey: (kid: string | undefined) => Promise<VerificationKey>;
    algorithms: readonly SignatureAlgorithm[];
    clock: Clock;
  }) {
    this.#options = options;
  }

  /** Tells whether a token says of itself that it is a user's, full or limited; exactly. */
  static recognises(jws: UnverifiedJws): boolean {
    const { typ } = jws.header;
    return typ === tokenTypes.user.typParam || typ === tokenTypes.limitedUser.typParam;
  }

  /** Verifies a user token, full or limited. */
  async verify(jws: UnverifiedJws): Promise<UserTokenProof> {
    const { findKey, algorithms, clock } = this.#options;
    const claims = await verifyJws(jws, await findKey(jws.header.kid), algorithms);
    const { exp } = readTimes(claims, clock.now() / 1000);
    return {
      userEntityRef: readSubject(claims),
      expiresAt: new Date(exp * 1000),
      limited: jws.header.typ === tokenTypes.limitedUser.typParam,
      claims,
    };
  }

  /**
   * Verifies a token, any token, that must be a user's.
   *
   * @throws AuthenticationError `AUTH_TOKEN_TYPE_UNKNOWN` when it is of another type
   */
  async verifyToken(token: string, expected: 'user' | 'limited'): Promise<UserTokenProof> {
    const jws = parseCompact(token);
    const isLimited = jws.header.typ === tokenTypes.limitedUser.typParam;
    if (expected === 'limited' ? !isLimited : !UserTokens.recognises(jws)) {
      throw createAuthError(
        'AUTH_TOKEN_TYPE_UNKNOWN',
        `expected a ${expected === 'limited' ? 'limited user token' : 'user token'}, found a token of type ${quote(jws.header.typ ?? null)}`,
      );
    }
    return this.verify(jws);
  }
}
