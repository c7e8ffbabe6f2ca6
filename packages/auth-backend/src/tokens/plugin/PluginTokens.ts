import type { JsonObject } from '@backstage/types';
import {
  type AccessRestrictionsMap,
  type Clock,
  type DiscoveryService,
  tokenTypes,
} from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { KeyFinder } from '../../keys/KeySets';
import type { KeySource } from '../../keys/KeySource';
import type { PublishedKey } from '../../keys/PublishedKey';
import { restrictTo } from '../accessRestrictions';
import type { SignatureAlgorithm } from '../algorithms';
import { invalidClaim, readTimes, tellParty } from '../claims';
import type { CryptoTurn } from '../CryptoTurn';
import type { UnverifiedJws } from '../parseCompact';
import { signJws } from '../signJws';
import { requireAlgorithm, verifyJws } from '../verifyJws';
import { isPluginId } from './pluginId';
import type { PluginTokenProof } from './PluginTokenProof';

/** How long a plugin token lives, in seconds. */
export const PLUGIN_TOKEN_LIFE = 60 * 60;

/** The longest life that is accepted of another implementation's plugin token, in seconds. */
const MAX_PLUGIN_TOKEN_LIFE = 24 * 60 * 60;

/** The tokens with which plugins call each other: those that this plugin issues and those sent to it. */
export class PluginTokens {
  readonly #options: {
    readonly pluginId: string;
    readonly keySource: KeySource;
    readonly keySets: KeyFinder;
    readonly discovery: DiscoveryService;
    readonly algorithms: readonly SignatureAlgorithm[];
    readonly clock: Clock;
    readonly turn?: CryptoTurn;
  };

  /** @param options - `algorithms`: those that plugins of this backend sign with; `turn`: see `verifyJws` */
  constructor(options: {
    pluginId: string;
    keySource: KeySource;
    keySets: KeyFinder;
    discovery: DiscoveryService;
    algorithms: readonly SignatureAlgorithm[];
    clock: Clock;
    turn?: CryptoTurn;
  }) {
    this.#options = options;
  }

  /** Tells whether a token says of itself that it is a plugin token; exactly (RFC 8725 section 3.11). */
  static recognises(jws: UnverifiedJws): boolean {
    return jws.header.typ === tokenTypes.plugin.typParam;
  }

  /**
   * Issues a token for one call to the target, which lives no longer than the user's token in it, and
   * carries the limits of a restricted caller.
   */
  async issue(options: {
    targetPluginId: string;
    onBehalfOf?: { token: string; expiresAt: Date };
    accessRestrictions?: AccessRestrictionsMap;
  }): Promise<string> {
    const { pluginId, keySource, keySets, clock, turn } = this.#options;
    const { targetPluginId, onBehalfOf, accessRestrictions } = options;
    keySets.addKnownPlugin(targetPluginId);
    const key = keySource.signingKeyAtHand() ?? (await keySource.getSigningKey());
    const iat = Math.floor(clock.now() / 1000);
    const userExpiry = onBehalfOf ? Math.floor(onBehalfOf.expiresAt.getTime() / 1000) : Infinity;
    const exp = Math.min(iat + PLUGIN_TOKEN_LIFE, userExpiry);
    const obo = onBehalfOf?.token;
    return signJws(
      tokenTypes.plugin.typParam,
      { sub: pluginId, aud: targetPluginId, iat, exp, ...(obo !== undefined && { obo }) },
      key,
      { accessRestrictions, turn },
    );
  }

  /** Verifies a token that was sent to this plugin. */
  async verify(jws: UnverifiedJws): Promise<PluginTokenProof> {
    const { keySets, discovery, algorithms, turn } = this.#options;
    requireAlgorithm(jws, algorithms);
    const issuer = jws.unverifiedClaims().sub;
    if (!isPluginId(issuer)) throw invalidClaim('sub', 'the id of the issuing plugin', issuer);
    const key = await keySets.findPluginKey(issuer, { kid: jws.header.kid, discovery });
    const claims = await verifyJws(jws, key.key, algorithms, turn);
    keySets.confirmPlugin(issuer);
    return this.#read(claims, issuer, key, jws.header.accessRestrictions);
  }

  /** Reads the claims of the plugin that has signed them. */
  #read(
    claims: JsonObject,
    issuer: string,
    key: PublishedKey,
    accessRestrictions: AccessRestrictionsMap | undefined,
  ): PluginTokenProof {
    const { pluginId: ownId, clock } = this.#options;
    const { aud, obo } = claims;
    if (aud !== ownId) {
      throw createAuthError(
        'AUTH_AUDIENCE_MISMATCH',
        `expected aud to be ${quote(ownId)}, this plugin, in the token of the plugin ${quote(issuer)}, found ${tellParty(aud)}; ` +
          'ask for a token with this plugin as targetPluginId',
      );
    }
    const times = readTimes(claims, clock.now() / 1000);
    const { iat, exp } = times;
    if (exp - iat > MAX_PLUGIN_TOKEN_LIFE) {
      throw invalidClaim('exp', `at most ${MAX_PLUGIN_TOKEN_LIFE} s after iat`, exp);
    }
    const subject = `plugin:${issuer}`;
    const expiresAt = new Date(exp * 1000);
    const evidence = { key, times };
    const isForUser = Object.hasOwn(claims, 'obo');
    if (accessRestrictions) {
      if (isForUser) throw userBesideRestrictions();
      const restricted = restrictTo(ownId, accessRestrictions, whyRestricted(subject, ownId));
      return { subject, expiresAt, evidence, ...restricted };
    }
    if (!isForUser) return { subject, expiresAt, evidence };
    // A present but unusable obo must never make the plugin itself the caller.
    if (typeof obo !== 'string' || obo === '') {
      throw invalidClaim('obo', 'a limited user token', obo);
    }
    return { subject, expiresAt, evidence, limitedUserToken: obo };
  }
}

/** Says why a plugin may not be called for a restricted caller. */
export function whyRestricted(subject: string, ownId: string): string {
  return (
    `${quote(subject)} calls for a caller whose access restrictions do not include the plugin ${quote(ownId)}; ` +
    'see accessRestrictions of that caller in backend.auth.externalAccess'
  );
}

/** A user is limited by permissions, a service by restrictions: who both is cannot be known. */
export function userBesideRestrictions() {
  return createAuthError(
    'AUTH_CLAIM_INVALID',
    'claim obo: expected no user in a token with access restrictions, which only services have',
  );
}
