import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { LoggerService, PublicJwk } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { type SignatureAlgorithm, whyKeyDoesNotFit } from '../tokens/algorithms';
import { parseCompact } from '../tokens/parseCompact';
import { signJws, type SigningKey } from '../tokens/signJws';
import { verifyJws } from '../tokens/verifyJws';
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
   * Reads the files; the first entry signs. Each pair signs and verifies once. A private key that every user
   * of the host can read or change is used with a warning: secrets are mounted like that in many a cluster.
   *
   * @throws Error `AUTH_CONFIG_INVALID` that names the entry and the file, never what is in it
   */
  static async load(
    entries: readonly [StaticKeyFiles, ...StaticKeyFiles[]],
    logger: LoggerService,
  ): Promise<StaticKeySource> {
    const pairs = await Promise.all(entries.map(loadPair));
    for (const { warning } of pairs) if (warning !== undefined) logger.warn(warning);
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

  signingKeyAtHand(): SigningKey {
    return this.#signingKey;
  }

  getSigningKey(): Promise<SigningKey> {
    return Promise.resolve(this.#signingKey);
  }

  listPublicKeys(): Promise<PublicJwk[]> {
    return Promise.resolve([...this.#publicKeys]);
  }

  listKeysForAnybody(): Promise<PublicJwk[]> {
    return this.listPublicKeys();
  }
}

async function loadPair(entry: StaticKeyFiles) {
  const { path, algorithm, keyId, publicKeyFile, privateKeyFile } = entry;
  const publicFile = { path: `${path}.publicKeyFile`, file: publicKeyFile };
  const { key: publicKey } = await loadKey(publicFile, 'PUBLIC KEY', algorithm);
  const publicJwk = exportPublicJwk(publicKey, keyId, algorithm);
  if (privateKeyFile === undefined) return { publicJwk };
  const privateFile = { path: `${path}.privateKeyFile`, file: privateKeyFile };
  const { key: privateKey, mode } = await loadKey(privateFile, 'PRIVATE KEY', algorithm);
  if (!createPublicKey(privateKey).equals(publicKey)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `${privateFile.path}: expected the private half of the key in '${publicKeyFile}', found another key in '${privateKeyFile}'`,
    );
  }
  const key = { kid: keyId, alg: algorithm };
  const token = await signJws('self-check', {}, { ...key, privateKey });
  await verifyJws(parseCompact(token), { ...key, publicKey }, [algorithm]);
  return { publicJwk, privateKey, warning: whyOpenToAll(privateFile, mode) };
}

interface KeyFile {
  readonly path: string;
  readonly file: string;
}

/** Says that others can read or change the file; where there are no such permissions, nothing. */
function whyOpenToAll({ path, file }: KeyFile, mode: number): string | undefined {
  if (process.platform === 'win32' || (mode & 0o006) === 0) return undefined;
  const shown = (mode & 0o777).toString(8);
  return (
    `${path}: every user of this host can read or change the private key in '${file}', which has the mode ${shown}; ` +
    'give it 600, or 640 with a group of its own'
  );
}

async function loadKey(
  { path, file }: KeyFile,
  label: 'PUBLIC KEY' | 'PRIVATE KEY',
  algorithm: SignatureAlgorithm,
): Promise<{ key: KeyObject; mode: number }> {
  const fail = (problem: string) =>
    createAuthError('AUTH_CONFIG_INVALID', `${path}: ${problem} in '${file}'`);
  const { pem, mode } = await readPem(file).catch((error: NodeJS.ErrnoException) => {
    throw fail(`expected a readable file, found ${error.code ?? 'an error'}`);
  });
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
  return { key, mode };
}

async function readPem(file: string): Promise<{ pem: string; mode: number }> {
  const handle = await open(file);
  try {
    return { pem: await handle.readFile('utf8'), mode: (await handle.stat()).mode };
  } finally {
    await handle.close();
  }
}
