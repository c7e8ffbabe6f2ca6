import { InputError } from '@backstage/errors';
import type { JsonObject, JsonValue } from '@backstage/types';
import { type Clock, isAuthError, type PublicJwk, tokenTypes } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import type { KeySource } from '../../keys/KeySource';
import { MAX_SUBJECT_LENGTH } from '../claims';
import { writeLimitedSigningInput } from '../limitedUser/limitedUserToken';
import { MAX_TOKEN_LENGTH } from '../parseCompact';
import { signJws, signSegments } from '../signJws';
import { isEntityRef } from './entityRef';
import type { UserClaims, UserRecords } from './UserRecords';
import type { UserTokenIssuer } from './UserTokenIssuer';
import type { UserTokens } from './UserTokens';

/** The issuer of user tokens in the auth plugin. */
export class DefaultUserTokenIssuer implements UserTokenIssuer {
  readonly #options: {
    readonly issuer: string;
    readonly keySource: KeySource;
    readonly records: UserRecords;
    readonly userTokens: UserTokens;
    readonly tokenLifeSeconds: number;
    readonly omitOwnershipClaim: boolean;
    readonly clock: Clock;
  };

  constructor(options: {
    issuer: string;
    keySource: KeySource;
    records: UserRecords;
    /** Verifies the tokens that this issuer signed. */
    userTokens: UserTokens;
    tokenLifeSeconds: number;
    omitOwnershipClaim: boolean;
    clock: Clock;
  }) {
    this.#options = options;
  }

  async issueToken(params: {
    claims: { sub: string; ent?: string[]; [claim: string]: JsonValue | undefined };
  }): Promise<{ token: string; expiresAt: Date }> {
    const { issuer, keySource, records, omitOwnershipClaim, tokenLifeSeconds, clock } =
      this.#options;
    const { sub, ent, ...custom } = readClaims(params.claims);
    const key = await keySource.getSigningKey();
    const iat = Math.floor(clock.now() / 1000);
    const exp = iat + tokenLifeSeconds;
    const uip = await signSegments(writeLimitedSigningInput(key, { sub, iat, exp }), key);
    const claims: JsonObject = {
      ...custom,
      iss: issuer,
      sub,
      ...(!omitOwnershipClaim && { ent }),
      aud: tokenTypes.user.audClaim,
      iat,
      exp,
      uip,
    };
    const token = await signJws(tokenTypes.user.typParam, claims, key);
    if (token.length > MAX_TOKEN_LENGTH) {
      throw new InputError(
        `The user token would have ${token.length} characters, expected at most ${MAX_TOKEN_LENGTH}; ` +
          `it has ${ent.length} ownership refs and the custom claims ${quote(Object.keys(custom))}`,
      );
    }
    await records.save({ ...custom, sub, ent });
    return { token, expiresAt: new Date(exp * 1000) };
  }

  async listPublicKeys(): Promise<{ keys: PublicJwk[] }> {
    return { keys: await this.#options.keySource.listPublicKeys() };
  }

  async getUserInfo(token: string): Promise<{ claims: UserClaims } | undefined> {
    const { userTokens, records } = this.#options;
    let userEntityRef: string;
    try {
      ({ userEntityRef } = await userTokens.verifyToken(token, 'user'));
    } catch (error) {
      if (isAuthError(error) && error.code === 'AUTH_TOKEN_TYPE_UNKNOWN') {
        throw new InputError('User info is only available for users; send a user token');
      }
      throw error;
    }
    const claims = await records.find(userEntityRef);
    return claims && { claims };
  }
}

function readClaims(claims: { readonly [claim: string]: unknown }): UserClaims {
  const { sub, ent = [sub] } = claims;
  if (!isEntityRef(sub) || sub.length > MAX_SUBJECT_LENGTH) {
    throw new InputError(
      `Claim sub: expected an entity ref such as user:default/jane of at most ${MAX_SUBJECT_LENGTH} characters, found ${quote(sub)}`,
    );
  }
  if (!Array.isArray(ent) || ent.some(ref => typeof ref !== 'string')) {
    throw new InputError('Claim ent: expected a list of entity refs');
  }
  // The JSON form is what the token and the record hold; it drops undefined members.
  return { ...(JSON.parse(JSON.stringify(claims)) as JsonObject), sub, ent: ent as string[] };
}
