import { staticTokens } from '../callers.js';
import { notAllowed, ok, step } from '../step.js';

const { deployBot, reportJob } = staticTokens;
const reports = '/api/my-plugin/reports';
const allowed = ok({ result: 'ALLOW' });
const denied = notAllowed('Not in this policy');

export const permissions = {
  title: 'Permissions',
  steps: [
    step('the policy allows a user', walk => walk.get(reports, { bearer: walk.user }), allowed),
    step(
      'the policy denies a user',
      walk => walk.send('POST', reports, { bearer: walk.user }),
      denied,
    ),
    step(
      'the catalog decides on conditions that hold',
      walk => walk.get('/api/my-plugin/components/signal-box', { bearer: walk.user }),
      allowed,
    ),
    step(
      'the catalog decides on conditions that do not hold',
      walk => walk.get('/api/my-plugin/components/boat-house', { bearer: walk.user }),
      denied,
    ),
    step(
      'a service may do everything',
      walk => walk.send('POST', reports, { bearer: deployBot }),
      allowed,
    ),
    step(
      'a restricted service has the permission that its entry names',
      walk => walk.get(reports, { bearer: reportJob }),
      allowed,
    ),
    step(
      'a restricted service has no other permission',
      walk => walk.send('POST', reports, { bearer: reportJob }),
      denied,
    ),
    step(
      'the catalog lets a restricted service read',
      walk => walk.get('/api/catalog/entities', { bearer: reportJob }),
      { status: 200, body: list => list?.length >= 5 },
    ),
    step(
      'the catalog does not let a restricted service write',
      walk =>
        walk.send('POST', '/api/catalog/locations', {
          bearer: reportJob,
          body: { type: 'file', target: './nothing.yaml' },
        }),
      { status: 403, body: { error: { name: 'NotAllowedError' } } },
    ),
  ],
};
