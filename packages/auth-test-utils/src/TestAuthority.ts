import type { DiscoveryService } from '@stagepass/auth-node';
import type { TamperedPart } from './authority/tamper';
import type { DescribedRestrictions, TokenDescription } from './describeMockToken';
import type { TestClock, TestDuration } from './TestClock';

/**
 * What every token of a {@link TestAuthority} can be given.
 *
 * @public
 */
export interface TestTokenOptions {
  /** How long the token is good for, from now; default one hour. */
  expiresIn?: TestDuration;
  /** The token was good for an hour and expired an hour ago. */
  expired?: boolean;
  /** The token is good from an hour from now on, for an hour. */
  notYetValid?: boolean;
  /** It is signed with a key that nobody publishes. */
  unknownKey?: boolean;
  /**
   * Header parameters that are added, or put in place of those the token would have, such as
   * `{ typ: 'JWT' }` for a token of another kind; `undefined` leaves one out. `alg` changes no signature.
   */
  header?: Record<string, unknown>;
  /** Claims that are added, or put in place of those the token would have; `undefined` leaves one out. */
  claims?: Record<string, unknown>;
}

/**
 * What a user token of a {@link TestAuthority} can be given.
 *
 * @public
 */
export interface TestUserTokenOptions extends TestTokenOptions {
  /**
   * The entities that the user owns or belongs to. Without it the token has no `ent`, as is Backstage's
   * default, and `/v1/userinfo` answers with what the user last had, at first the user alone.
   */
  ent?: string[];
}

/**
 * What a plugin token of a {@link TestAuthority} is made of.
 *
 * @public
 */
export interface TestPluginTokenOptions extends TestTokenOptions {
  /** The id of the plugin that calls. */
  from: string;
  /** The id of the plugin that is called, the only one that accepts the token. */
  to: string;
  /** The user for whom it calls: an entity ref, a user token or a limited user token of this authority. */
  onBehalfOf?: string;
  /**
   * What the call may do, by plugin id: it is made for a caller with such access restrictions. They stand in
   * a critical header, which receivers that do not know it refuse (RFC 7515 section 4.1.11).
   */
  restrictions?: DescribedRestrictions;
}

/**
 * What a token of the third party of a {@link TestAuthority} can be given.
 *
 * @public
 */
export interface TestExternalTokenOptions extends TestTokenOptions {
  /** For whom the token is; default the audience of {@link TestAuthority.externalIssuer}. */
  audience?: string;
}

/**
 * A third party that publishes a key set: the options of an entry `{ type: 'jwks', options }` of
 * `backend.auth.externalAccess`.
 *
 * @public
 */
export interface TestExternalIssuer {
  /** Where its key set is; `fetch` of the authority answers it. */
  url: string;
  /** The `iss` of its tokens. */
  issuer: string;
  /** The `aud` of its tokens. */
  audience: string;
  /** What it signs with. */
  algorithm: 'ES256';
}

/**
 * Signs real tokens, with real keys, for tests: what `createAuthBackend` takes as the rest of the world.
 *
 * @public
 */
export interface TestAuthority {
  /** Where everything is; no host is behind it. */
  readonly discovery: DiscoveryService;
  /** Answers key sets and user info from memory, and 404 to all else; give it to `createAuthBackend`. */
  readonly fetch: typeof fetch;
  /** The time of all tokens; give it to `createAuthBackend`. */
  readonly clock: TestClock;
  /** Moves the clock forward. */
  advanceTime(duration: TestDuration): void;
  /**
   * Signs the user in.
   *
   * @throws TypeError when the ref is not of the form `kind:namespace/name`
   */
  userToken(userEntityRef: string, options?: TestUserTokenOptions): string;
  /** Signs the user in and returns the limited form of the token: exactly what a holder derives from it. */
  limitedUserToken(userEntityRef: string, options?: TestUserTokenOptions): string;
  /** Signs a token for a call from one plugin to another. It expires with the user's, at the latest. */
  pluginToken(options: TestPluginTokenOptions): string;
  /** What the configuration needs to know of the third party that signs {@link TestAuthority.externalToken}s. */
  readonly externalIssuer: TestExternalIssuer;
  /**
   * Signs a token as a third party does: a caller from outside, whose subject becomes `external:<sub>`.
   *
   * @param subject - its `sub`
   */
  externalToken(subject: string, options?: TestExternalTokenOptions): string;
  /** Changes a signed token so that it must be refused. */
  tamper(token: string, part: TamperedPart): string;
  /**
   * Says what a token is, mock or signed: who calls, whom, and for whom. Signatures are checked with the
   * keys that the authority publishes, times with its clock.
   *
   * @throws Error that names what is wrong, and does not hold the token
   */
  describeToken(token: string): Promise<TokenDescription>;
  /** Publishes the keys of a plugin of another backend, so that its tokens are found good. */
  publishKeysOf(pluginId: string, auth: KeySetOwner): void;
  /**
   * Signs with new keys from now on: those of a plugin, or everyone's, the third party's too. `auth` signs
   * the user tokens too.
   *
   * @param options - `withdrawOld`: the old keys are no longer published; default false
   */
  rotateKeys(pluginId?: string, options?: { withdrawOld?: boolean }): void;
  /** From now on every request fails, as when no host answers; with an id, every request to that plugin. */
  goDown(pluginId?: string): void;
  /** Ends what {@link TestAuthority.goDown} began. */
  comeBack(): void;
}

/**
 * Whoever has public keys: every auth service.
 *
 * @public
 */
export interface KeySetOwner {
  /** Returns the public keys that belong in the key set. */
  listPublicServiceKeys(): Promise<{ keys: object[] }>;
}
