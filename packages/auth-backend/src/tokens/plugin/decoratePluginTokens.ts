import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { type AccessRestrictionsMap, isAuthError } from '@stagepass/auth-node';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';
import { restrictTo } from '../accessRestrictions';
import { refuseForeignAnswer, refuseForeignFailure } from '../foreignFailure';
import { parseCompact, type UnverifiedJws } from '../parseCompact';
import type { PluginTokenHandler, PluginTokenHandlerDecorator } from './PluginTokenHandler';
import type { PluginTokenProof } from './PluginTokenProof';
import {
  type PluginCall,
  PluginTokens,
  userBesideRestrictions,
  whyRestricted,
} from './PluginTokens';

const WHO = 'decorator of the plugin token handler';

/** The plugin tokens of one plugin, as the hallway uses them. */
export interface PluginTokenRoom {
  /** A decorator wants to see each token that is verified or issued. */
  readonly isDecorated: boolean;

  /**
   * Verifies a token that was sent to this plugin.
   *
   * @param jws - the same token, parsed, if it is a JWS
   * @returns undefined when it is no plugin token; without a promise where nobody had to be waited for
   */
  verify(
    token: string,
    jws: UnverifiedJws | undefined,
  ): PluginTokenProof | undefined | Promise<PluginTokenProof | undefined>;

  /**
   * Issues a token for one call to the target, which lives no longer than the user's token in it, and
   * carries the limits of a restricted caller.
   *
   * @returns the token; without a promise where it was signed at once
   * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED` when the decorator loses these limits
   */
  issue(call: PluginCall): string | Promise<string>;
}

/**
 * A token while the decorator decides about it. A decorator answers with what it likes, and may remember its
 * answers, so restrictions are kept only where they stand in what was presented: nothing else can vouch for them.
 */
interface Presentation {
  readonly token: string;
  /** The decorator asked for another token with restrictions meanwhile. */
  holdsAnother: boolean;
}

/** Returns the plugin tokens, with the decorator around them if there is one. */
export function decoratePluginTokens(options: {
  pluginId: string;
  pluginTokens: PluginTokens;
  decorator: PluginTokenHandlerDecorator | undefined;
}): PluginTokenRoom {
  const { pluginId, pluginTokens, decorator } = options;
  const presentations = new AsyncLocalStorage<Presentation>();
  const inner = createHandler(pluginId, pluginTokens, token => {
    const presentation = presentations.getStore();
    if (presentation?.token === token) return;
    if (presentation) presentation.holdsAnother = true;
    throw restrictedInside();
  });
  const handler = decorator?.(inner) ?? inner;
  // Without a decorator, or with one that changes nothing, a token is parsed once.
  if (handler === inner) {
    return {
      isDecorated: false,
      verify: (_token, jws) =>
        jws && PluginTokens.recognises(jws) ? pluginTokens.verify(jws) : undefined,
      issue: call => pluginTokens.issue(call),
    };
  }
  return {
    isDecorated: true,
    async verify(token, jws) {
      const presentation: Presentation = { token, holdsAnother: false };
      let answer: { subject: unknown; limitedUserToken?: unknown } | undefined;
      try {
        answer = await presentations.run(presentation, () => handler.verifyToken(token));
      } catch (error) {
        throw isAuthError(error) ? error : refuseForeignFailure(error, WHO);
      }
      // It may have passed over that refusal.
      if (presentation.holdsAnother) throw restrictedInside();
      const proof = answer ? readProof(answer) : undefined;
      const restrictions = jws?.header.accessRestrictions;
      return restrictions ? restrictProof(pluginId, proof, restrictions) : proof;
    },
    async issue({ targetPluginId, onBehalfOf, accessRestrictions }) {
      const { token } = (await handler.issueToken({
        pluginId,
        targetPluginId,
        ...(onBehalfOf && {
          onBehalfOf: { limitedUserToken: onBehalfOf.token, expiresAt: onBehalfOf.expiresAt },
        }),
        ...(accessRestrictions && { accessRestrictions }),
      })) as { token: unknown };
      if (typeof token !== 'string' || token === '') {
        throw new Error(`Expected a token of the ${WHO}, found none`);
      }
      if (
        accessRestrictions &&
        !isDeepStrictEqual(tryParse(token)?.header.accessRestrictions, accessRestrictions)
      ) {
        throw createAuthError(
          'AUTH_DELEGATION_NOT_ALLOWED',
          `the ${WHO} issued a token without the access restrictions of the caller; it must pass on the options of issueToken whole, and return the token as it is`,
        );
      }
      return token;
    },
  };
}

/**
 * What the decorator is given.
 *
 * @param onRestricted - called with each token that carries access restrictions; throws to refuse it
 */
function createHandler(
  ownId: string,
  pluginTokens: PluginTokens,
  onRestricted: (token: string) => void,
): PluginTokenHandler {
  return {
    async verifyToken(token) {
      const jws = tryParse(token);
      if (!jws || !PluginTokens.recognises(jws)) return undefined;
      if (jws.header.accessRestrictions) onRestricted(token);
      return pluginTokens.verify(jws);
    },
    async issueToken({ pluginId, targetPluginId, onBehalfOf, accessRestrictions }) {
      if (pluginId !== ownId) {
        throw new Error(
          `Expected to issue a token of the plugin ${quote(ownId)}, was asked for one of ${quote(pluginId)}`,
        );
      }
      const user = onBehalfOf && {
        token: onBehalfOf.limitedUserToken,
        expiresAt: onBehalfOf.expiresAt,
      };
      return {
        token: await pluginTokens.issue({ targetPluginId, onBehalfOf: user, accessRestrictions }),
      };
    },
  };
}

function tryParse(token: string): UnverifiedJws | undefined {
  try {
    return parseCompact(token);
  } catch {
    return undefined;
  }
}

function readProof(proof: {
  subject: unknown;
  limitedUserToken?: unknown;
  expiresAt?: unknown;
}): PluginTokenProof {
  const { subject, limitedUserToken, expiresAt } = proof;
  if (typeof subject !== 'string' || !/^\S+$/.test(subject) || /^user:/i.test(subject)) {
    throw refuseForeignAnswer(
      WHO,
      `expected the subject of a service, found ${typeof subject === 'string' ? quote(subject) : describeValue(subject)}`,
    );
  }
  const own = { subject, ...(expiresAt instanceof Date && { expiresAt }) };
  if (limitedUserToken === undefined) return own;
  // A present but unusable token must never make the plugin itself the caller.
  if (typeof limitedUserToken !== 'string' || limitedUserToken === '') {
    throw refuseForeignAnswer(WHO, 'expected limitedUserToken to be a token, found something else');
  }
  return { ...own, limitedUserToken };
}

/** Adds the restrictions of a token to what a decorator made of it. */
function restrictProof(
  ownId: string,
  proof: PluginTokenProof | undefined,
  restrictions: AccessRestrictionsMap,
): PluginTokenProof {
  if (!proof) {
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `the ${WHO} does not accept a token with access restrictions, which nobody else can`,
    );
  }
  if (proof.limitedUserToken !== undefined) throw userBesideRestrictions();
  return { ...proof, ...restrictTo(ownId, restrictions, whyRestricted(proof.subject, ownId)) };
}

function restrictedInside() {
  return createAuthError(
    'AUTH_TOKEN_TYPE_UNKNOWN',
    `the ${WHO} finds a token with access restrictions in another token; such a token must be presented as it is, and verified in the same asynchronous context`,
  );
}
