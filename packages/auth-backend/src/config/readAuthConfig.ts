import { type Config, ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { createAuthError } from '@stagepass/auth-node/internal';
import type { RestrictedDelegation } from '../delegation';
import type { StaticKeyFiles } from '../keys/StaticKeySource';
import { isSignatureAlgorithm, type SignatureAlgorithm } from '../tokens/algorithms';
import type { ExternalEntry } from '../tokens/external/externalEntries';
import { isPluginId } from '../tokens/plugin/pluginId';
import { ConfigValue } from './ConfigValue';
import { readExternalAccess, readOldKeys, requireDistinctSecrets } from './readExternalAccess';
import { warnOfCallers } from './warnOfCallers';

/** The configuration of the auth service, checked. */
export interface AuthConfig {
  readonly defaultPolicyDisabled: boolean;
  /** The callers of `externalAccess`, then those of `keys`. */
  readonly externalAccess: readonly ExternalEntry[];
  /** The keys that all plugins sign with; undefined for rotating ones. */
  readonly staticKeys: readonly [StaticKeyFiles, ...StaticKeyFiles[]] | undefined;
  /** What user tokens may be signed with. */
  readonly userAlgorithms: readonly SignatureAlgorithm[];
  /** User tokens that say their type only by `aud: backstage` are accepted. */
  readonly untypedUserTokens: boolean;
  /** Service credentials that come out of JSON are accepted for calls onward. */
  readonly storedServiceCredentials: boolean;
  /** How the limits of restricted callers are kept in calls onward. */
  readonly restrictedDelegation: RestrictedDelegation;
  /** The plugins in other processes that Backstage's discovery is told of by name. */
  readonly discoveredPlugins: readonly string[];
  /** What is allowed, but should be changed; for the log. */
  readonly warnings: readonly string[];
}

/**
 * Reads `backend.auth`, for the algorithm of user tokens `auth`, and for the names of plugins
 * `discovery.endpoints`.
 *
 * @param config - a Backstage config, or a plain object of the same shape
 * @throws Error `AUTH_CONFIG_INVALID`; the message starts with the path of the wrong value
 */
export function readAuthConfig(config: Config | JsonObject | undefined): AuthConfig {
  const reader = isConfig(config) ? config : new ConfigReader(config);
  const section = new ConfigValue(valueAt(reader, 'backend.auth') ?? {}, 'backend.auth');
  const members = section.members(
    'dangerouslyDisableDefaultAuthPolicy',
    'externalAccess',
    'keys',
    'pluginKeyStore',
    'acceptUntypedUserTokens',
    'dangerouslyAllowStoredServiceCredentials',
    'restrictedDelegation',
    // Read by auth-http.
    'cookie',
  );
  const defaultPolicyDisabled = readSwitch(members.dangerouslyDisableDefaultAuthPolicy);
  const externalAccess = readCallers(members.externalAccess, members.keys);
  return {
    defaultPolicyDisabled,
    externalAccess,
    staticKeys: members.pluginKeyStore.optional(readPluginKeyStore),
    userAlgorithms: readUserAlgorithms(reader),
    untypedUserTokens: readSwitch(members.acceptUntypedUserTokens),
    storedServiceCredentials: readSwitch(members.dangerouslyAllowStoredServiceCredentials),
    restrictedDelegation:
      members.restrictedDelegation.optional(it => it.oneOf('critical', 'plain')) ?? 'critical',
    discoveredPlugins: readDiscoveredPlugins(reader),
    warnings: findWarnings(defaultPolicyDisabled, externalAccess, members.keys),
  };
}

function readSwitch(value: ConfigValue): boolean {
  return value.optional(it => it.boolean()) ?? false;
}

function readCallers(externalAccess: ConfigValue, keys: ConfigValue): ExternalEntry[] {
  const callers = [
    ...(externalAccess.optional(readExternalAccess) ?? []),
    ...(keys.optional(readOldKeys) ?? []),
  ];
  const paths = [externalAccess, keys].flatMap(value => value.optional(it => it.list()) ?? []);
  requireDistinctSecrets(callers, paths);
  return callers;
}

function findWarnings(
  defaultPolicyDisabled: boolean,
  callers: readonly ExternalEntry[],
  keys: ConfigValue,
): string[] {
  const warnings: string[] = [];
  if (defaultPolicyDisabled) {
    warnings.push(
      'backend.auth.dangerouslyDisableDefaultAuthPolicy is true: requests without credentials reach every plugin',
    );
  }
  if (keys.optional(it => it.list().length > 0)) {
    warnings.push(
      `${keys.path} is deprecated: move each secret to backend.auth.externalAccess, as { type: legacy, options: { secret, subject } }`,
    );
  }
  return [...warnings, ...warnOfCallers(callers)];
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

/** Whether these are written as they should be is for the discovery service to check. */
function readDiscoveredPlugins(reader: Config): string[] {
  const endpoints = valueAt(reader, 'discovery.endpoints');
  if (!Array.isArray(endpoints)) return [];
  const lists = endpoints.map(it => (it as { plugins?: unknown } | null)?.plugins);
  return lists.flat().filter(isPluginId);
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
