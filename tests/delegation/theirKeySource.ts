import { generateKeyPairSync } from 'node:crypto';
import type { PluginKeySource } from '../differential/theirs';

/** A key for Backstage's plugin token handler, which lives as long as the process. */
export function theirKeySource(kid = 'their-key'): PluginKeySource {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = { kid, alg: 'ES256' };
  const key = { ...publicKey.export({ format: 'jwk' }), ...name };
  return {
    getPrivateSigningKey: () =>
      Promise.resolve({ ...privateKey.export({ format: 'jwk' }), ...name }),
    listKeys: () => Promise.resolve({ keys: [{ key }] }),
  };
}
