import { createHttpAuthService } from '@stagepass/auth-http';
import type { AuthRequest } from '@stagepass/auth-node';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';

const tokens = 100_000;
const windowSeconds = 10;
/** Of one code: three different lines, and one that counts the others. */
const linesPerWindow = 4;

/** A plugin with real services, whose log, audit trail and clock are the test's. */
async function start() {
  const installation = new Installation();
  const auth = await installation.plugin();
  const httpAuth = createHttpAuthService({
    auth,
    pluginId: 'scaffolder',
    discovery: {
      getBaseUrl: async id => `http://backend/api/${id}`,
      getExternalBaseUrl: async id => `https://example.com/api/${id}`,
    },
    logger: installation.logger,
    onAuthEvent: event => void installation.events.push(event),
    clock: installation.clock,
  });
  return { installation, httpAuth };
}

/** Bad tokens of many kinds, no two alike: as attackers write them, without a key. */
function badRequest(installation: Installation, index: number): AuthRequest {
  const [header, payload] = installation.pluginToken().split('.');
  const plugin = (claims: object, more: object = {}) =>
    `${segment({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key', ...more })}.${segment(
      { sub: 'catalog', aud: 'scaffolder', iat: installation.now, exp: 2e9, ...claims },
    )}.${index}x`;
  const token = [
    `junk-${index}`,
    `${index}.${index}.${index}`,
    `${header}.${payload}.${segment(`${index}`)}`,
    plugin({ aud: `other-${index}` }),
    plugin({}, { kid: `key-${index}` }),
    plugin({ sub: `plugin-${index}` }),
    plugin({}, { alg: `HS${index}` }),
    plugin({}, { typ: `type-${index}` }),
  ][index % 8];
  const authorization = index % 9 === 8 ? `Basic ${index}` : `Bearer ${token}`;
  return { method: 'GET', headers: { authorization, 'x-request-id': `request-${index}` } };
}

describe('LOG-04: a hundred thousand bad tokens', () => {
  it('are a few lines per code and ten seconds, each an event, and no timers of their own', async () => {
    const { installation, httpAuth } = await start();
    const { clock, events, logger } = installation;
    const codes = new Set<string>();
    const prepared = Array.from({ length: 72 }, (_, index) => badRequest(installation, index));
    let refused = 0;
    let mostTimers = 0;
    for (let index = 0; index < tokens; index += 1) {
      const { headers } = prepared[index % prepared.length]!;
      const { authorization } = headers as { authorization: string };
      const request = { method: 'GET', headers: { authorization: `${authorization}${index}` } };
      await httpAuth
        .credentials(request, { allow: ['user', 'service'] })
        .catch(() => (refused += 1));
      clock.advance(1);
      mostTimers = Math.max(mostTimers, clock.pendingTimers);
    }
    for (const event of events) if (event.type === 'refused') codes.add(event.code);
    const windows = tokens / 1_000 / windowSeconds + 1;
    expect(refused).toBe(tokens);
    expect(events).toHaveLength(tokens);
    expect(codes.size).toBeGreaterThan(3);
    // Both services count; and key sets that cannot be fetched are told of too.
    const kinds = 2 * codes.size + 1;
    expect(logger.entries.length).toBeLessThanOrEqual(kinds * linesPerWindow * windows);
    expect(mostTimers).toBeLessThanOrEqual(kinds + 2);

    httpAuth.close();
    await installation.backend.close();
    expect(clock.pendingTimers).toBe(0);
    const told = logger.entries.filter(({ message }) => message.startsWith('Refused'));
    const counted = told.map(({ meta }) => Number((meta as { count?: number }).count ?? 1));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(tokens);
  }, 600_000);
});
