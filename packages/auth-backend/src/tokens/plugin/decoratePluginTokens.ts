import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { type AccessRestrictionsMap, isAuthError } from '@stagepass/auth-node';
import { createAuthError, describeValue, quote } from '@stagepass/auth-node/internal';
import { restrictTo } from '../accessRestrictions';
import { refuseForeignAnswer, refuseForeignFailure } from '../foreignFailure';
import { parseCompact, type UnverifiedJws } from '../parseCompact';
import type { PluginTokenHandler, PluginTokenHandlerDecorator } from './PluginTokenHandler';
import type { PluginTokenProof } from './PluginTokenProof';
import { PluginTokens, userBesideRestrictions, whyRestricted } from './PluginTokens';

const WHO = 'decorator of the plugin token handler';

/** The plugin tokens of one plugin, as the hallway uses them. */
export interface PluginTokenRoom {
  /**
   * Verifies a token that was sent to this plugin.
   *
   * @param jws - the same token, parsed, if it is a JWS
   * @returns undefined when it is no plugin token
   */
  verify(token: string, jws: UnverifiedJws | undefined): Promise<PluginTokenProof | undefined>;

  /**
   * Issues a token for one call to the target, which lives no longer than the user's token in it, and
   * carries the limits of a restricted caller.
   *
   * @throws NotAllowedError `AUTH_DELEGATION_NOT_ALLOWED` when the decorator loses these limits
   */
  issue(options: {
    targetPluginId: string;
    onBehalfOf?: { token: string; expiresAt: Date };
    accessRestrictions?: AccessRestrictionsMap;
  }): Promise<string>;
}

/** Returns the plugin tokens, with the decorator around them if there is one. */
export function decoratePluginTokens(options: {
  pluginId: string;
  pluginTokens: PluginTokens;
  decorator: PluginTokenHandlerDecorator | undefined;
}): PluginTokenRoom {
  const { pluginId, pluginTokens, decorator } = options;
  // A decorator answers with what it likes. What it asked for meanwhile is kept here, call by call, so that
  // no restrictions get lost on the way.
  const restrictionsSeen = new AsyncLocalStorage<AccessRestrictionsMap[]>();
  const inner = createHandler(pluginId, pluginTokens, jws => {
    const { accessRestrictions } = jws.header;
    if (accessRestrictions) restrictionsSeen.getStore()?.push(accessRestrictions);
  });
  const handler = decorator?.(inner) ?? inner;
  // Without a decorator, or with one that changes nothing, a token is parsed once.
  if (handler === inner) {
    return {
      verify: async (_token, jws) =>
        jws && PluginTokens.recognises(jws) ? pluginTokens.verify(jws) : undefined,
      issue: issueOptions => pluginTokens.issue(issueOptions),
    };
  }
  return {
    async verify(token, jws) {
      const seen = jws?.header.accessRestrictions ? [jws.header.accessRestrictions] : [];
      let answer: { subject: unknown; limitedUserToken?: unknown } | undefined;
      try {
        answer = await restrictionsSeen.run(seen, () => handler.verifyToken(token));
      } catch (error) {
        throw isAuthError(error) ? error : refuseForeignFailure(error, WHO);
      }
      const proof = answer ? readProof(answer) : undefined;
      return seen.length > 0 ? restrictProof(pluginId, proof, seen) : proof;
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

/** What the decorator is given; `onVerify` is told of each plugin token before anything is known of it. */
function createHandler(
  ownId: string,
  pluginTokens: PluginTokens,
  onVerify: (jws: UnverifiedJws) => void,
): PluginTokenHandler {
  return {
    async verifyToken(token) {
      const jws = tryParse(token);
      if (!jws || !PluginTokens.recognises(jws)) return undefined;
      onVerify(jws);
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

/** Adds the restrictions that were met with on the way to what a decorator made of a token. */
function restrictProof(
  ownId: string,
  proof: PluginTokenProof | undefined,
  seen: readonly AccessRestrictionsMap[],
): PluginTokenProof {
  const [restrictions, ...others] = seen;
  const isOne = others.every(other => isDeepStrictEqual(other, restrictions));
  if (!proof || !restrictions || !isOne) {
    throw createAuthError(
      'AUTH_TOKEN_TYPE_UNKNOWN',
      `the ${WHO} ${proof ? 'makes one caller of several tokens' : 'does not accept a token'} with access restrictions, which nobody else can`,
    );
  }
  if (proof.limitedUserToken !== undefined) throw userBesideRestrictions();
  return { ...proof, ...restrictTo(ownId, restrictions, whyRestricted(proof.subject, ownId)) };
}
