import { ConfigReader } from '@backstage/config';
import type { Clock } from '@stagepass/auth-node';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';
import { refuseForeignAnswer, refuseForeignFailure } from '../foreignFailure';
import type { ExternalMethod } from './ExternalMethod';
import type { ExternalTokenHandler } from './ExternalTokenHandler';
import { builtInTypes, type CustomAccess, isExternalSubject } from './externalEntries';

/** How long a custom handler may take, in milliseconds. */
const HANDLER_TIMEOUT = 5_000;

/** Custom handlers by the type of the entries that they serve. */
export type ExternalTokenHandlers = ReadonlyMap<string, ExternalTokenHandler<unknown>>;

/**
 * Indexes custom handlers by their type.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when two have the same type, or one the type of a built-in method
 */
export function indexHandlers(
  handlers: readonly ExternalTokenHandler<unknown>[],
): ExternalTokenHandlers {
  const byType = new Map<string, ExternalTokenHandler<unknown>>();
  for (const handler of handlers) {
    if ((builtInTypes as readonly string[]).includes(handler.type) || byType.has(handler.type)) {
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `Duplicate external token handler type '${handler.type}', each handler must have a unique type`,
      );
    }
    byType.set(handler.type, handler);
  }
  return byType;
}

/**
 * Makes the method of an entry that a custom handler serves.
 *
 * @throws Error `AUTH_CONFIG_INVALID` when no handler serves the entry, or it does not take its options
 */
export function createCustomMethod(
  entry: CustomAccess,
  handlers: ExternalTokenHandlers,
  clock: Clock,
): ExternalMethod {
  const who = `external token handler ${quote(entry.handlerType)} of ${entry.path}`;
  const handler = findHandler(entry, handlers);
  const context = initialize(entry, handler);
  return {
    entry,
    async verify(token) {
      // In an async function, since a handler may also throw before there is a promise.
      const work = (async () => handler.verifyToken(token, context))();
      const result = await withinTime(work, clock).catch((error: unknown) => {
        throw refuseForeignFailure(error, who);
      });
      if (result === silence) {
        throw refuseForeignAnswer(who, `no answer within ${HANDLER_TIMEOUT / 1000} s`);
      }
      if (!result) return undefined;
      const { subject } = result as { subject: unknown };
      if (typeof subject === 'string' && isExternalSubject(subject)) return { subject };
      throw refuseForeignAnswer(
        who,
        `expected a subject that names an external caller, found ${typeof subject === 'string' ? quote(subject) : describeValue(subject)}`,
      );
    },
  };
}

function findHandler(entry: CustomAccess, handlers: ExternalTokenHandlers) {
  const handler = handlers.get(entry.handlerType);
  if (handler) return handler;
  const valid = [...builtInTypes, ...handlers.keys()].map(type => `'${type}'`).join(', ');
  throw createAuthError(
    'AUTH_CONFIG_INVALID',
    `${entry.path}.type: expected one of ${valid}, found ${quote(entry.handlerType)}`,
  );
}

function initialize({ options, path }: CustomAccess, handler: ExternalTokenHandler<unknown>) {
  try {
    return handler.initialize({ options: new ConfigReader(options, path) });
  } catch (error) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${path}.options: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

/** Stands for an answer that did not come in time. */
const silence = Symbol('silence');

async function withinTime<TResult>(
  work: Promise<TResult>,
  clock: Clock,
): Promise<TResult | typeof silence> {
  let cancel = () => {};
  const timeout = new Promise<typeof silence>(resolve => {
    cancel = clock.setTimeout(() => resolve(silence), HANDLER_TIMEOUT);
  });
  return Promise.race([work, timeout]).finally(cancel);
}
