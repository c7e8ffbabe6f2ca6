import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import express from 'express';
import Router from 'express-promise-router';
import { answerWithEntities } from './entities.js';

/**
 * Tasks that outlive the request that began them. Credentials are stored as the scaffolder stores them: the
 * token, which does not enumerate, is added by hand.
 */
export default createBackendModule({
  pluginId: 'my-plugin',
  moduleId: 'tasks',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        userInfo: coreServices.userInfo,
      },
      async init({ auth, database, httpAuth, httpRouter, userInfo }) {
        const knex = await database.getClient();
        await knex.schema.createTable('tasks', table => {
          table.increments('id');
          table.text('secrets').notNullable();
        });
        const read = async id => JSON.parse((await knex('tasks').where({ id }).first()).secrets);

        const router = Router();
        router.use(express.json());

        router.post('/tasks', async (req, res) => {
          const credentials = await httpAuth.credentials(req);
          const secrets = JSON.stringify({ ...credentials, token: credentials.token });
          const [id] = await knex('tasks').insert({ secrets });
          res.status(201).json({ id, members: Object.keys(JSON.parse(secrets)).sort() });
        });

        // As if somebody had written to the table.
        router.put('/tasks/:id/principal', async (req, res) => {
          const secrets = JSON.stringify({ ...(await read(req.params.id)), principal: req.body });
          await knex('tasks').where({ id: req.params.id }).update({ secrets });
          res.status(204).end();
        });

        router.get('/tasks/:id/owner', async (req, res) => {
          res.json(await userInfo.getUserInfo(await read(req.params.id)));
        });

        router.post('/tasks/:id/resume', async (req, res) => {
          const { token } = await auth.getPluginRequestToken({
            onBehalfOf: await read(req.params.id),
            targetPluginId: 'catalog',
          });
          await answerWithEntities(res, token);
        });

        httpRouter.use(router);
      },
    });
  },
});
