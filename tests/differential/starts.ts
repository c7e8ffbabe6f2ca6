import { type createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, DiscoveryService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { generate } from './signing';
import { createTheirAuth, type PluginKeySource } from './theirs';
import { NOW, silentLogger } from './worlds';

/** Starts the plugin `receiver` with a configuration of `backend.auth`. */
export type Start = (auth: unknown) => Promise<AuthService>;

const unreachable = (pluginId: string) => Promise.resolve(`http://127.0.0.1:1/api/${pluginId}`);
const discovery: DiscoveryService = { getBaseUrl: unreachable, getExternalBaseUrl: unreachable };

/** Makes both ways to start; nothing of a network is needed for what is tried after them. */
export function createStarts(
  backend: typeof createAuthBackend,
  where: DiscoveryService = discovery,
): Readonly<Record<'theirs' | 'ours', Start>> {
  const keySource = createKeySource();
  return {
    theirs: auth =>
      createTheirAuth({
        pluginId: 'receiver',
        discovery: where,
        logger: silentLogger,
        config: { backend: { auth } },
        keySource,
      }),
    ours: async auth =>
      backend({
        discovery: where,
        logger: silentLogger,
        config: { backend: { auth } } as never,
        clock: new TestClock(NOW),
      }).forPlugin('receiver'),
  };
}

function createKeySource(): PluginKeySource {
  const { privateKey } = generate('ES256');
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'receiver-1', alg: 'ES256' };
  return {
    getPrivateSigningKey: () => Promise.resolve(jwk),
    listKeys: () => Promise.resolve({ keys: [] }),
  };
}
