import { inspect } from 'node:util';
import type { JsonObject } from '@backstage/types';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import type { AuthError } from '@stagepass/auth-node';
import fc from 'fast-check';
import {
  hostileRequest,
  publishedKeys,
  RESTRICTED_TOKEN,
  SECRET,
  STATIC_TOKEN,
  TELLABLE,
} from './hostile';
import { collectMetrics } from './metrics';
import { bearer, World } from './World';

const auth: JsonObject = {
  externalAccess: [
    { type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } },
    {
      type: 'static',
      options: { token: RESTRICTED_TOKEN, subject: 'reader' },
      accessRestrictions: [{ plugin: 'scaffolder', permission: 'read' }],
    },
    {
      type: 'legacy',
      options: {
        secret: Buffer.from(`${SECRET}-shared-secret`).toString('base64'),
        subject: 'old',
      },
    },
    {
      type: 'jwks',
      options: {
        url: `https://idp.example/keys?key=${SECRET}`,
        issuer: 'https://idp.example',
        audience: 'scaffolder',
        algorithm: 'ES256',
      },
    },
    { type: 'careless', options: {} },
  ],
};

const privateMembers = Object.values(publishedKeys).map(
  ({ privateKey }) => privateKey.export({ format: 'jwk' }).d as string,
);

/** Everything that an error could show, but for its reason. */
function shownOf(error: unknown): string {
  const { reason: _, ...shown } = Object.getOwnPropertyDescriptors(error as object);
  const { reason = '' } = error as Partial<AuthError>;
  const members = Object.values(shown).map(({ value }) => inspect(value, { depth: 9 }));
  const printed = inspect(error, { showHidden: true, depth: 9 });
  // Whatever prints hidden members prints the reason among them.
  return `${members.join(' ')} ${JSON.stringify(error)} ${printed.replaceAll(inspect(reason), '')}`;
}

/** Parts of what the caller presented that would give it away. */
function givingAway(token: string): string[] {
  return [token, ...token.split('.')].filter(part => part.length > 15);
}

