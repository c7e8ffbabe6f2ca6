import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { closeSqlite, openSqlite } from '../testing/sqlite';
import { KnexKeyStore } from './KnexKeyStore';
import { openTables, PLUGIN_KEYS_TABLE, pluginKeyTables } from './sqlTables';

const one = createKey('one').jwk;
const expiresAt = new Date('2026-03-29T01:59:59.987Z');

async function setUp() {
  const client = openSqlite();
  await openTables({ getClient: async () => client }, pluginKeyTables);
  const logger = new RecordingLogger();
  const store = new KnexKeyStore({ client, table: PLUGIN_KEYS_TABLE, logger });
  const insert = (id: string, key: string, expires_at = expiresAt.toISOString()) =>
    client(PLUGIN_KEYS_TABLE).insert({ id, key, expires_at });
  return { client, logger, store, insert };
}

afterEach(closeSqlite);

describe('KnexKeyStore', () => {
  it('writes the row that Backstage writes', async () => {
    const { client, store } = await setUp();
    await store.addKey({ key: one, expiresAt });
    const [row, ...others] = (await client(PLUGIN_KEYS_TABLE).select()) as Array<{ key: string }>;
    expect(others).toEqual([]);
    expect(row).toEqual({
      id: 'one',
      key: expect.any(String) as unknown,
      expires_at: '2026-03-29T01:59:59.987Z',
    });
    expect(JSON.parse(row!.key)).toEqual(one);
  });

  it('writes no private member, and refuses a key that has one', async () => {
    const { client, store } = await setUp();
    const d = 'c2VjcmV0LXNjYWxhcg';
    await expect(store.addKey({ key: { ...one, d }, expiresAt })).rejects.toThrow(
      new Error('The key cannot be stored: it holds a private or secret member'),
    );
    expect(await client(PLUGIN_KEYS_TABLE).select()).toEqual([]);
  });

  it('takes a hostile kid for the text that it is', async () => {
    const { store } = await setUp();
    const kid = `'; DROP TABLE ${PLUGIN_KEYS_TABLE}; --`;
    await store.addKey({ key: { ...one, kid }, expiresAt });
    expect(await store.listKeys()).toEqual([{ key: { ...one, kid }, expiresAt }]);
  });

  it.each<[string, string, string]>([
    ['no JSON', 'garbage', 'is not an object'],
    ['JSON null', 'null', 'is not an object'],
    ['a list', '[]', 'has no kid'],
    [
      'a private key',
      JSON.stringify({ ...one, kid: 'bad', d: 'c2VjcmV0' }),
      'holds a private or secret member',
    ],
    [
      'a secret',
      '{"kty":"oct","kid":"bad","k":"c2VjcmV0","alg":"HS256"}',
      'has the unusable kty "oct"',
    ],
    [
      'a kty of every object',
      '{"kty":"constructor","kid":"bad","alg":"ES256"}',
      'has the unusable kty "constructor"',
    ],
    ['another kid', JSON.stringify(one), 'has another kid or an unreadable expiry'],
  ])('leaves out a row that holds %s, with a warning, and no other', async (_, key, problem) => {
    const { store, logger, insert } = await setUp();
    await insert('bad', key);
    await store.addKey({ key: one, expiresAt });
    expect(await store.listKeys()).toEqual([{ key: one, expiresAt }]);
    expect(logger.lines('warn')).toEqual([
      `Ignoring the row "bad" of ${PLUGIN_KEYS_TABLE}: the key ${problem}`,
    ]);
    expect(logger.text).not.toContain('c2VjcmV0');
  });

  it('leaves out a row whose expiry cannot be read', async () => {
    const { store, logger, insert } = await setUp();
    await insert('one', JSON.stringify(one), 'tomorrow\n');
    expect(await store.listKeys()).toEqual([]);
    expect(logger.lines('warn')).toEqual([
      `Ignoring the row "one" of ${PLUGIN_KEYS_TABLE}: the key has another kid or an unreadable expiry`,
    ]);
  });

  it('warns of a row once, and again when it is bad after it was good', async () => {
    const { client, store, logger, insert } = await setUp();
    await insert('bad', 'garbage');
    for (let reading = 0; reading < 3; reading += 1) await store.listKeys();
    expect(logger.lines('warn')).toHaveLength(1);
    await insert('worse', '[]');
    await store.listKeys();
    expect(logger.lines('warn')).toHaveLength(2);
    await client(PLUGIN_KEYS_TABLE).delete();
    await store.listKeys();
    await insert('bad', 'garbage');
    await store.listKeys();
    expect(logger.lines('warn')).toHaveLength(3);
  });

  it('reads a row that another implementation wrote, with more members', async () => {
    const { store, insert } = await setUp();
    await insert('one', JSON.stringify({ use: 'sig', ...one }));
    expect(await store.listKeys()).toEqual([{ key: one, expiresAt }]);
  });

  it('deletes what expired before a moment, and not what expires at it', async () => {
    const { store } = await setUp();
    const at = (milliseconds: number) => new Date(expiresAt.getTime() + milliseconds);
    for (const [kid, offset] of [
      ['a', -1],
      ['b', 0],
      ['c', 1],
    ] as const) {
      await store.addKey({ key: { ...one, kid }, expiresAt: at(offset) });
    }
    await store.deleteKeysExpiredBefore(expiresAt);
    expect((await store.listKeys()).map(({ key }) => key.kid)).toEqual(['b', 'c']);
  });
});
