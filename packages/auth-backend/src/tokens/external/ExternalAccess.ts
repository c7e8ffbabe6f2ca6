import { hash } from 'node:crypto';
import { type AuthError, type AuthErrorCode, type Clock, isAuthError } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import { copyAccessRestrictions, type RestrictedAccess, restrictTo } from '../accessRestrictions';
import type { CryptoTurn } from '../CryptoTurn';
import type { Evidence } from '../Evidence';
import type { UnverifiedJws } from '../parseCompact';
import { createCustomMethod, indexHandlers } from './customMethod';
import type { ExternalCaller, ExternalMethod } from './ExternalMethod';
import type { ExternalTokenHandler } from './ExternalTokenHandler';
import {
  type ExternalEntry,
  indexOwners,
  type JwksAccess,
  type StaticAccess,
} from './externalEntries';
import { createJwksMethod, type FindExternalKey } from './jwksMethod';
import { createLegacyMethod } from './legacyMethod';
import { MethodIndex } from './MethodIndex';

/** What an external token proves; with restrictions, if its entry has them. */
export interface ExternalTokenProof extends Partial<RestrictedAccess> {
  readonly subject: string;
  /** When the token expires; absent for tokens that do not, and those of custom handlers. */
  readonly expiresAt?: Date;
  /** What this rests on; absent where it is to be found out each time. */
  readonly evidence?: Evidence;
}

/** What came of an entry that was asked: a subject, an error, or neither where the token is none of its. */
export interface ExternalTrial {
  readonly entry: ExternalEntry;
  readonly subject?: string;
  readonly error?: unknown;
}

/** How far a method got before it refused, from the least: the last word is the most telling reason. */
const progress: readonly AuthErrorCode[] = [
  'AUTH_ALGORITHM_NOT_ALLOWED',
  'AUTH_ISSUER_MISMATCH',
  'AUTH_AUDIENCE_MISMATCH',
  'AUTH_TOKEN_MALFORMED',
  'AUTH_TOKEN_TYPE_UNKNOWN',
  'AUTH_KEY_UNKNOWN',
  'AUTH_SIGNATURE_INVALID',
  'AUTH_KEYS_UNAVAILABLE',
  // From here on the signature was the caller's.
  'AUTH_CLAIM_INVALID',
  'AUTH_TOKEN_NOT_YET_VALID',
  'AUTH_TOKEN_EXPIRED',
];

/**
 * The callers from outside the backend, for one plugin. Static tokens are looked up first, by digest; then
 * the other methods are asked in the order of the configuration.
 */
export class ExternalAccess {
  readonly #pluginId: string;
  readonly #staticTokens = new Map<string, StaticAccess>();
  /** The length of the longest of them: what is longer is none, and may take long to digest. */
  readonly #longestStaticToken: number;
  readonly #methods: readonly ExternalMethod[];
  readonly #index: MethodIndex;
  readonly #onTried: ((trial: ExternalTrial) => void) | undefined;
  readonly #onPassedOver: ((reason: string) => void) | undefined;

  /**
   * @param options - `keysOf`: gives access to the key set of an entry; `turn`: see `verifyJws`; `onTried`: hears what
   *   came of each; `onPassedOver`: hears why a custom handler failed where another method accepted the token, since
   *   no refusal tells it then
   */
  constructor(options: {
    pluginId: string;
    entries: readonly ExternalEntry[];
    handlers: readonly ExternalTokenHandler<unknown>[];
    keysOf: (entry: JwksAccess) => FindExternalKey;
    clock: Clock;
    turn?: CryptoTurn;
    onTried?: (trial: ExternalTrial) => void;
    onPassedOver?: (reason: string) => void;
  }) {
    this.#onTried = options.onTried;
    this.#onPassedOver = options.onPassedOver;
    const { entries, keysOf, clock, turn } = options;
    this.#pluginId = options.pluginId;
    const handlers = indexHandlers(options.handlers);
    const ownerOf = indexOwners(entries);
    const methods: ExternalMethod[] = [];
    for (const entry of entries) {
      if (entry.type === 'static') this.#staticTokens.set(digest(entry.token), entry);
      else if (entry.type === 'legacy') methods.push(createLegacyMethod(entry, clock));
      else if (entry.type === 'jwks')
        methods.push(createJwksMethod(entry, keysOf(entry), clock, { ownerOf, turn }));
      else methods.push(createCustomMethod(entry, handlers, clock));
    }
    this.#methods = methods;
    this.#index = new MethodIndex(methods);
    const lengths = entries.map(entry => (entry.type === 'static' ? entry.token.length : 0));
    this.#longestStaticToken = Math.max(0, ...lengths);
  }

