import {
  isSignedBy,
  limited,
  readClaims,
  readHeader,
  staticTokens,
  withOtherSignature,
} from '../callers.js';
import { step, unauthenticated } from '../step.js';

const { deployBot } = staticTokens;

/** Has `my-plugin` call a plugin that keeps the token, and returns what the token says. */
async function catchToken(walk, bearer) {
  const { status } = await walk.get('/api/my-plugin/relay/mirror', { bearer });
  walk.caught = walk.side.received();
  walk.sent.add(walk.caught);
  const { typ, alg, kid } = readHeader(walk.caught);
  const claims = readClaims(walk.caught);
  return { status, typ, alg, kid, names: Object.keys(claims).sort(), claims };
}

export const pluginTokens = {
  title: 'Tokens between plugins',
  steps: [
    step(
      'on behalf of a service, a token names the two plugins and nobody else',
      walk => catchToken(walk, deployBot),
      {
        status: 200,
        ...{ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: /./ },
        names: ['aud', 'exp', 'iat', 'sub'],
        claims: { sub: 'my-plugin', aud: 'mirror' },
      },
    ),
    step(
      'on behalf of a user, a token carries her limited token',
      async walk => {
        const found = await catchToken(walk, walk.user);
        return { ...found, carriesHers: found.claims.obo === limited(walk.user) };
      },
      {
        status: 200,
        ...{ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: /./ },
        names: ['aud', 'exp', 'iat', 'obo', 'sub'],
        claims: { sub: 'my-plugin', aud: 'mirror' },
        carriesHers: true,
      },
    ),
    step(
      'a token does not outlive the one that it carries',
      async ({ user, caught }) => ({
        outlives: readClaims(caught).exp > readClaims(user).exp,
      }),
      { outlives: false },
    ),
    step(
      'the key set of the plugin verifies the token',
      async walk => {
        const { body } = await walk.get('/api/my-plugin/.backstage/auth/v1/jwks.json');
        return { signed: isSignedBy(body.keys, walk.caught) };
      },
      { signed: true },
    ),
    step(
      'the key set for users verifies the limited token',
      async walk => {
        const { body } = await walk.get('/api/auth/.well-known/jwks.json');
        return { signed: isSignedBy(body.keys, readClaims(walk.caught).obo) };
      },
      { signed: true },
    ),
    step(
      'a token for one plugin is refused by another',
      walk => walk.get('/api/second-plugin/who', { bearer: walk.caught }),
      unauthenticated(),
      { onBackstage: unauthenticated('Failed plugin token verification') },
    ),
    step(
      'a token between plugins with another signature is refused',
      walk => walk.get('/api/second-plugin/who', { bearer: withOtherSignature(walk.caught) }),
      unauthenticated(),
      { onBackstage: unauthenticated('Failed plugin token verification') },
    ),
    step(
      'a plugin token does not pass for a limited token in a cookie',
      walk => walk.get('/api/my-plugin/page', { cookie: `backstage-auth=${walk.caught}` }),
      unauthenticated(),
      { onBackstage: unauthenticated('Failed plugin token verification') },
    ),
  ],
};
