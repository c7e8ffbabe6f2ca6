import { TestClock } from '@stagepass/auth-test-utils';
import { openTables, USER_INFO_TABLE, userTables } from '../../keys/sqlTables';
import { closeSqlite, openSqlite } from '../../testing/sqlite';
import { KnexUserRecords, MemoryUserRecords, type UserClaims } from './UserRecords';

const JANE = 'user:default/jane';
const clock = new TestClock('2026-01-01T12:00:00Z');

async function openSqlRecords() {
  const client = openSqlite();
  await openTables({ getClient: async () => client }, userTables);
  return { client, records: new KnexUserRecords(client, clock) };
}

afterEach(closeSqlite);

describe.each([
  ['memory', async () => new MemoryUserRecords()],
  ['SQLite', async () => (await openSqlRecords()).records],
])('user records in %s', (_, open) => {
  it('know nobody at first', async () => {
    const records = await open();
    for (const ref of [JANE, '__proto__', 'constructor', '']) {
      expect(await records.find(ref)).toBeUndefined();
    }
  });

  it('hold what was said at the last sign-in, and nothing of the one before', async () => {
    const records = await open();
    await records.save({ sub: JANE, ent: [JANE, 'group:default/a'], email: 'jane@example.com' });
    await records.save({ sub: 'user:default/joe', ent: ['user:default/joe'] });
    const last = { sub: JANE, ent: [JANE], nested: { list: [1, null, 'é'] } };
    await records.save(last);
    expect(await records.find(JANE)).toEqual(last);
  });

  it('tell users apart by each character, case included', async () => {
    const records = await open();
    await records.save({ sub: JANE, ent: ['one'] });
    await records.save({ sub: 'user:default/Jane', ent: ['other'] });
    expect(await records.find(JANE)).toMatchObject({ ent: ['one'] });
    expect(await records.find('user:default/Jane')).toMatchObject({ ent: ['other'] });
    expect(await records.find('USER:DEFAULT/JANE')).toBeUndefined();
  });

  it('hold a copy, which no caller can change', async () => {
    const records = await open();
    const claims: UserClaims = { sub: JANE, ent: [JANE] };
    await records.save(claims);
    claims.ent.push('group:default/admins');
    (await records.find(JANE))!.ent.push('group:default/admins');
    expect(await records.find(JANE)).toEqual({ sub: JANE, ent: [JANE] });
  });
});

describe('KnexUserRecords', () => {
  it('writes one row for each user, with the time', async () => {
    const { client, records } = await openSqlRecords();
    await records.save({ sub: JANE, ent: [JANE] });
    await records.save({ sub: JANE, ent: [] });
    expect(await client(USER_INFO_TABLE).select()).toEqual([
      {
        user_entity_ref: JANE,
        user_info: '{"sub":"user:default/jane","ent":[]}',
        updated_at: '2026-01-01T12:00:00.000Z',
      },
    ]);
  });
});
