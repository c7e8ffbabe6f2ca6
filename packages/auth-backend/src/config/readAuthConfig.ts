import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { StaticKeyFiles } from '../keys/StaticKeySource';
import { isSignatureAlgorithm, type SignatureAlgorithm } from '../tokens/algorithms';
import type { CustomAccess, StaticAccess } from '../tokens/external/ExternalAccess';
import { ConfigValue } from './ConfigValue';
import { readExternalAccess } from './readExternalAccess';

/** The configuration of the auth service, checked. */
export interface AuthConfig {
  readonly defaultPolicyDisabled: boolean;
  readonly externalAccess: ReadonlyArray<StaticAccess | CustomAccess>;
  /** The keys that all plugins sign with; undefined for rotating ones. */
  readonly staticKeys: readonly [StaticKeyFiles, ...StaticKeyFiles[]] | undefined;
  /** What user tokens may be signed with. */
  readonly userAlgorithms: readonly SignatureAlgorithm[];
}

/**
 * Reads `backend.auth` and, for the algorithm of user tokens, `auth`.
 *
 * @param config - a Backstage config, or a plain object of the same shape
 * @throws Error `AUTH_CONFIG_INVALID`; the message starts with the path of the wrong value
 */
export function readAuthConfig(config: Config | JsonObject | undefined): AuthConfig {
  const reader = isConfig(config) ? config : new ConfigReader(config);
  const {
    dangerouslyDisableDefaultAuthPolicy: disabled,
    externalAccess,
    pluginKeyStore,
  } = new ConfigValue(valueAt(reader, 'backend.auth') ?? {}, 'backend.auth').members(
    'dangerouslyDisableDefaultAuthPolicy',
    'externalAccess',
    'pluginKeyStore',
  );
  return {
    defaultPolicyDisabled: disabled.optional(value => value.boolean()) ?? false,
    externalAccess: externalAccess.optional(readExternalAccess) ?? [],
    staticKeys: pluginKeyStore.optional(readPluginKeyStore),
    userAlgorithms: readUserAlgorithms(reader),
  };
}

/** Reads what stands at a path; a text or a list above it is an error of the config reader's own. */
function valueAt(reader: Config, path: string): unknown {
  try {
    return reader.getOptional(path);
  } catch (error) {
    throw createAuthError('AUTH_CONFIG_INVALID', `${path}: ${(error as Error).message}`);
  }
}

function isConfig(config: Config | JsonObject | undefined): config is Config {
  return typeof config?.getOptional === 'function';
}

function readPluginKeyStore(value: ConfigValue): AuthConfig['staticKeys'] {
  const { type, static: files } = value.members('type', 'static');
  const kind = type.optional(it => it.oneOf('database', 'static')) ?? 'database';
  if (kind === 'database') return undefined;
  const [first, ...others] = files.members('keys').keys.list({ nonEmpty: true }).map(readKeyFiles);
  if (!first) throw files.invalid('at least one key');
  const ids = new Set<string>();
  for (const { keyId, path } of [first, ...others]) {
    if (ids.has(keyId)) throw new ConfigValue(keyId, `${path}.keyId`).invalid('each key id once');
    ids.add(keyId);
  }
  return [first, ...others];
}

function readKeyFiles(value: ConfigValue): StaticKeyFiles {
  const { publicKeyFile, privateKeyFile, keyId, algorithm } = value.members(
    'publicKeyFile',
    'privateKeyFile',
    'keyId',
    'algorithm',
  );
  return {
    path: value.path,
    keyId: keyId.string(),
    algorithm: algorithm.optional(readAlgorithm) ?? 'ES256',
    publicKeyFile: publicKeyFile.string(),
    privateKeyFile: privateKeyFile.optional(file => file.string()),
  };
}

function readAlgorithm(value: ConfigValue): SignatureAlgorithm {
  const name = value.string();
  if (!isSignatureAlgorithm(name)) throw value.invalid('a signature algorithm such as ES256');
  return name;
}

/** The auth plugin of a Backstage backend can be configured to sign with another algorithm than ES256. */
function readUserAlgorithms(reader: Config): SignatureAlgorithm[] {
  const issuer = new ConfigValue(
    valueAt(reader, 'auth.identityTokenAlgorithm'),
    'auth.identityTokenAlgorithm',
  ).optional(readAlgorithm);
  const keys = new ConfigValue(
    valueAt(reader, 'auth.keyStore.static.keys'),
    'auth.keyStore.static.keys',
  ).optional(value => value.list().map(readStaticUserAlgorithm));
  return [...new Set([issuer ?? 'ES256', ...(keys ?? [])])];
}

function readStaticUserAlgorithm(value: ConfigValue): SignatureAlgorithm {
  const algorithm = new ConfigValue(value.object().algorithm, `${value.path}.algorithm`);
  return algorithm.optional(readAlgorithm) ?? 'ES256';
}
