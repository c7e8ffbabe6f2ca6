import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { PublicJwk } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { type SignatureAlgorithm, whyKeyDoesNotFit } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';
import { exportPublicJwk } from './importKey';
import type { KeySource } from './KeySource';

/** A key pair in PEM files, as configured. */
export interface StaticKeyFiles {
  /** Where the entry stands in the configuration, for messages. */
  readonly path: string;
  readonly keyId: string;
  readonly algorithm: SignatureAlgorithm;
  /** An SPKI file. */
  readonly publicKeyFile: string;
  /** A PKCS#8 file; needed for the first entry, which signs. */
  readonly privateKeyFile?: string;
}

/** Keys from PEM files, the same on every replica; they change when the files do and the process restarts. */
export class StaticKeySource implements KeySource {
  readonly #signingKey: SigningKey;
  readonly #publicKeys: readonly PublicJwk[];

  private constructor(signingKey: SigningKey, publicKeys: readonly PublicJwk[]) {
    this.#signingKey = signingKey;
    this.#publicKeys = publicKeys;
  }

  /**
   * Reads the files; the first entry signs.
   *
   * @throws Error `AUTH_CONFIG_INVALID` that names the entry and the file, never what is in it
   */
  static async load(
    entries: readonly [StaticKeyFiles, ...StaticKeyFiles[]],
  ): Promise<StaticKeySource> {
    const pairs = await Promise.all(entries.map(loadPair));
    const [first] = entries;
    const privateKey = pairs[0]?.privateKey;
    if (!privateKey) {
      throw createAuthError(
        'AUTH_CONFIG_INVALID',
        `${first.path}.privateKeyFile: expected the private key of the first entry, which signs; found none`,
      );
    }
    return new StaticKeySource(
      { kid: first.keyId, alg: first.algorithm, privateKey },
      pairs.map(({ publicJwk }) => publicJwk),
    );
  }

  getSigningKey(): Promise<SigningKey> {
    return Promise.resolve(this.#signingKey);
  }

  listPublicKeys(): Promise<PublicJwk[]> {
    return Promise.resolve([...this.#publicKeys]);
  }
}

async function loadPair(entry: StaticKeyFiles) {
  const { path, algorithm, keyId, publicKeyFile, privateKeyFile } = entry;
  const publicKey = await loadKey(`${path}.publicKeyFile`, publicKeyFile, 'PUBLIC KEY', algorithm);
  const publicJwk = exportPublicJwk(publicKey, keyId, algorithm);
  if (privateKeyFile === undefined) return { publicJwk };
  const where = `${path}.privateKeyFile`;
  const privateKey = await loadKey(where, privateKeyFile, 'PRIVATE KEY', algorithm);
  if (!createPublicKey(privateKey).equals(publicKey)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${where}: expected the private half of the key in '${publicKeyFile}', found another key in '${privateKeyFile}'`,
    );
  }
  return { publicJwk, privateKey };
}

async function loadKey(
  path: string,
  file: string,
  label: 'PUBLIC KEY' | 'PRIVATE KEY',
  algorithm: SignatureAlgorithm,
): Promise<KeyObject> {
  const fail = (problem: string) =>
    createAuthError('AUTH_CONFIG_INVALID', `${path}: ${problem} in '${file}'`);
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fail(`expected a readable file, found ${code ?? 'an error'}`);
  }
  const format = label === 'PUBLIC KEY' ? 'an SPKI' : 'a PKCS#8';
  // The label is checked first, since node:crypto also takes a private key where a public one is asked for.
  if (!pem.includes(`-----BEGIN ${label}-----`)) throw fail(`expected ${format} PEM, found none`);
  let key: KeyObject;
  try {
    key = label === 'PUBLIC KEY' ? createPublicKey(pem) : createPrivateKey(pem);
  } catch {
    throw fail(`expected ${format} PEM, found one that cannot be read`);
  }
  const misfit = whyKeyDoesNotFit(key, algorithm);
  if (misfit) throw fail(misfit);
  return key;
}