describe('LOG-02: secrets and claims', () => {
  const metrics = collectMetrics();
  let world: World;
  beforeAll(async () => {
    world = await new World(auth, {
      externalTokenHandlers: [
        {
          type: 'careless',
          initialize: () => undefined,
          async verifyToken(token) {
            if (token.length % 2 === 0) return undefined;
            throw Object.assign(new Error(`bad token ${token}`), { token });
          },
        },
      ],
    }).start();
    const { installation } = world;
    installation.network.answer = url => {
      const keys = url.includes('/api/catalog/') ? [publishedKeys.catalogKey.jwk] : [];
      const user = url.includes('/api/auth/') ? [publishedKeys.userKey.jwk] : [];
      return Response.json({ keys: [...keys, ...user] });
    };
  });
  afterAll(async () => {
    await world.stop();
    await metrics.stop();
  });

  it('of hostile requests are in no answer, error, log line, event or label', async () => {
    const { installation, events, errors } = world;
    const statuses = new Set<number>();
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(hostileRequest(installation.now), async ({ token, ...sent }) => {
        installation.logger.entries.length = 0;
        events.length = 0;
        errors.length = 0;
        const answer = await world.send(sent);
        // So that nothing is only counted.
        installation.clock.advance({ seconds: 10 });
        statuses.add(answer.status);
        for (const event of events) if (event.type === 'refused') codes.add(event.code);

        const told = installation.traces;
        const reasons = errors.map(error => (error as AuthError).reason).join('\n');
        const toCaller = `${JSON.stringify(answer)} ${errors.map(shownOf).join('\n')}`;
        for (const hidden of [SECRET, ...privateMembers, ...givingAway(token)]) {
          expect(`${toCaller} ${told} ${reasons}`).not.toContain(hidden);
        }
        expect(toCaller).not.toContain(TELLABLE);
        // Nor is any other token there, such as those that are issued on the way, or a part of one.
        expect(`${toCaller} ${told} ${reasons}`).not.toMatch(/eyJ[\w-]{8}/);
        for (const { message, meta } of installation.logger.entries) {
          expect(`${message} ${JSON.stringify(meta)}`).toMatch(/^[\x20-\x7e]{1,2000}$/);
        }
        expect(answer.status).not.toBe(500);
        // The log and the audit trail tell the same, of each refusal once.
        const refused = events.filter(({ type }) => type === 'refused');
        const lines = installation.logger.entries.filter(({ message }) =>
          message.startsWith('Refused'),
        );
        expect(lines.length).toBe(refused.length);
        if (answer.status !== 200) expect(refused.length).toBeGreaterThan(0);
      }),
      { numRuns: 600, seed: 1 },
    );
    // The inputs reach what they are for.
    expect([...statuses].sort()).toEqual([200, 401, 403, 503]);
    expect(codes.size).toBeGreaterThan(11);
    const labels = JSON.stringify(await metrics.read());
    expect(labels).toContain('stagepass.auth.refusals');
    expect(labels).not.toMatch(/canary|user:default|catalog|idp/);
  });

  it('of good callers, and what is issued to them, are in no log line, event or label', async () => {
    const { installation, events } = world;
    const { userKey } = publishedKeys;
    const user = installation.userToken({}, {}, userKey);
    const limited = installation.limitedUserToken({}, {}, userKey);
    installation.logger.entries.length = 0;
    events.length = 0;
    const cookie = await world.send({ path: '/.backstage/auth/v1/cookie', headers: bearer(user) });
    const [line = ''] = cookie.headers['set-cookie'] ?? [];
    const value = /^backstage-auth=([^;]+);/.exec(line)?.[1];
    expect(value).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    for (const headers of [bearer(user), bearer(STATIC_TOKEN)]) {
      expect((await world.send({ path: '/calls', headers })).status).toBe(200);
    }
    for (const held of [value, limited]) {
      const sent = { path: '/view', headers: { cookie: `backstage-auth=${held}` } };
      expect((await world.send(sent)).status).toBe(200);
    }
    const told = `${installation.traces} ${JSON.stringify(await metrics.read())}`;
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['verified', 'delegated', 'cookie-issued']),
    );
    expect(told).not.toMatch(/eyJ[\w-]{8}/);
    for (const hidden of [user, limited, value!, STATIC_TOKEN].flatMap(givingAway)) {
      expect(told).not.toContain(hidden);
    }
  });

  const secret = fc.constantFrom(
    `${SECRET}-value`,
    `${SECRET} value`,
    `${SECRET}\n`,
    SECRET.slice(0, 6),
    `\${${SECRET}}`,
  );
  const misplaced = fc.oneof(
    secret,
    secret.map(value => [value]),
    secret.map(value => ({ token: value })),
    secret.map(value => ({ value, secret: value })),
    secret.map(value => [{ value }]),
  );
  const options = fc.oneof(
    misplaced,
    fc.record(
      { token: misplaced, secret: misplaced, subject: fc.constant('ci') },
      { requiredKeys: [] },
    ),
  );
  const entry = fc.oneof(
    misplaced.filter(value => typeof value !== 'string'),
    fc.record(
      {
        type: fc.constantFrom('static', 'legacy', 'jwks', 'careless'),
        options,
        token: misplaced,
        accessRestrictions: fc.constantFrom(undefined, [], [{ plugin: 'a' }]),
      },
      { requiredKeys: ['type'] },
    ),
  );
  const config = fc.record(
    {
      externalAccess: fc.oneof(misplaced, fc.array(entry, { minLength: 1, maxLength: 3 })),
      keys: fc.oneof(misplaced, fc.array(fc.record({ secret: misplaced }), { maxLength: 2 })),
      cookie: misplaced.filter(value => typeof value !== 'string'),
    },
    { requiredKeys: [] },
  );

  it('of a wrong configuration are in no error', () => {
    let failures = 0;
    const discovery = {
      getBaseUrl: async () => 'http://backend',
      getExternalBaseUrl: async () => 'http://backend',
    };
    fc.assert(
      fc.property(config, backendAuth => {
        const whole = { backend: { auth: backendAuth as JsonObject } };
        const { logger } = new World().installation;
        const starts = [
          () => createAuthBackend({ config: whole, logger, discovery }),
          () =>
            createHttpAuthService({
              config: whole,
              logger,
              discovery,
              pluginId: 'a',
              auth: undefined as never,
            }),
        ];
        for (const start of starts) {
          try {
            start();
          } catch (error) {
            failures += 1;
            expect(`${shownOf(error)} ${(error as AuthError).reason}`).not.toContain('canary');
          }
        }
        expect(logger.text).not.toContain('canary');
      }),
      { numRuns: 400, seed: 1 },
    );
    expect(failures).toBeGreaterThan(100);
  });
});
