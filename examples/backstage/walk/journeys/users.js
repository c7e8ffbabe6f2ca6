import { limited, staticTokens, withOtherClaims, withOtherSignature } from '../callers.js';
import { notAllowed, ok, step, unauthenticated } from '../step.js';

const jane = { type: 'user', userEntityRef: 'user:default/jane' };
const owned = { entities: ['component:default/signal-box'] };
const everything = { entities: list => list.length >= 5 };
const who = '/api/my-plugin/who';

export const users = {
  title: 'Users',
  steps: [
    step('a guest signs in', walk => walk.signIn(), {
      status: 200,
      body: {
        backstageIdentity: { token: /^ey/, identity: { userEntityRef: 'user:default/jane' } },
      },
    }),
    step('a user is known to a plugin', walk => walk.get(who, { bearer: walk.user }), ok(jane)),
    step(
      'the scheme of the header is read in any case',
      walk => walk.get(who, { authorization: `bEARER ${walk.user}` }),
      ok(jane),
    ),
    step(
      'the catalog shows a user what the policy lets her see',
      async walk => {
        const { status, body } = await walk.get('/api/catalog/entities', { bearer: walk.user });
        return { status, body: body.map?.(entity => entity.metadata.name) ?? body };
      },
      ok(['signal-box']),
    ),
    step(
      'a plugin asks the catalog on behalf of the user',
      walk => walk.get('/api/my-plugin/makes-calls', { bearer: walk.user }),
      ok(owned),
    ),
    step(
      'a plugin asks the catalog as itself',
      walk => walk.get('/api/my-plugin/calls-as-itself', { bearer: walk.user }),
      ok(everything),
    ),
    step(
      'the next plugin sees the user, and who is acting',
      walk => walk.get('/api/my-plugin/relay/second-plugin', { bearer: walk.user }),
      ok({ ...jane, actor: 'plugin:my-plugin' }),
    ),
    step(
      'a plugin that holds a token makes credentials of it',
      walk =>
        walk.send('POST', '/api/my-plugin/holds-a-token', {
          bearer: staticTokens.deployBot,
          body: { token: walk.user },
        }),
      ok(jane),
    ),
    step(
      'user info knows who the user is, and what she owns',
      walk => walk.get('/api/my-plugin/me', { bearer: walk.user }),
      ok({
        userEntityRef: 'user:default/jane',
        ownershipEntityRefs: ['user:default/jane', 'group:default/station'],
      }),
    ),
    step(
      'user info is for users',
      walk => walk.get('/api/my-plugin/me', { bearer: staticTokens.deployBot }),
      notAllowed("This endpoint does not allow 'service' credentials"),
    ),
    step(
      'the auth plugin tells the bearer of a limited token what the user owns',
      walk => walk.get('/api/auth/v1/userinfo', { bearer: limited(walk.user) }),
      ok({ claims: { sub: 'user:default/jane' } }),
    ),
    step('nobody is refused', walk => walk.get(who), unauthenticated('Missing credentials')),
    step(
      'a refusal says how to present oneself',
      async walk => {
        const { status, headers } = await walk.get(who);
        return { status, challenge: headers['www-authenticate'] };
      },
      { status: 401, challenge: 'Bearer realm="backend"' },
      { on: ['stagepass'] },
    ),
    step(
      'a header with another scheme is refused',
      walk => walk.get(who, { authorization: 'Basic amFuZTp0cmFpbnM=' }),
      unauthenticated('Malformed or ambiguous credentials'),
      { onBackstage: unauthenticated('Missing credentials') },
    ),
    step(
      'a user token with another signature is refused',
      walk => walk.get(who, { bearer: withOtherSignature(walk.user) }),
      unauthenticated(),
      { onBackstage: unauthenticated('Failed user token verification') },
    ),
    step(
      'a user token with other claims is refused',
      walk => walk.get(who, { bearer: withOtherClaims(walk.user, { sub: 'user:default/john' }) }),
      unauthenticated(),
      { onBackstage: unauthenticated('Failed user token verification') },
    ),
    step(
      'a limited token is refused where full credentials are asked for',
      walk => walk.get(who, { bearer: limited(walk.user) }),
      unauthenticated('Illegal limited user token'),
    ),
  ],
};
