import { createHash } from 'node:crypto';
import { createKnexKeyStore } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import type { Knex } from 'knex';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { rejectionOf } from '../../packages/auth-backend/src/testing/refusals';
import { invalidConfig, KEYS, OWNER } from '../databases/replica';
import { describeOnServers, dropDatabases } from '../databases/servers';
import { catalog, issue, kidsOf, PluginReplicas } from './PluginReplicas';
import { kidOf } from './UserIssuers';

afterEach(dropDatabases);

const HOUR = 60 * 60 * 1000;
const accepts = async (verifier: AuthService, token: string) =>
  expect(String(await verifier.authenticate(token))).toBe(catalog);

/** Waits until work in the background has changed the table. */
async function until(client: Knex, holds: (kids: string[]) => boolean): Promise<void> {
  while (!holds((await client(KEYS).pluck('id')) as string[])) await settle();
}

describeOnServers('KEY-07 a replica whose clock is ahead', server => {
  it.each([
    ['4 hours', 4],
    ['2 days', 48],
    ['10 years', 87_660],
  ])('by %s deletes no living key of others, and publishes them', async (_, hours) => {
    const database = await server.createDatabase();
    const world = new PluginReplicas();
    // Beside the right time, since the clock of the database cannot be set.
    world.clock.setTime(Date.now());
    const right = await world.start(database.openClient());
    const token = await issue(right);
    const ahead = new TestClock(Date.now() + hours * HOUR);
    const fast = await world.start(database.openClient(), ahead);
    expect(await database.openClient()(KEYS).pluck('id')).toContain(kidOf(token));
    expect(await kidsOf(fast)).toContain(kidOf(token));
    world.issuers.splice(0, 1);
    await accepts(await world.startVerifier(), token);
  });

  it('deletes what has expired a day ago by the clock of the database', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    world.clock.setTime(Date.now() - 30 * HOUR);
    const old = kidOf(await issue(await world.start(client)));
    await world.start(client, new TestClock(Date.now() + 4 * HOUR));
    expect(await client(KEYS).pluck('id')).not.toContain(old);
  });
});

describeOnServers('KEY-15 the key table of running replicas', server => {
  async function setUp() {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const [one, other] = [await world.start(client), await world.start(database.openClient())];
    return { client, world, one: one!, other: other! };
  }

  it.each([
    ['wiped', []],
    [
      'restored from a backup of yesterday',
      [
        {
          id: 'old',
          key: JSON.stringify(createKey('old').jwk),
          expires_at: '2025-12-31T12:00:00.000Z',
        },
      ],
    ],
  ])('that is %s gets the keys again that sign, and verifiers recover', async (_, rows) => {
    const { client, world, one, other } = await setUp();
    const verifier = await world.startVerifier();
    const before = [await issue(one), await issue(other)];
    for (const token of before) await accepts(verifier, token);
    await client(KEYS).delete();
    if (rows.length > 0) await client(KEYS).insert(rows);
    world.clock.advance(30_000);
    const after = [await issue(one), await issue(other)];
    while (world.logger.lines('warn').length < 2) await settle();
    expect(await client(KEYS).pluck('id')).toEqual(expect.arrayContaining(after.map(kidOf)));
    world.clock.advance(60_000);
    for (const token of [...before, ...after]) {
      await accepts(verifier, token);
      await accepts(await world.startVerifier(), token);
    }
    const kids = before.map(kidOf).sort();
    for (const replica of [one, other]) expect((await kidsOf(replica)).sort()).toEqual(kids);
    expect(world.logger.lines('warn').sort()).toEqual(
      kids.map(kid => `The key store had lost the key ${kid}; stored it again`),
    );
  });

  it('that is wiped gets the keys again of a replica that is asked for them', async () => {
    const { client, one } = await setUp();
    const [kid = ''] = (await client(KEYS)
      .where('id', kidOf(await issue(one)))
      .pluck('id')) as string[];
    await client(KEYS).delete();
    expect(await kidsOf(one)).toEqual([kid]);
    await until(client, kids => kids.includes(kid));
  });

  it('that is damaged in one row loses no other, and the key of that row is replaced', async () => {
    const { client, world, one, other } = await setUp();
    const damaged = kidOf(await issue(one));
    await client(KEYS).where('id', damaged).update({ key: '{"kty":"EC",' });
    world.clock.advance(30_000);
    let token = await issue(one);
    while (kidOf(token) === damaged) {
      await settle();
      token = await issue(one);
    }
    expect(await client(KEYS).pluck('id')).toContain(kidOf(token));
    world.issuers.splice(0, 1);
    await accepts(await world.startVerifier(), token);
    await accepts(await world.startVerifier(), await issue(other));
  });
});

