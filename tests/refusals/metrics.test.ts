import { collectMetrics, type Point } from './metrics';
import { bearer, World } from './World';

const plugin = { 'stagepass.plugin.id': 'scaffolder' };
const kind = (tokenKind: string) => ({ ...plugin, 'stagepass.token.kind': tokenKind });
const point = (labels: Point['labels'], count = 1): Point => ({ labels, count });
const byLabels = (points: Point[] = []) =>
  points.toSorted((a, b) => JSON.stringify(a.labels).localeCompare(JSON.stringify(b.labels)));

describe('metrics', () => {
  const metrics = collectMetrics();
  afterAll(() => metrics.stop());

  it('count what is verified, refused, issued and fetched, and how long it takes', async () => {
    const world = await new World({
      externalAccess: [{ type: 'static', options: { token: 'a-static-token', subject: 'ci' } }],
    }).start();
    const { installation: it } = world;
    await world.send({ headers: bearer(it.pluginToken()) });
    await world.send({ headers: bearer(it.pluginToken()) });
    await world.send({ headers: bearer(it.userToken()), path: '/calls' });
    await world.send({
      headers: { cookie: `backstage-auth=${it.limitedUserToken()}` },
      path: '/view',
    });
    await world.send({ headers: bearer('a-static-token') });
    await world.send({ headers: bearer(it.pluginToken({ aud: 'search' })) });
    await world.send({ headers: bearer('x') });
    await world.send({});
    it.network.goDown();
    await world.send({ headers: bearer(it.pluginToken({ sub: 'search' })) });
    await world.stop();

    const found = await metrics.read();
    expect(byLabels(found['stagepass.auth.verifications in {token}'])).toEqual(
      byLabels([
        point(kind('plugin'), 2),
        point(kind('user')),
        point(kind('limited-user')),
        point(kind('other')),
      ]),
    );
    const refused = [
      point({ ...kind('plugin'), 'error.type': 'AUTH_AUDIENCE_MISMATCH' }),
      point({ ...kind('other'), 'error.type': 'AUTH_TOKEN_MALFORMED' }),
      point({ ...kind('plugin'), 'error.type': 'AUTH_KEYS_UNAVAILABLE' }),
    ];
    expect(byLabels(found['stagepass.auth.refusals in {refusal}'])).toEqual(
      byLabels([...refused, point({ ...plugin, 'error.type': 'AUTH_CREDENTIALS_MISSING' })]),
    );
    expect(byLabels(found['stagepass.auth.verification.duration in s'])).toEqual(
      byLabels([
        ...refused,
        point(kind('plugin'), 2),
        point(kind('user')),
        point(kind('limited-user')),
        point(kind('other')),
      ]),
    );
    expect(found['stagepass.auth.issued_tokens in {token}']).toEqual([
      point({ ...plugin, 'stagepass.issue.kind': 'delegated' }),
    ]);
    expect(found['stagepass.auth.issue.duration in s']).toEqual([point(plugin)]);
    expect(byLabels(found['stagepass.auth.key_set.fetches in {request}'])).toEqual([
      point({ 'stagepass.outcome': 'failure' }),
      point({ 'stagepass.outcome': 'success' }, 2),
    ]);
  });
});

describe('without a meter provider', () => {
  it('nothing is measured, and nothing fails', async () => {
    const world = await new World().start();
    expect((await world.send({ headers: bearer('x') })).status).toBe(401);
    expect((await world.send({ headers: bearer(world.installation.pluginToken()) })).status).toBe(
      200,
    );
    await world.stop();
  });
});
