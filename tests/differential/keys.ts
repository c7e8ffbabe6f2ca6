import { generateKeyPairSync } from 'node:crypto';
import { createSigner, generate, secretSigner, type Signer, signerOf } from './signing';

/** Everybody who signs in the suite, by name. */
export interface Keys {
  readonly [name: string]: Signer;
}

/** An id of more characters than ours takes. */
export const LONG_PLUGIN_ID = 'p'.repeat(129);

/** Makes all keys once. The key sets of {@link publishedKeys} name them. */
export function createKeys(): Keys {
  const rsa = generate('RS256');
  const weakRsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
  const ed = generate('EdDSA');
  const p384 = generate('ES384');
  return {
    caller: createSigner('caller-1', 'ES256'),
    callerSecond: createSigner('caller-2', 'ES256'),
    callerRsa: signerOf(rsa, 'caller-rsa', 'RS256'),
    callerEd: signerOf(ed, 'caller-ed', 'EdDSA'),
    caller384: signerOf(p384, 'caller-384', 'ES384'),
    solo: createSigner('solo-1', 'ES256'),
    user: createSigner('user-1', 'ES256'),
    userRsa: signerOf(rsa, 'user-rsa', 'RS256'),
    userEd: signerOf(ed, 'user-ed', 'EdDSA'),
    idp: createSigner('idp-1', 'ES256'),
    idpRsa: signerOf(rsa, 'idp-rsa', 'RS256'),
    idpPss: signerOf(rsa, 'idp-pss', 'PS256'),
    idpEd: signerOf(ed, 'idp-ed', 'EdDSA'),
    idp384: signerOf(p384, 'idp-384', 'ES384'),
    idpWeak: signerOf(weakRsa, 'idp-weak', 'RS256'),
    // One key that names no algorithm, and so may be meant for either of these.
    idpBare: signerOf(rsa, 'idp-bare', 'RS256'),
    idpBarePss: signerOf(rsa, 'idp-bare', 'PS256'),
    prefixed: createSigner('prefixed-1', 'ES256'),
    prefixed384: signerOf(p384, 'prefixed-384', 'ES384'),
    open: createSigner('open-1', 'ES256'),
    secret: secretSigner(Buffer.alloc(32, 'first secret ')),
    restrictedSecret: secretSigner(Buffer.alloc(32, 'second secret ')),
    oldSecret: secretSigner(Buffer.alloc(32, 'old secret ')),
    // The id of a good key, and the algorithm of one, on a key that nobody publishes.
    stranger: createSigner('caller-1', 'ES256'),
    strangeUser: createSigner('user-1', 'ES256'),
    strangeIdp: createSigner('idp-1', 'ES256'),
    strangeSecret: secretSigner(Buffer.alloc(32, 'not configured ')),
  };
}

/** The secrets behind the signers of shared secrets, as they stand in a configuration. */
export const secrets = {
  secret: Buffer.alloc(32, 'first secret ').toString('base64'),
  restrictedSecret: Buffer.alloc(32, 'second secret ').toString('base64'),
  oldSecret: Buffer.alloc(32, 'old secret ').toString('base64'),
};

/** What the plugins, and third parties under the path of a plugin, publish. */
export function publishedKeys(keys: Keys): {
  users: object[];
  plugins: Record<string, object[]>;
} {
  const published = (...names: string[]) => names.map(name => keys[name]!.jwk);
  const bare = { ...keys.idpBare!.jwk, alg: undefined };
  return {
    users: published('user', 'userRsa', 'userEd'),
    plugins: {
      caller: published('caller', 'callerSecond', 'callerRsa', 'callerEd', 'caller384'),
      solo: published('solo'),
      receiver: published('solo'),
      42: published('solo'),
      [LONG_PLUGIN_ID]: published('solo'),
      idp: [...published('idp', 'idpRsa', 'idpPss', 'idpEd', 'idp384', 'idpWeak'), bare],
      prefixed: published('prefixed', 'prefixed384'),
      open: published('open'),
    },
  };
}
