import { invalidConfig, KEYS, OWNER, startBackstageReplica, startReplica } from './replica';
import { describeOnServers, dropDatabases } from './servers';

afterEach(dropDatabases);

function refused(pluginId: string, owner: string) {
  return invalidConfig(
    `database: expected one of its own for the plugin "${pluginId}", found that of the plugin "${owner}"; ` +
      'give each plugin a database or a schema. If the plugin was renamed, or the database handed on, ' +
      `empty ${KEYS} and ${OWNER}`,
  );
}

describeOnServers('A database', server => {
  it('belongs to the plugin that opened it first, which alone can publish in it', async () => {
    const database = await server.createDatabase();
    await startReplica(database.openClient(), { pluginId: 'catalog' });
    await expect(startReplica(database.openClient(), { pluginId: 'search' })).rejects.toMatchObject(
      refused('search', 'catalog'),
    );
    await startReplica(database.openClient(), { pluginId: 'catalog' });
    expect(await database.openClient()(KEYS).pluck('id')).toHaveLength(2);
  });

  it.each([1, 2, 3])('has one owner of six plugins that open it at once (%i)', async () => {
    const database = await server.createDatabase();
    const plugins = ['a', 'b', 'c', 'd', 'e', 'f'];
    const starts = await Promise.allSettled(
      plugins.map(pluginId => startReplica(database.openClient(), { pluginId })),
    );
    const client = database.openClient();
    const [owner, ...others] = (await client(OWNER).pluck('plugin_id')) as string[];
    expect(others).toEqual([]);
    for (const [index, start] of starts.entries()) {
      const pluginId = plugins[index]!;
      if (pluginId === owner) expect(start.status).toBe('fulfilled');
      else expect(start).toMatchObject({ reason: refused(pluginId, owner!) });
    }
    expect(await client(KEYS).pluck('id')).toHaveLength(1);
  });

  it('tells plugins apart by each character, case included', async () => {
    const database = await server.createDatabase();
    await startReplica(database.openClient(), { pluginId: 'catalog' });
    await expect(
      startReplica(database.openClient(), { pluginId: 'Catalog' }),
    ).rejects.toMatchObject(refused('Catalog', 'catalog'));
  });

  it('in which Backstage keeps the keys of a plugin becomes that of the same plugin here', async () => {
    const database = await server.createDatabase();
    await startBackstageReplica(database.openClient());
    await startReplica(database.openClient());
    await startBackstageReplica(database.openClient());
    expect(await database.openClient()(OWNER).select()).toEqual([
      { key_table: KEYS, plugin_id: 'catalog' },
    ]);
  });

  it('goes to another plugin when it was emptied, as the refusal says', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client, { pluginId: 'catalog' });
    await client(KEYS).delete();
    await client(OWNER).delete();
    await startReplica(database.openClient(), { pluginId: 'search' });
    expect(await client(OWNER).pluck('plugin_id')).toEqual(['search']);
  });

  it('has no owner where migrations are done elsewhere, unless the table for it is there', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    await startReplica(client, { pluginId: 'catalog' });
    await expect(
      startReplica(database.openClient(), { pluginId: 'search', skip: true }),
    ).rejects.toMatchObject(refused('search', 'catalog'));
    await client.schema.dropTable(OWNER);
    await startReplica(database.openClient(), { pluginId: 'search', skip: true });
    expect(await client.schema.hasTable(OWNER)).toBe(false);
  });

  it('of its own is open to each plugin of a backend', async () => {
    const [one, other] = [await server.createDatabase(), await server.createDatabase()];
    await startReplica(one.openClient(), { pluginId: 'catalog' });
    await startReplica(other.openClient(), { pluginId: 'search' });
    expect(await one.openClient()(OWNER).pluck('plugin_id')).toEqual(['catalog']);
    expect(await other.openClient()(OWNER).pluck('plugin_id')).toEqual(['search']);
  });
});

describeOnServers(
  'One database with a schema for each plugin',
  server => {
    it('serves all plugins, and refuses two in one schema', async () => {
      const database = await server.createDatabase();
      const admin = database.openClient();
      for (const schema of ['catalog', 'search']) await admin.raw('create schema ??', [schema]);
      const open = (schema: string) => database.openClient({ searchPath: [schema] });
      await Promise.all([
        startReplica(open('catalog'), { pluginId: 'catalog' }),
        startReplica(open('search'), { pluginId: 'search' }),
      ]);
      for (const schema of ['catalog', 'search']) {
        expect(await admin.withSchema(schema).from(OWNER).pluck('plugin_id')).toEqual([schema]);
        expect(await admin.withSchema(schema).from(KEYS).pluck('id')).toHaveLength(1);
      }
      await expect(startReplica(open('catalog'), { pluginId: 'search' })).rejects.toMatchObject(
        refused('search', 'catalog'),
      );
      // With Backstage's default the schema of the role stands behind that of the plugin.
      const behind = database.openClient({ searchPath: ['search', 'public'] });
      await startReplica(behind, { pluginId: 'search' });
      expect(await admin.withSchema('search').from(KEYS).pluck('id')).toHaveLength(2);
    });
  },
  ['PostgreSQL'],
);
