import type { DatabaseServer } from '../databases/servers';
import type { ReplicaSettings } from './replicaProcess';
import type { Route } from './Traffic';

/**
 * The plugins of the replicas under test. The gateway stands in a backend of its own, though in the same
 * processes: its keys, and for it those of the others, come over HTTP, while catalog and search ask the
 * process first.
 */
export async function createBackend(
  server: DatabaseServer,
): Promise<Pick<ReplicaSettings, 'backends' | 'databases' | 'patience'>> {
  const plugins = ['catalog', 'search', 'gateway'];
  const databases = plugins.map(
    async pluginId => [pluginId, (await server.createDatabase()).settings] as const,
  );
  return {
    backends: [['catalog', 'search'], ['gateway']],
    // None of these tests is about how long a replica waits.
    patience: 10,
    databases: Object.fromEntries(await Promise.all(databases)),
  };
}

/** From where to where the tokens of the test go. */
export const routes: readonly Route[] = [
  ['catalog', 'search'],
  ['search', 'catalog'],
  ['catalog', 'gateway'],
  ['gateway', 'search'],
];
