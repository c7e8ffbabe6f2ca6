import type { UserTokenIssuer } from '@stagepass/auth-backend';
import { createUserTokenRouter } from '@stagepass/auth-http/express';
import { AuthenticationError } from '@stagepass/auth-node';
import express, { type Router } from 'express';
import type { LocalUser } from '../config';
import { inputError } from './inputError';
import { checkPassword } from './password';
import type { PluginServices } from './PluginServices';

/** The plugin `auth`: signs users in, publishes the keys of their tokens, tells what they own. */
export function authPlugin(
  { addAuthPolicy }: PluginServices,
  { issuer, users }: { issuer: UserTokenIssuer; users: LocalUser[] },
): Router {
  addAuthPolicy({ path: '/sign-in', allow: 'unauthenticated', methods: ['POST'], exact: true });
  // These two are the issuer's routes: the key set is for everyone, user info takes the token itself.
  addAuthPolicy({ path: '/.well-known/jwks.json', allow: 'unauthenticated', exact: true });
  addAuthPolicy({ path: '/v1/userinfo', allow: 'unauthenticated', exact: true });

  const router = express.Router();
  router.use(createUserTokenRouter({ issuer }));

  router.post('/sign-in', express.json(), async (req, res) => {
    const { username, password } = (req.body ?? {}) as Record<string, unknown>;
    if (typeof username !== 'string' || typeof password !== 'string') {
      throw inputError('Expected a JSON object with the texts "username" and "password"');
    }
    const user = users.find(({ name }) => name === username);
    if (!(await checkPassword(password, user?.password)) || !user) {
      throw new AuthenticationError('Wrong user name or password');
    }
    const ref = `user:default/${user.name}`;
    const { token, expiresAt } = await issuer.issueToken({
      claims: { sub: ref, ent: [ref, ...user.groups] },
    });
    res.set('Cache-Control', 'no-store').json({ token, expiresAt });
  });

  return router;
}
