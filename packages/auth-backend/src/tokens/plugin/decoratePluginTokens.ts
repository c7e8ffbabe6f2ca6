import { isAuthError } from '@stagepass/auth-node';
import { describeValue, quote } from '@stagepass/auth-node/internal';
import { refuseForeignAnswer, refuseForeignFailure } from '../foreignFailure';
import { parseCompact, type UnverifiedJws } from '../parseCompact';
import type { PluginTokenHandler, PluginTokenHandlerDecorator } from './PluginTokenHandler';
import type { PluginTokenProof } from './PluginTokenProof';
import { PluginTokens } from './PluginTokens';

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

  /** Issues a token for one call to the target, which lives no longer than the user's token in it. */
  issue(options: {
    targetPluginId: string;
    onBehalfOf?: { token: string; expiresAt: Date };
  }): Promise<string>;
}

/** Returns the plugin tokens, with the decorator around them if there is one. */
export function decoratePluginTokens(options: {
  pluginId: string;
  pluginTokens: PluginTokens;
  decorator: PluginTokenHandlerDecorator | undefined;
}): PluginTokenRoom {
  const { pluginId, pluginTokens, decorator } = options;
  const inner = createHandler(pluginId, pluginTokens);
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
    async verify(token) {
      let proof: { subject: unknown; limitedUserToken?: unknown } | undefined;
      try {
        proof = await handler.verifyToken(token);
      } catch (error) {
        throw isAuthError(error) ? error : refuseForeignFailure(error, WHO);
      }
      return proof ? readProof(proof) : undefined;
    },
    async issue({ targetPluginId, onBehalfOf }) {
      const { token } = (await handler.issueToken({
        pluginId,
        targetPluginId,
        ...(onBehalfOf && {
          onBehalfOf: { limitedUserToken: onBehalfOf.token, expiresAt: onBehalfOf.expiresAt },
        }),
      })) as { token: unknown };
      if (typeof token !== 'string' || token === '') {
        throw new Error(`Expected a token of the ${WHO}, found none`);
      }
      return token;
    },
  };
}

/** What the decorator is given. */
function createHandler(ownId: string, pluginTokens: PluginTokens): PluginTokenHandler {
  return {
    async verifyToken(token) {
      const jws = tryParse(token);
      return jws && PluginTokens.recognises(jws) ? pluginTokens.verify(jws) : undefined;
    },
    async issueToken({ pluginId, targetPluginId, onBehalfOf }) {
      if (pluginId !== ownId) {
        throw new Error(
          `Expected to issue a token of the plugin ${quote(ownId)}, was asked for one of ${quote(pluginId)}`,
        );
      }
      const user = onBehalfOf && {
        token: onBehalfOf.limitedUserToken,
        expiresAt: onBehalfOf.expiresAt,
      };
      return { token: await pluginTokens.issue({ targetPluginId, onBehalfOf: user }) };
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

function readProof(proof: { subject: unknown; limitedUserToken?: unknown }): PluginTokenProof {
  const { subject, limitedUserToken } = proof;
  if (typeof subject !== 'string' || !/^\S+$/.test(subject) || /^user:/i.test(subject)) {
    throw refuseForeignAnswer(
      WHO,
      `expected the subject of a service, found ${typeof subject === 'string' ? quote(subject) : describeValue(subject)}`,
    );
  }
  if (limitedUserToken === undefined) return { subject };
  // A present but unusable token must never make the plugin itself the caller.
  if (typeof limitedUserToken !== 'string' || limitedUserToken === '') {
    throw refuseForeignAnswer(WHO, 'expected limitedUserToken to be a token, found something else');
  }
  return { subject, limitedUserToken };
}
