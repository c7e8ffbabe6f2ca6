import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { closeSqlite, openSqlite } from '../../packages/auth-backend/src/testing/sqlite';
import { openThirdParty } from './openThirdParty';
import { expectRefused, openReceiver } from './refusal';

const hostile = [
  '../../dev/null',
  "' OR 1=1--",
  '"; DROP TABLE backstage_backend_public_keys__keys;--',
  'x\r\nSet-Cookie: a=b',
  'catalog-key\u0000',
  '\u0000',
  '\u001b[31m',
  '\u2028[error] forged',
  'CATALOG-KEY',
  '__proto__',
  'x'.repeat(20_000),
];

afterEach(closeSqlite);

describe('a key id', () => {
  it.each(hostile)('HDR-06 %j finds no key, and fills one line of the log', async kid => {
    for (const kind of ['pluginToken', 'userToken', 'limitedUserToken'] as const) {
      const receiver = await openReceiver(new Installation());
      const token = receiver.installation[kind]({}, { kid });
      await expectRefused(receiver, token, 'AUTH_KEY_UNKNOWN', {
        requests: 1,
        allowLimitedAccess: true,
      });
      const { logger } = receiver.installation;
      expect(logger.entries).toHaveLength(1);
      // Nothing breaks the line, and what is told of the id has its limit.
      expect(logger.text).toMatch(/^[\x20-\x7e]*$/);
      expect(logger.text.length).toBeLessThan(2_000);
    }
  });

  it.each([[''], [1], [['catalog-key']], [{}], [null], [true]])(
    'HDR-06 %j is none at all',
    async kid => {
      for (const kind of ['pluginToken', 'userToken', 'limitedUserToken'] as const) {
        const receiver = await openReceiver(new Installation());
        await expectRefused(receiver, receiver.installation[kind]({}, { kid }));
        expect(receiver.installation.logger.entries).toHaveLength(1);
      }
    },
  );

  it('HDR-06 of a megabyte is refused by its length', async () => {
    const receiver = await openReceiver(new Installation());
    const token = receiver.installation.pluginToken({}, { kid: 'x'.repeat(1_000_000) });
    const { reason } = await expectRefused(receiver, token);
    expect(reason).toContain('expected at most 32768 characters');
  });

  it('HDR-06 reaches no statement of a database, neither as text nor as a value', async () => {
    const client = openSqlite();
    const statements: string[] = [];
    client.on('query', ({ sql, bindings }: { sql: string; bindings: unknown }) => {
      statements.push(`${sql} ${JSON.stringify(bindings)}`);
    });
    const installation = new Installation();
    const auth = await installation.backend.forPlugin('scaffolder', {
      database: { getClient: async () => client },
    });
    const receiver = { installation, auth };
    const attacker = createKey('k');
    statements.length = 0;
    for (const kid of hostile) {
      const token = installation.pluginToken({ sub: 'scaffolder' }, { kid }, attacker);
      await expectRefused(receiver, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
      installation.clock.advance({ minutes: 1 });
    }
    expect(statements.length).toBeGreaterThan(0);
    const marks = ['dev/null', 'OR 1=1', 'DROP', 'Set-Cookie', 'forged', '__proto__', 'xxx'];
    for (const mark of marks) expect(statements.join('\n')).not.toContain(mark);
  });

  it('HDR-07 must stand in a plugin, user or limited token', async () => {
    const receiver = await openReceiver(new Installation());
    for (const kind of ['pluginToken', 'userToken', 'limitedUserToken'] as const) {
      const token = receiver.installation[kind]({}, { kid: undefined });
      const { reason } = await expectRefused(receiver, token, 'AUTH_KEY_UNKNOWN', {
        allowLimitedAccess: true,
      });
      expect(reason).toBe(
        'expected a kid in the header, which names the key of the issuer, found none',
      );
    }
  });

  it('HDR-07 may be left out by a third party that publishes a single usable key', async () => {
    const unusable = [
      { kty: 'oct', k: 'c2VjcmV0', kid: 'a' },
      { ...createKey('b').jwk, use: 'enc' },
    ];
    for (const others of [[], unusable]) {
      const single = await openThirdParty(others);
      await single.accepts({ alg: 'ES256' });
      const foreign = single.sign({ alg: 'ES256' }, createKey('good'));
      await expectRefused(single, foreign, 'AUTH_SIGNATURE_INVALID');
    }
    for (const other of [createKey('b').jwk, createKey('b', 'RS256').jwk]) {
      const several = await openThirdParty([other]);
      await several.accepts({ alg: 'ES256', kid: 'good' });
      await expectRefused(several, several.sign({ alg: 'ES256' }), 'AUTH_KEY_UNKNOWN', {
        requests: 1,
      });
    }
  });
});
