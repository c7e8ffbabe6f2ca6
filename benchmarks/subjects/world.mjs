import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import { createBackstageAuth } from './backstage.mjs';
import { startKeySetServer } from './keySetServer.mjs';
import { createSigner } from './raw.mjs';

/** The plugin that calls, the one that is called, and one that runs in another process. */
export const CALLER = 'caller';
export const RECEIVER = 'receiver';
export const ELSEWHERE = 'elsewhere';

/**
 * Sets up the plugins {@link CALLER} and {@link RECEIVER} twice: as a backend of ours, and as one of
 * Backstage's, each with two plugins in this process. Both believe the same issuer of user tokens, and the
 * plugin {@link ELSEWHERE}, whose tokens come from `elsewhere`.
 *
 * @param {{ logger: object }} context
 * @param {{ config?: object }} [options]
 */
export async function createWorld({ logger }, { config = {} } = {}) {
  // One for each, as both have plugins of the same names.
  const keySets = { ours: await startKeySetServer(), backstage: await startKeySetServer() };
  const elsewhere = createSigner('elsewhere-key');
  const issuer = await createUserTokenIssuer({
    issuer: await keySets.ours.discovery.getExternalBaseUrl('auth'),
    logger,
  });
  for (const each of Object.values(keySets)) {
    each.users = () => issuer.listPublicKeys();
    each.plugins.set(ELSEWHERE, async () => ({ keys: [elsewhere.publicJwk] }));
  }
  const { discovery } = keySets.ours;
  const backend = createAuthBackend({ discovery, config, userTokenIssuer: issuer, logger });
  const world = {
    issuer,
    elsewhere,
    ours: await openBoth('ours', pluginId => backend.forPlugin(pluginId)),
    backstage: await openBoth('backstage', pluginId =>
      createBackstageAuth({ pluginId, discovery: keySets.backstage.discovery, config, logger }),
    ),
    /** Signs users in, one after the other; of 1,000 at most, but each time with a token of its own. */
    async signIn(count) {
      const tokens = [];
      for (let n = 0; n < count; n++) {
        const claims = { sub: `user:default/user-${n % 1000}` };
        tokens.push((await issuer.issueToken({ claims })).token);
      }
      return tokens;
    },
    async close() {
      await backend.close();
      for (const each of Object.values(keySets)) each.close();
    },
  };
  return world;

  async function openBoth(side, open) {
    const publish = async pluginId => {
      const auth = await open(pluginId);
      keySets[side].plugins.set(pluginId, () => auth.listPublicServiceKeys());
      return auth;
    };
    return { caller: await publish(CALLER), receiver: await publish(RECEIVER) };
  }
}
