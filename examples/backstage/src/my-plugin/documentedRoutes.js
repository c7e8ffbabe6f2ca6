import express from 'express';
import Router from 'express-promise-router';
import { answerWithEntities } from './entities.js';

/** Routes around the examples in the documentation of Backstage's auth service, as they are written there. */
export function createDocumentedRoutes({ auth, httpAuth }) {
  const router = Router();
  router.use(express.json());

  router.get('/calls-as-itself', async (_req, res) => {
    // Documented: "Creating Request Tokens", as the plugin itself.
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await auth.getOwnServiceCredentials(),
      targetPluginId: 'catalog',
    });
    await answerWithEntities(res, token);
  });

  // Documented: "Creating Request Tokens", on behalf of the caller.
  router.get('/makes-calls', async (req, res) => {
    const { token } = await auth.getPluginRequestToken({
      onBehalfOf: await httpAuth.credentials(req),
      targetPluginId: 'catalog',
    });
    await answerWithEntities(res, token);
  });
  // make a call using the token

  router.post('/holds-a-token', async (req, res) => {
    const { token } = req.body;
    // Documented: "Authorizing Tokens".
    const credentials = await auth.authenticate(token);
    const { type } = credentials.principal;
    // Documented: "Inspecting Credentials".
    if (auth.isPrincipal(credentials, 'user')) {
      // In here, the TypeScript type of the credentials object has been properly
      // narrowed to `BackstageCredentials<BackstageUserPrincipal>` so you can
      // access its specific properties such as `credentials.principal.userEntityRef`.
      res.json({ type, userEntityRef: credentials.principal.userEntityRef });
    } else {
      res.json({ type });
    }
  });

  return router;
}
