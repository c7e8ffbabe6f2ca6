import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService, Clock } from '@stagepass/auth-node';
import { systemClock } from '@stagepass/auth-node/internal';
import type { Knex } from 'knex';
import { createBackstageAuthService } from '../interop/backstageClasses';
import { silentLogger as logger } from './silentLogger';

/** The table of plugin keys, and those in which knex records how it was made. */
export const KEYS = 'backstage_backend_public_keys__keys';
export const RECORD = 'backstage_backend_public_keys__knex_migrations';
export const LOCK = `${RECORD}_lock`;
export const OWNER = 'stagepass_key_owner';

/** What {@link RECORD} holds, whoever made the table. */
export const recorded = [{ id: 1, name: '20240327104803_public_keys.js', batch: 1 }];

// Nothing in these tests verifies a token of another process.
const nowhere = () => Promise.resolve('http://127.0.0.1:1');
const discovery = { getBaseUrl: nowhere, getExternalBaseUrl: nowhere };

/** Starts a replica of a plugin, as a process of its own would; it is ready when the promise resolves. */
export function startReplica(
  client: Knex,
  options: { pluginId?: string; skip?: boolean; clock?: Clock } = {},
): Promise<AuthService> {
  const { pluginId = 'catalog', skip, clock } = options;
  return createAuthBackend({ discovery, logger, clock }).forPlugin(pluginId, {
    database: { getClient: () => Promise.resolve(client), migrations: { skip } },
  });
}

/** Starts a replica that runs Backstage's implementation. */
export function startBackstageReplica(client: Knex, pluginId = 'catalog'): Promise<AuthService> {
  return createBackstageAuthService({ pluginId, client, discovery, logger });
}

/** A clock for tests of what happens after many attempts: it waits for nothing, but leaves deadlines alone. */
export const hurriedClock: Clock = {
  ...systemClock,
  setTimeout(callback, milliseconds) {
    if (milliseconds >= 5_000) return systemClock.setTimeout(callback, milliseconds);
    queueMicrotask(callback);
    return () => {};
  },
};

/** The error of a wrong configuration, with this message. */
export function invalidConfig(message: unknown) {
  return { name: 'Error', code: 'AUTH_CONFIG_INVALID', message };
}

/** The error of a database that cannot be used now, with this reason. */
export function keysUnavailable(reason: unknown) {
  return {
    name: 'ServiceUnavailableError',
    code: 'AUTH_KEYS_UNAVAILABLE',
    message: 'Credentials cannot be verified at the moment',
    reason,
  };
}
