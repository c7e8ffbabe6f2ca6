import { legacyToken, staticTokens } from '../callers.js';
import { notAllowed, ok, step, unauthenticated } from '../step.js';

const who = '/api/my-plugin/who';
const { deployBot, reportJob, pageProbe } = staticTokens;
const past = () => Math.floor(Date.now() / 1000) - 60;

export const externalCallers = {
  title: 'External callers',
  steps: [
    step(
      'a static token is a service',
      walk => walk.get(who, { bearer: deployBot }),
      ok({ type: 'service', subject: 'deploy-bot' }),
    ),
    step(
      'a static token opens the catalog',
      walk => walk.get('/api/catalog/entities', { bearer: deployBot }),
      { status: 200, body: list => list.length >= 5 },
    ),
    step(
      'on behalf of a service, a plugin calls as itself',
      walk => walk.get('/api/my-plugin/relay/second-plugin', { bearer: deployBot }),
      ok({ type: 'service', subject: 'plugin:my-plugin' }),
    ),
    step(
      'another static token is refused',
      walk => walk.get(who, { bearer: `${deployBot}s` }),
      unauthenticated(),
    ),
    step(
      'a restricted caller is let in where it is listed',
      walk => walk.get(who, { bearer: reportJob }),
      ok({ accessRestrictions: { permissionNames: ['my-plugin.report.read'] } }),
    ),
    step(
      'a restricted caller is refused by a plugin that is not listed',
      walk => walk.get('/api/second-plugin/who', { bearer: pageProbe }),
      notAllowed('Access to this plugin is restricted'),
      { onBackstage: notAllowed("This token's access is restricted to plugin(s) 'my-plugin'") },
    ),
    step(
      'a restricted caller is refused by the permission plugin too',
      walk => walk.send('POST', '/api/permission/authorize', { bearer: reportJob, body: {} }),
      notAllowed('Access to this plugin is restricted'),
      { onBackstage: notAllowed(/^This token's access is restricted to plugin/) },
    ),
    step(
      'a restricted caller is not carried on to a plugin that is not listed',
      walk => walk.get('/api/my-plugin/relay/second-plugin', { bearer: pageProbe }),
      notAllowed('This call may not be made for its caller'),
      { onBackstage: notAllowed(/not included in token's access restrictions$/) },
    ),
    step(
      'a restricted caller is carried on to a plugin that is listed without refinement',
      walk => walk.get('/api/my-plugin/relay/second-plugin', { bearer: reportJob }),
      ok({ type: 'service', subject: 'plugin:my-plugin', accessRestrictions: {} }),
      { onBackstage: ok({ type: 'service', subject: 'plugin:my-plugin' }) },
    ),
    step(
      'a restricted caller is carried on to where it has some permissions, with these',
      walk => walk.get('/api/my-plugin/makes-calls', { bearer: reportJob }),
      ok({ entities: list => list.length >= 5 }),
      { onBackstage: notAllowed(/is restricted and cannot be delegated$/) },
    ),
    step(
      'a legacy token is a service',
      walk => walk.get(who, { bearer: legacyToken() }),
      ok({ type: 'service', subject: 'legacy-app' }),
    ),
    step(
      'a legacy token opens the catalog',
      walk => walk.get('/api/catalog/entities', { bearer: legacyToken() }),
      { status: 200, body: list => list.length >= 5 },
    ),
    step(
      'a legacy token that has expired is refused',
      walk => walk.get(who, { bearer: legacyToken({ exp: past() }) }),
      unauthenticated(),
      { on: ['stagepass', 'minimum'] },
    ),
    step(
      'a legacy token that never expires is refused',
      walk => walk.get(who, { bearer: legacyToken({ exp: undefined }) }),
      unauthenticated(),
      { onBackstage: ok({ subject: 'legacy-app' }) },
    ),
    step(
      'a legacy token made with another secret is refused',
      walk => walk.get(who, { bearer: legacyToken({}, 'another secret, which is as long') }),
      unauthenticated(),
    ),
    step(
      'a token of the third party is a service',
      walk => walk.get(who, { bearer: walk.thirdParty.token() }),
      ok({ type: 'service', subject: 'external:pipeline:release' }),
    ),
    step(
      'a token of the third party that has expired is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.token({ exp: past() }) }),
      unauthenticated(),
    ),
    step(
      'a token of the third party that never expires is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.token({ exp: undefined }) }),
      unauthenticated(),
      { onBackstage: ok({ subject: 'external:pipeline:release' }) },
    ),
    step(
      'a token of the third party for another audience is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.token({ aud: 'somewhere-else' }) }),
      unauthenticated(),
    ),
    step(
      'a token of the third party from another issuer is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.token({ iss: 'https://other.example' }) }),
      unauthenticated(),
    ),
    step(
      'a token of the third party with an algorithm that is not configured is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.tokenOfOtherAlgorithm() }),
      unauthenticated(),
    ),
    step(
      'a token of the third party with a key that it did not publish is refused',
      walk => walk.get(who, { bearer: walk.thirdParty.tokenOfStranger() }),
      unauthenticated(),
    ),
    step(
      'what is no token at all is refused',
      walk => walk.get(who, { bearer: 'neither.here.nor-there' }),
      unauthenticated(),
    ),
  ],
};
