import { isAuthError } from '@stagepass/auth-node';
import { keysUnavailable, startReplica } from './replica';
import { describeOnServers, dropDatabases, networkServerNames, type TestDatabase } from './servers';

const PASSWORD = 'canary-password';

afterEach(dropDatabases);

/** Opens the database with a password, and with something else in its URL. */
function openWith(database: TestDatabase, change: Partial<URL>) {
  const url = new URL(String(database.settings.connection));
  Object.assign(url, { password: PASSWORD }, change);
  return database.openClient({ connection: url.href });
}

async function refusalOf(start: Promise<unknown>) {
  const error: unknown = await start.then(
    () => undefined,
    (rejection: unknown) => rejection,
  );
  if (!isAuthError(error)) throw new Error(`expected a refusal, found ${String(error)}`);
  return error;
}

describeOnServers(
  'A database server',
  server => {
    it.each<[string, Partial<URL>, RegExp]>([
      // Nobody listens on the port of tcpmux.
      ['does not answer', { port: '1' }, /ECONNREFUSED/],
      ['does not let us in', { username: 'stagepass_nobody' }, /stagepass_nobody/],
      ['has no such database', { password: '', pathname: '/stagepass_not_there' }, /not_there/],
    ])('that %s is told from a wrong token, with the cause', async (_, change, said) => {
      const client = openWith(await server.createDatabase(), change);
      const error = await refusalOf(startReplica(client));
      expect(error).toMatchObject(keysUnavailable(expect.stringMatching(said)));
      expect(error.reason).toMatch(/^the database of the keys does not answer: "/);
      expect(error.cause).toMatchObject({ message: expect.stringMatching(said) as unknown });
      expect(Object.keys(error)).not.toEqual(expect.arrayContaining(['cause']));
      expect(JSON.stringify(error)).toBe(
        '{"name":"ServiceUnavailableError","message":"Credentials cannot be verified at the moment"}',
      );
      expect(`${error.reason} ${error.stack}`).not.toContain(PASSWORD);
    });

    it('is used as soon as it answers', async () => {
      const database = await server.createDatabase();
      await expect(startReplica(openWith(database, { port: '1' }))).rejects.toMatchObject({
        code: 'AUTH_KEYS_UNAVAILABLE',
      });
      await expect(startReplica(database.openClient())).resolves.toBeDefined();
    });
  },
  networkServerNames,
);
