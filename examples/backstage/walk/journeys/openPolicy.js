import { staticTokens } from '../callers.js';
import { notAllowed, ok, step, unauthenticated } from '../step.js';

const { pageProbe, reportJob } = staticTokens;
const reports = '/api/my-plugin/reports';

export const openPolicy = {
  title: 'Without the default policy',
  steps: [
    step('nobody reaches the plugin', walk => walk.get('/api/my-plugin/who'), ok({ type: 'none' })),
    step(
      'a bearer header with nothing in it is nobody',
      walk => walk.get('/api/my-plugin/who', { authorization: 'Bearer ' }),
      ok({ type: 'none' }),
    ),
    step(
      'on behalf of nobody the next plugin is called without a token',
      walk => walk.get('/api/my-plugin/relay/second-plugin'),
      ok({ type: 'none' }),
    ),
    step(
      'the catalog shows nobody nothing',
      walk => walk.get('/api/my-plugin/makes-calls'),
      ok({ entities: [] }),
    ),
    step(
      'the policy allows nobody what is for all',
      walk => walk.get('/api/my-plugin/notices'),
      ok({ result: 'ALLOW' }),
    ),
    step(
      'the policy denies nobody the rest',
      walk => walk.get(reports),
      notAllowed('Not in this policy'),
    ),
    step(
      'a token that is worth nothing is still refused',
      walk => walk.get('/api/my-plugin/who', { bearer: 'neither.here.nor-there' }),
      unauthenticated(),
    ),
    step(
      'a restricted service has the permission that its entry names',
      walk => walk.get(reports, { bearer: reportJob }),
      ok({ result: 'ALLOW' }),
    ),
    step(
      'a restricted service has no other permission',
      walk => walk.send('POST', reports, { bearer: reportJob }),
      notAllowed('Not in this policy'),
    ),
    step(
      'a restricted caller is refused by a plugin that is not listed',
      walk => walk.get('/api/second-plugin/who', { bearer: pageProbe }),
      notAllowed('Access to this plugin is restricted'),
      { onBackstage: notAllowed("This token's access is restricted to plugin(s) 'my-plugin'") },
    ),
    step('a user signs in', walk => walk.signIn(), {
      status: 200,
      body: { backstageIdentity: { token: /^ey/ } },
    }),
    step(
      'the policy allows the user',
      walk => walk.get(reports, { bearer: walk.user }),
      ok({ result: 'ALLOW' }),
    ),
    step(
      'the configured number of requests is answered, and no more',
      async walk => {
        const statuses = [];
        while (statuses.length < 25 && !statuses.includes(429)) {
          statuses.push((await walk.get('/api/my-plugin/open')).status);
        }
        return { first: statuses.at(0), last: statuses.at(-1) };
      },
      { first: 200, last: 429 },
    ),
  ],
};
