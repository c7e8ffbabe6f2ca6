import { createKnexKeyStore, createUserTokenIssuer } from '@stagepass/auth-backend';
import { TestClock } from '@stagepass/auth-test-utils';
import { KEYS } from '../databases/replica';
import { describeOnServers, dropDatabases, type TestDatabase } from '../databases/servers';
import { silentLogger as logger } from '../databases/silentLogger';
import { Program } from './Program';
import type { SignerSettings } from './signer';
import { kidOf } from './UserIssuers';

const program = new Program('signer.ts');

afterEach(dropDatabases);
afterAll(() => program.remove());

/** Runs a process until it ends or is killed, and returns the tokens that left it. */
function run(settings: SignerSettings): { tokens: string[]; signal: string | null } {
  const { stdout, stderr, signal } = program.run({ env: { SIGNER: JSON.stringify(settings) } });
  expect(stderr).toBe('');
  return { tokens: stdout.split('\n').filter(line => line !== ''), signal };
}

describeOnServers('KEY-02 a process that is killed', server => {
  async function expectAllVerify(database: TestDatabase, tokens: string[]): Promise<void> {
    const client = database.openClient();
    const keyStore = await createKnexKeyStore({
      database: { getClient: () => Promise.resolve(client) },
      pluginId: 'auth',
      logger,
    });
    const clock = new TestClock();
    const issuer = 'https://example.com/api/auth';
    const next = await createUserTokenIssuer({ issuer, keyStore, clock, logger });
    for (const token of tokens) {
      const { iat } = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as {
        iat: number;
      };
      clock.setTime(iat * 1000);
      // A wrong signature or an unknown key is an error; what is not known is only the user.
      expect(await next.getUserInfo(token)).toBeUndefined();
    }
  }

  it.each([
    ['before the key is stored', 'start', 0, 0],
    ['before the key signs', 'start', 0, 1],
    ['while keys are deleted', 'start', 0, 1],
    ['before the key is stored', 'rotation', 1, 1],
    ['before the key signs', 'rotation', 1, 2],
    ['while keys are deleted', 'rotation', 1, 2],
    ['never', 'rotation', 2, 2],
  ] as const)(
    '%s, at its %s, has signed with stored keys alone',
    async (point, at, signers, keys) => {
      const database = await server.createDatabase();
      const { tokens, signal } = run({ database: database.settings, point, at });
      expect(signal).toBe(point === 'never' ? null : 'SIGKILL');
      const stored = (await database.openClient()(KEYS).pluck('id')) as string[];
      expect(stored).toHaveLength(keys);
      const signed = [...new Set(tokens.map(kidOf))];
      expect(signed).toHaveLength(signers);
      expect(stored).toEqual(expect.arrayContaining(signed));
      await expectAllVerify(database, tokens);
    },
  );
});