  /**
   * Verifies a token of an external caller.
   *
   * @param token - as presented
   * @param jws - the same, parsed, if it is a JWS
   * @returns what it proves, or undefined when no method recognises it
   * @throws NotAllowedError `AUTH_ACCESS_RESTRICTED` when the caller may not use this plugin
   * @throws AuthenticationError when a method refuses it, and no other accepts it
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when a method cannot decide, likewise
   */
  async verify(token: string, jws?: UnverifiedJws): Promise<ExternalTokenProof | undefined> {
    const known = token.length <= this.#longestStaticToken ? digest(token) : undefined;
    const entry = known && this.#staticTokens.get(known);
    if (entry) return this.#admit(entry, entry);
    const failures: unknown[] = [];
    const passedOver: string[] = [];
    let askedHandler = false;
    // Who wants to hear what came of each method has each of them asked.
    const methods = this.#onTried ? this.#methods : this.#index.candidates(jws);
    for (const method of methods) {
      let result: ExternalCaller | undefined;
      askedHandler ||= method.entry.type === 'custom';
      try {
        result = await method.verify(token, jws);
      } catch (error) {
        failures.push(error);
        if (method.entry.type === 'custom' && isUndecided(error)) passedOver.push(error.reason);
        this.#onTried?.({ entry: method.entry, error });
        continue;
      }
      if (result) {
        for (const reason of passedOver) this.#onPassedOver?.(reason);
        // A handler is asked each time: its answer may be another one by then.
        return this.#admit(method.entry, askedHandler ? withoutEvidence(result) : result);
      }
      this.#onTried?.({ entry: method.entry });
    }
    const other = this.#index.mostTelling(jws);
    if (other && !methods.includes(other)) failures.push(await refusalOf(other, token, jws));
    if (failures.length > 0) throw mostTelling(failures);
    return undefined;
  }

  #admit(
    entry: ExternalEntry,
    { subject, expiresAt, evidence }: ExternalCaller,
  ): ExternalTokenProof {
    this.#onTried?.({ entry, subject });
    const { accessRestrictions: allAccessRestrictions } = entry;
    const proof = { subject, ...(expiresAt && { expiresAt }), ...(evidence && { evidence }) };
    if (!allAccessRestrictions) return proof;
    const whyNot =
      `${quote(subject)} may use the plugins ${quote([...allAccessRestrictions.keys()])}, not ${quote(this.#pluginId)}; ` +
      'see accessRestrictions of its entry in backend.auth.externalAccess';
    const restrictions = copyAccessRestrictions(allAccessRestrictions);
    return { ...proof, ...restrictTo(this.#pluginId, restrictions, whyNot) };
  }
}

/** Returns why a method refuses a token that it does not accept. */
function refusalOf(method: ExternalMethod, token: string, jws: UnverifiedJws | undefined) {
  return method.verify(token, jws).then(
    () => new Error('Expected a refusal'),
    (error: unknown) => error,
  );
}

function withoutEvidence({ subject, expiresAt }: ExternalCaller): ExternalCaller {
  return { subject, expiresAt };
}

function isUndecided(error: unknown): error is AuthError {
  return isAuthError(error) && error.code === 'AUTH_KEYS_UNAVAILABLE';
}

function mostTelling(failures: readonly unknown[]): unknown {
  // A fault of ours is not to be hidden behind a refusal.
  const rank = (failure: unknown) =>
    isAuthError(failure) ? progress.indexOf(failure.code) : Infinity;
  return failures.reduce((best, failure) => (rank(failure) > rank(best) ? failure : best));
}

/** Tokens are compared by digest, so that time tells nothing about how much of a guess is right. */
function digest(token: string): string {
  return hash('sha256', token, 'base64');
}
