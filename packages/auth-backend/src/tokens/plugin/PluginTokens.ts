import type { JsonObject } from '@backstage/types';
import {
  type AccessRestrictionsMap,
  type Clock,
  type DiscoveryService,
  tokenTypes,
} from '@stagepass/auth-node';
import { createAuthError, isPending, quote } from '@stagepass/auth-node/internal';
import type { KeyFinder } from '../../keys/KeySets';
import type { KeySource } from '../../keys/KeySource';
import type { PublishedKey } from '../../keys/PublishedKey';
import { restrictTo } from '../accessRestrictions';
import type { SignatureAlgorithm } from '../algorithms';
import { invalidClaim, readTimes, tellParty } from '../claims';
import type { CryptoTurn } from '../CryptoTurn';
import type { LimitedUserToken } from '../limitedUser/limitedUserToken';
import type { UnverifiedJws } from '../parseCompact';
import { signJws, type SigningKey } from '../signJws';
import { requireAlgorithm, verifyJws } from '../verifyJws';
import { isPluginId } from './pluginId';
import type { PluginTokenProof } from './PluginTokenProof';
import { writePluginClaims } from './writePluginClaims';

/** How long a plugin token lives, in seconds. */
export const PLUGIN_TOKEN_LIFE = 60 * 60;

/** The longest life that is accepted of another implementation's plugin token, in seconds. */
const MAX_PLUGIN_TOKEN_LIFE = 24 * 60 * 60;

/** Of how many plugins the subjects are kept. */
const MAX_SUBJECTS = 1_000;

/** A call to a plugin, for which a token is issued. */
export interface PluginCall {
  readonly targetPluginId: string;
  /** The user for whom it is made. */
  readonly onBehalfOf?: LimitedUserToken | undefined;
  /** The limits of the caller for whom it is made. */
  readonly accessRestrictions?: AccessRestrictionsMap | undefined;
}

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
  /** By plugin id: a text that was looked for before is found faster than one that was just put together. */
  readonly #subjects = new Map<string, string>();

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
   *
   * @returns the token; without a promise where it was signed at once
   */
  issue(call: PluginCall): string | Promise<string> {
    const { keySource, keySets } = this.#options;
    keySets.addKnownPlugin(call.targetPluginId);
    const key = keySource.signingKeyAtHand();
    return key
      ? this.#sign(call, key)
      : keySource.getSigningKey().then(found => this.#sign(call, found));
  }

  #sign(
    { targetPluginId, onBehalfOf, accessRestrictions }: PluginCall,
    key: SigningKey,
  ): string | Promise<string> {
    const { pluginId, clock, turn } = this.#options;
    const iat = Math.floor(clock.now() / 1000);
    const userExpiry = onBehalfOf ? Math.floor(onBehalfOf.expiresAt.getTime() / 1000) : Infinity;
    const exp = Math.min(iat + PLUGIN_TOKEN_LIFE, userExpiry);
    const obo = onBehalfOf?.token;
    const claims = writePluginClaims({ sub: pluginId, aud: targetPluginId, iat, exp, obo });
    return signJws(tokenTypes.plugin.typParam, claims, key, { accessRestrictions, turn });
  }

  /**
   * Verifies a token that was sent to this plugin.
   *
   * @returns what it proves; without a promise where nobody had to be waited for
   */
  verify(jws: UnverifiedJws): PluginTokenProof | Promise<PluginTokenProof> {
    const { keySets, discovery, algorithms } = this.#options;
    requireAlgorithm(jws, algorithms);
    const issuer = jws.unverifiedClaims().sub;
    if (!isPluginId(issuer)) throw invalidClaim('sub', 'the id of the issuing plugin', issuer);
    const key = keySets.findPluginKey(issuer, { kid: jws.header.kid, discovery });
    return isPending(key)
      ? key.then(found => this.#verifyWith(found, jws, issuer))
      : this.#verifyWith(key, jws, issuer);
  }

  #verifyWith(
    key: PublishedKey,
    jws: UnverifiedJws,
    issuer: string,
  ): PluginTokenProof | Promise<PluginTokenProof> {
    const { algorithms, turn } = this.#options;
    const claims = verifyJws(jws, key.key, algorithms, turn);
    return isPending(claims)
      ? claims.then(proved => this.#read(proved, issuer, key, jws.header.accessRestrictions))
      : this.#read(claims, issuer, key, jws.header.accessRestrictions);
  }

  /** Reads the claims of the plugin that has signed them. */
  #read(
    claims: JsonObject,
    issuer: string,
    key: PublishedKey,
    accessRestrictions: AccessRestrictionsMap | undefined,
  ): PluginTokenProof {
    const { pluginId: ownId, keySets, clock } = this.#options;
    keySets.confirmPlugin(issuer);
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
    const subject = this.#subjectOf(issuer);
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

  #subjectOf(issuer: string): string {
    const known = this.#subjects.get(issuer);
    if (known !== undefined) return known;
    const subject = `plugin:${issuer}`;
    if (this.#subjects.size < MAX_SUBJECTS) this.#subjects.set(issuer, subject);
    return subject;
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
