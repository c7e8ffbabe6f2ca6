import type { HumanDuration } from '@backstage/types';
import type { Clock, KeyStore, LoggerService } from '@stagepass/auth-node';
import { consoleLogger, createAuthError, quote, systemClock } from '@stagepass/auth-node/internal';
import { keyLifecyclePolicy } from '../../keys/keyLifecycle';
import { KnexKeyStore } from '../../keys/KnexKeyStore';
import { LocalKeySet } from '../../keys/LocalKeySet';
import { MemoryKeyStore } from '../../keys/MemoryKeyStore';
import { RotatingKeySource } from '../../keys/RotatingKeySource';
import { openTables, type PluginDatabase, USER_KEYS_TABLE, userTables } from '../../keys/sqlTables';
import { isSignatureAlgorithm, signatureAlgorithms } from '../algorithms';
import { DefaultUserTokenIssuer } from './DefaultUserTokenIssuer';
import { readTokenLifetime } from './tokenLifetime';
import { KnexUserRecords, MemoryUserRecords } from './UserRecords';
import type { UserTokenIssuer } from './UserTokenIssuer';
import { UserTokens } from './UserTokens';

/**
 * Makes the issuer with which the `auth` plugin of a deployment signs users in. Its first key is published
 * when the promise resolves.
 *
 * @param options - see the members
 * @throws Error `AUTH_CONFIG_INVALID` when an option is wrong
 * @throws ServiceUnavailableError `AUTH_KEYS_UNAVAILABLE` when the first key cannot be published
 * @public
 */
export async function createUserTokenIssuer(options: {
  /** The `iss` of the tokens: the external base URL of the auth plugin. */
  issuer: string;
  /** The database of the auth plugin, for keys and user records; without it both live in memory. */
  database?: PluginDatabase;
  /** Another place for the public keys. */
  keyStore?: KeyStore;
  /** How long a user token lives, and how often keys rotate; 10 minutes to 24 hours, default 1 hour. */
  tokenLifetime?: HumanDuration;
  /** What user tokens are signed with; default ES256. Verifiers must be configured for another. */
  algorithm?: string;
  /**
   * Leave `ent` out of the token, so that it stays short; services then ask for it. Default true, as in
   * Backstage.
   */
  omitOwnershipClaim?: boolean;
  /** Default: warnings and errors to standard error. */
  logger?: LoggerService;
  /** For tests. */
  clock?: Clock;
}): Promise<UserTokenIssuer> {
  const { issuer, database, algorithm = 'ES256', omitOwnershipClaim = true } = options;
  const { clock = systemClock, logger = consoleLogger } = options;
  if (!URL.canParse(issuer)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `issuer: expected the external base URL of the auth plugin, found ${quote(issuer)}`,
    );
  }
  if (!isSignatureAlgorithm(algorithm)) {
    throw createAuthError(
      'AUTH_CONFIG_INVALID',
      `algorithm: expected one of ${signatureAlgorithms.join(', ')}, found ${quote(algorithm)}`,
    );
  }
  const tokenLife = readTokenLifetime(options.tokenLifetime, logger);
  const client = database && (await openTables(database, userTables, { clock, logger }));
  const keyStore =
    options.keyStore ??
    (client ? new KnexKeyStore({ client, table: USER_KEYS_TABLE, logger }) : new MemoryKeyStore());
  const policy = keyLifecyclePolicy(tokenLife, tokenLife);
  const keySource = new RotatingKeySource({ store: keyStore, algorithm, policy, clock, logger });
  await keySource.open();
  const ownKeys = new LocalKeySet(() => keySource.listPublicKeys(), clock);
  const userTokens = new UserTokens({
    findKey: kid => ownKeys.require(kid),
    algorithms: [algorithm],
    clock,
  });
  return new DefaultUserTokenIssuer({
    issuer,
    keySource,
    records: client ? new KnexUserRecords(client, clock) : new MemoryUserRecords(),
    userTokens,
    tokenLifeSeconds: tokenLife / 1000,
    omitOwnershipClaim,
    clock,
  });
}