describeOnServers('KEY-11 a key set of 600 rows', server => {
  it('stays under 256 KiB, and verifies with each key', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const store = await createKnexKeyStore({
      database: { getClient: () => Promise.resolve(client) },
      pluginId: 'catalog',
      logger: world.logger,
    });
    const first = await world.start(client);
    const expiresAt = new Date(world.clock.now() + HOUR);
    for (let row = 0; row < 598; row += 1) {
      const { jwk } = createKey('');
      await store.addKey({ key: { ...jwk, kid: thumbprintOf(jwk) }, expiresAt });
    }
    const last = await world.start(client);
    expect(await client(KEYS).pluck('id')).toHaveLength(600);
    const verifier = await world.startVerifier();
    for (const replica of [first, last]) await accepts(verifier, await issue(replica));
    const bytes = Buffer.byteLength(world.answers[0]!);
    expect(JSON.parse(world.answers[0]!)).toMatchObject({ keys: { length: 600 } });
    expect(bytes).toBeLessThan(256 * 1024);
    process.stdout.write(`KEY-11 on ${server.name}: 600 keys are ${bytes} bytes\n`);
  });
});

describeOnServers('KEY-16 the id of a key', server => {
  it('is its thumbprint, and a taken one is refused', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const replica = await world.start(client);
    const { keys } = await replica.listPublicServiceKeys();
    const [key] = keys as Array<Record<'kid' | 'crv' | 'kty' | 'x' | 'y' | 'alg', string>>;
    expect(key?.kid).toBe(thumbprintOf(key!));
    const store = await createKnexKeyStore({
      database: { getClient: () => Promise.resolve(client) },
      pluginId: 'catalog',
      logger: world.logger,
    });
    const forged = { ...createKey('forged').jwk, kid: key!.kid };
    const { message } = await rejectionOf(store.addKey({ key: forged, expiresAt: new Date() }));
    expect(message).toMatch(/unique|duplicate/i);
    expect((await replica.listPublicServiceKeys()).keys).toEqual([key]);
  });
});

/** RFC 7638 section 3.2. */
function thumbprintOf({ crv, kty, x, y }: Record<string, string>): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

describeOnServers('KEY-17 a key table', server => {
  it('of one plugin is refused to another, with its client or with one of its own', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const own = await world.start(client);
    const { createAuthBackend } = await import('@stagepass/auth-backend');
    const getBaseUrl = async () => 'http://backend';
    const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
    const owned = invalidConfig(
      'database: expected one of its own for the plugin "search", found that of the plugin "catalog"; ' +
        'give each plugin a database or a schema. If the plugin was renamed, or the database handed on, ' +
        `empty ${KEYS} and ${OWNER}`,
    );
    const open = (
      opened: Knex,
      pluginId = 'search',
      backend = createAuthBackend({ discovery, logger: world.logger }),
    ) => backend.forPlugin(pluginId, { database: { getClient: () => Promise.resolve(opened) } });
    await expect(open(client)).rejects.toMatchObject(owned);
    await expect(open(database.openClient())).rejects.toMatchObject(owned);
    const backend = createAuthBackend({ discovery, logger: world.logger });
    await open(client, 'catalog', backend);
    await expect(open(client, 'search', backend)).rejects.toMatchObject(
      invalidConfig(
        'database: expected a client of its own for the plugin "search", found that of "catalog"',
      ),
    );
    expect(await client(OWNER).pluck('plugin_id')).toEqual(['catalog']);
    expect(await kidsOf(own)).toHaveLength(2);
  });
});

describeOnServers('TIM-07 replicas whose clocks are 60 s off, in either direction', server => {
  it('accept each other’s tokens at once, with the key of the one that is ahead too', async () => {
    const database = await server.createDatabase();
    const world = new PluginReplicas();
    const now = world.clock.now();
    const clocks = [-60_000, 0, 60_000].map(offset => new TestClock(now + offset));
    const issuers: AuthService[] = [];
    for (const clock of clocks) issuers.push(await world.start(database.openClient(), clock));
    for (let hour = 0; hour < 6; hour += 1) {
      const verifiers = await Promise.all(
        [-60_000, 0, 60_000].map(offset =>
          world.startVerifier(new TestClock(clocks[1]!.now() + offset)),
        ),
      );
      for (const issuer of [issuers[0]!, issuers[1]!]) {
        const token = await issue(issuer);
        for (const verifier of verifiers) await accepts(verifier, token);
      }
      const token = await issue(issuers[2]!);
      // A minute ahead of the clock in the middle; of the one that is behind, two.
      for (const verifier of verifiers.slice(1)) await accepts(verifier, token);
      for (const clock of clocks) clock.advance(HOUR / 2);
      await settle();
    }
  });
});
