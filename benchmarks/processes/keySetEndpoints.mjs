import { performance } from 'node:perf_hooks';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import { createPluginRouter } from '@stagepass/auth-http/express';
import express from 'express';
import createKnex from 'knex';
import { answerParent } from '../harness/processes.mjs';
import { createBackstageAuth, createBackstageDoor } from '../subjects/backstage.mjs';
import { listen } from '../subjects/listen.mjs';

const pluginId = 'receiver';
const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
const getBaseUrl = async id => `http://127.0.0.1/api/${id}`;
const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };

/** The key set of one plugin, with its keys in a SQLite database of its own. */
const openers = {
  async ours(database) {
    const backend = createAuthBackend({ discovery, database, logger });
    const auth = await backend.forPlugin(pluginId);
    const httpAuth = createHttpAuthService({ auth, discovery, pluginId, logger });
    return { auth, router: createPluginRouter({ auth, httpAuth }).router };
  },
  async backstage(database) {
    const auth = await createBackstageAuth({ pluginId, discovery, database, logger });
    return { auth, router: createBackstageDoor({ auth, discovery, pluginId }).router };
  },
};

const ports = {};
const databases = {};
for (const [name, open] of Object.entries(openers)) {
  const client = createKnex({
    client: 'better-sqlite3',
    connection: { filename: ':memory:' },
    useNullAsDefault: true,
    pool: { min: 1, max: 1 },
  });
  const database = { queries: 0, getClient: async () => client };
  client.on('query', () => (database.queries += 1));
  const { auth, router } = await open(database);
  // A key is there to be published.
  await auth.getPluginRequestToken({
    onBehalfOf: await auth.getOwnServiceCredentials(),
    targetPluginId: pluginId,
  });
  const app = express();
  app.use(`/api/${pluginId}`, router);
  ports[name] = await listen(app);
  databases[name] = database;
}

let before;
answerParent(
  {
    begin(name) {
      before = { queries: databases[name].queries, at: performance.now() };
    },
    /** @returns {{ queries: number, seconds: number }} since `begin` */
    end: name => ({
      queries: databases[name].queries - before.queries,
      seconds: (performance.now() - before.at) / 1000,
    }),
  },
  { ports, path: `/api/${pluginId}/.backstage/auth/v1/jwks.json` },
);
