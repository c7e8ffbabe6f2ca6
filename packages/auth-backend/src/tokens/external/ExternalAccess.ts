import { createHash } from 'node:crypto';
import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import type {
  AccessRestrictionsMap,
  BackstagePrincipalAccessRestrictions,
  Clock,
  LoggerService,
} from '@stagepass/auth-node';
import { createAuthError, quote } from '@stagepass/auth-node/internal';
import type { ExternalTokenHandler } from './ExternalTokenHandler';

/** How long a custom handler may take, in milliseconds. */
const HANDLER_TIMEOUT = 5_000;

/** A configured external caller with a static token. */
export interface StaticAccess {
  readonly type: 'static';
  readonly token: string;
  readonly subject: string;
  readonly accessRestrictions?: AccessRestrictionsMap;
}

/** A configured external caller of a type that a custom handler serves. */
export interface CustomAccess {
  readonly type: 'custom';
  readonly handlerType: string;
  readonly options: JsonObject;
  /** Where the entry stands in the configuration, for messages. */
  readonly path: string;
  readonly accessRestrictions?: AccessRestrictionsMap;
}

/** What an external token proves. */
export interface ExternalTokenProof {
  readonly subject: string;
  /** What the caller may do in this plugin. */
  readonly accessRestrictions?: BackstagePrincipalAccessRestrictions;
  /** What it may do in all plugins; a plugin that is missing is out of bounds. */
  readonly allAccessRestrictions?: AccessRestrictionsMap;
}

interface CustomMethod {
  readonly entry: CustomAccess;
  verify(token: string): Promise<{ subject: string } | undefined>;
}

/**
 * The callers from outside the backend, for one plugin. Static tokens are looked up first, by digest; then
 * the custom handlers are asked in the order of the configuration.
 */
export class ExternalAccess {
  readonly #pluginId: string;
  readonly #clock: Clock;
  readonly #logger: LoggerService;
  readonly #staticTokens = new Map<string, StaticAccess>();
  readonly #methods: readonly CustomMethod[];

  constructor(options: {
    pluginId: string;
    entries: readonly (StaticAccess | CustomAccess)[];
    handlers: readonly ExternalTokenHandler<unknown>[];
    clock: Clock;
    logger: LoggerService;
  }) {
    const { entries, handlers } = options;
    this.#pluginId = options.pluginId;
    this.#clock = options.clock;
    this.#logger = options.logger;
    const byType = indexHandlers(handlers);
    const methods: CustomMethod[] = [];
    for (const entry of entries) {
      if (entry.type === 'static') this.#staticTokens.set(digest(entry.token), entry);
      else methods.push(openMethod(entry, byType));
    }
    this.#methods = methods;
  }

  /**
   * Verifies a token of an external caller.
   *
   * @returns what it proves, or undefined when no method recognises it
   * @throws NotAllowedError `AUTH_ACCESS_RESTRICTED` when the caller may not use this plugin
   * @throws AuthenticationError when a custom handler threw one, and no other method recognises the token
   * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when a custom handler failed, likewise
   */
  async verify(token: string): Promise<ExternalTokenProof | undefined> {
    const known = this.#staticTokens.get(digest(token));
    if (known) return this.#admit(known.subject, known.accessRestrictions);
    let failure: { readonly error: unknown } | undefined;
    for (const { entry, verify } of this.#methods) {
      let subject: string;
      try {
        const result = await this.#withinTime(verify(token), entry.path);
        if (result === undefined) continue;
        subject = readExternalSubject(result, entry.path);
      } catch (error) {
        // Many handlers say what they were given; the token must not reach the log.
        const detail = String(error).replaceAll(token, '<token>');
        this.#logger.warn(`The external token handler of ${entry.path} failed: ${quote(detail)}`);
        failure ??= { error };
        continue;
      }
      return this.#admit(subject, entry.accessRestrictions);
    }
    if (failure) throw asRefusal(failure.error);
    return undefined;
  }

  #admit(subject: string, allAccessRestrictions?: AccessRestrictionsMap): ExternalTokenProof {
    if (!allAccessRestrictions) return { subject };
    const accessRestrictions = allAccessRestrictions.get(this.#pluginId);
    if (!accessRestrictions) {
      throw createAuthError(
        'AUTH_ACCESS_RESTRICTED',
        `${quote(subject)} may use the plugins ${quote([...allAccessRestrictions.keys()])}, not ${quote(this.#pluginId)}; ` +
          'see accessRestrictions of its entry in backend.auth.externalAccess',
      );
    }
    return { subject, accessRestrictions, allAccessRestrictions };
  }

  async #withinTime<TResult>(work: Promise<TResult>, path: string): Promise<TResult> {
    let cancel = () => {};
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.#clock.setTimeout(() => {
        reject(new Error(`${path}: no answer within ${HANDLER_TIMEOUT / 1000} s`));
      }, HANDLER_TIMEOUT);
    });
    return Promise.race([work, timeout]).finally(cancel);
  }
}

/** A refusal with a code, in place of what a handler threw: that is in the log, and could hold the token. */
function asRefusal(error: unknown) {
  return (error as { name?: unknown } | null | undefined)?.name === 'AuthenticationError'
    ? createAuthError(
        'AUTH_TOKEN_TYPE_UNKNOWN',
        'an external token handler refuses it; see the log',
      )
    : createAuthError('AUTH_KEYS_UNAVAILABLE', 'an external token handler failed; see the log');
}

/** Tokens are compared by digest, so that time tells nothing about how much of a guess is right. */
function digest(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('base64');
}

function indexHandlers(handlers: readonly ExternalTokenHandler<unknown>[]) {
  const byType = new Map<string, ExternalTokenHandler<unknown>>();
  for (const handler of handlers) {
    if (handler.type === 'static' || byType.has(handler.type)) {
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `Duplicate external token handler type '${handler.type}', each handler must have a unique type`,
      );
    }
    byType.set(handler.type, handler);
  }
  return byType;
}

function openMethod(
  entry: CustomAccess,
  byType: ReadonlyMap<string, ExternalTokenHandler<unknown>>,
): CustomMethod {
  const handler = byType.get(entry.handlerType);
  if (!handler) {
    const valid = ['static', ...byType.keys()].map(type => `'${type}'`).join(', ');
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${entry.path}.type: expected one of ${valid}, found ${quote(entry.handlerType)}`,
    );
  }
  let context: unknown;
  try {
    context = handler.initialize({ options: new ConfigReader(entry.options, entry.path) });
  } catch (error) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${entry.path}.options: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return { entry, verify: async token => handler.verifyToken(token, context) };
}

function readExternalSubject(result: { subject: unknown } | null, path: string): string {
  const subject = result?.subject;
  if (typeof subject !== 'string' || !isExternalSubject(subject)) {
    throw new Error(
      `${path}: expected a subject that names an external caller, found ${quote(subject)}`,
    );
  }
  return subject;
}

/**
 * Tells whether an external caller may have this subject: not blank, no white space, and not one that reads
 * as a plugin or a user of the backend.
 */
export function isExternalSubject(subject: string): boolean {
  return /^\S+$/.test(subject) && !/^(plugin|user):/i.test(subject);
}
