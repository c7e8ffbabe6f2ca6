import { createUserTokenIssuer } from '@stagepass/auth-backend';
import { TestClock } from '@stagepass/auth-test-utils';
import { openTables, userTables } from '../../packages/auth-backend/src/keys/sqlTables';
import {
  KnexUserRecords,
  type UserClaims,
} from '../../packages/auth-backend/src/tokens/user/UserRecords';
import { describeOnServers, dropDatabases, type TestDatabase } from './servers';
import { silentLogger as logger } from './silentLogger';

const JANE = 'user:default/jane';

afterEach(dropDatabases);

describeOnServers('The user records', server => {
  async function openRecords(database?: TestDatabase) {
    const client = (database ?? (await server.createDatabase())).openClient();
    await openTables({ getClient: () => Promise.resolve(client) }, userTables, { logger });
    return { client, records: new KnexUserRecords(client, new TestClock()) };
  }

  it('know nobody at first', async () => {
    const { records } = await openRecords();
    for (const ref of [JANE, '', '%', "' or 1=1--"]) {
      expect(await records.find(ref)).toBeUndefined();
    }
  });

  it('hold what was said at the last sign-in, at whichever replica', async () => {
    const database = await server.createDatabase();
    const [{ records }, { records: other }] = [
      await openRecords(database),
      await openRecords(database),
    ];
    await records.save({ sub: JANE, ent: [JANE, 'group:default/a'], email: 'jane@example.com' });
    const last: UserClaims = { sub: JANE, ent: [JANE], nested: { list: [1, null, 'é😀'] } };
    await other.save(last);
    expect(await records.find(JANE)).toEqual(last);
  });

  it.each([
    ['user:default/jane', 'user:default/Jane'],
    ['user:default/jane', 'user:default/jané'],
    ['user:default/ss', 'user:default/ß'],
    ['user:default/😀', 'user:default/😃'],
  ])('tell %j from %j', async (one, other) => {
    const { records } = await openRecords();
    await records.save({ sub: one, ent: ['one'] });
    expect(await records.find(other)).toBeUndefined();
    await records.save({ sub: other, ent: ['other'] });
    expect(await records.find(one)).toEqual({ sub: one, ent: ['one'] });
    expect(await records.find(other)).toEqual({ sub: other, ent: ['other'] });
  });

  it('hold a user of ten thousand groups, and a ref as long as an index can be', async () => {
    const { records } = await openRecords();
    const sub = `user:default/${'j'.repeat(755)}`;
    const ent = Array.from({ length: 10_000 }, (_, index) => `group:default/group-${index}`);
    await records.save({ sub, ent });
    expect(await records.find(sub)).toEqual({ sub, ent });
  });

  it('hold one record of a user who signs in at several replicas at once', async () => {
    const database = await server.createDatabase();
    const replicas = await Promise.all([1, 2, 3].map(() => openRecords(database)));
    await Promise.all(
      replicas.map(({ records }, index) => records.save({ sub: JANE, ent: [`at ${index}`] })),
    );
    expect(['at 0', 'at 1', 'at 2']).toContain((await replicas[0]!.records.find(JANE))?.ent[0]);
    expect(await replicas[0]!.client('stagepass_user_info').pluck('user_entity_ref')).toEqual([
      JANE,
    ]);
  });

  it('are made once for issuers that start at once, who verify each other’s users', async () => {
    const database = await server.createDatabase();
    const issuers = await Promise.all(
      [1, 2, 3].map(() => {
        const client = database.openClient();
        return createUserTokenIssuer({
          issuer: 'https://example.com/api/auth',
          database: { getClient: () => Promise.resolve(client) },
          logger,
        });
      }),
    );
    expect(await database.openClient()('stagepass_users__knex_migrations').pluck('name')).toEqual([
      '20261124000000_users.js',
    ]);
    for (const issuer of issuers) {
      const { token } = await issuer.issueToken({ claims: { sub: JANE, ent: [JANE] } });
      for (const other of issuers) {
        expect(await other.getUserInfo(token)).toEqual({ claims: { sub: JANE, ent: [JANE] } });
      }
    }
  });
});
