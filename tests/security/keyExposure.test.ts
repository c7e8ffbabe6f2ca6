import { createPrivateKey, createPublicKey } from 'node:crypto';
import { createUserTokenIssuer } from '@stagepass/auth-backend';
import type { KeyStore, StoredKey } from '@stagepass/auth-node';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { signatureAlgorithms } from '../../packages/auth-backend/src/tokens/algorithms';
import { KEYS } from '../databases/replica';
import { describeOnServers, dropDatabases } from '../databases/servers';
import { issue, PluginReplicas } from './PluginReplicas';
import { signIn, UserIssuers } from './UserIssuers';

afterEach(dropDatabases);

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

function expectNothingPrivate(text: string): void {
  expect(text).not.toMatch(/PRIVATE KEY/);
  expect(text).not.toMatch(new RegExp(`\\\\?"(${privateMembers.join('|')})\\\\?"\\s*:`));
}

describeOnServers('KEY-09 a private key', server => {
  it('is in no table, no key set, no line of the log', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const replica = await world.start(client);
    await issue(replica);
    await client(KEYS).insert({ id: 'broken', key: '{"d":"', expires_at: '2099' });
    world.clock.advance({ hours: 1 });
    await issue(replica);
    while (((await client(KEYS).pluck('id')) as string[]).length < 3) await settle();
    const rows = JSON.stringify(await client(KEYS).select());
    const { keys } = await replica.listPublicServiceKeys();
    expectNothingPrivate(rows.replace('{\\"d\\":\\"', ''));
    expectNothingPrivate(world.logger.text);
    for (const key of keys) {
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'x', 'y']);
    }
  });

  it('in a row of the table is not published, nor are members that nobody knows', async () => {
    const database = await server.createDatabase();
    const client = database.openClient();
    const world = new PluginReplicas();
    const replica = await world.start(client);
    const expires_at = '2099-01-01T00:00:00.000Z';
    const { jwk } = createKey('foreign');
    const rsa = createKey('rsa', 'RS256');
    const secret = rsa.privateKey.export({ format: 'jwk' });
    await client(KEYS).insert([
      {
        id: 'foreign',
        key: JSON.stringify({ ...jwk, use: 'sig', x5c: ['canary'], n: 'canary' }),
        expires_at,
      },
      { id: 'rsa', key: JSON.stringify({ ...secret, kid: 'rsa', alg: 'RS256' }), expires_at },
      { id: 'oct', key: JSON.stringify({ kty: 'oct', kid: 'oct', k: 'canary' }), expires_at },
    ]);
    const { keys } = await replica.listPublicServiceKeys();
    expect(keys).toHaveLength(2);
    expect(keys).toContainEqual(jwk);
    const published = `${JSON.stringify(keys)}${world.logger.text}`;
    expectNothingPrivate(published);
    for (const text of ['canary', secret.d!, secret.p!]) expect(published).not.toContain(text);
  });
});

describe('KEY-09 a private key of a user token issuer', () => {
  it.each(signatureAlgorithms)(
    'of %s never reaches a store, an error, or the log',
    async algorithm => {
      const world = new UserIssuers();
      const stored: StoredKey[] = [];
      const keyStore: KeyStore = {
        addKey: async key => void stored.push(key),
        listKeys: async () => stored,
        deleteKeysExpiredBefore: async () => {},
      };
      const replica = await world.start({ algorithm, keyStore });
      await signIn(replica);
      expectNothingPrivate(JSON.stringify(stored));
      const published = (await replica.listPublicKeys()).keys[0]!;
      expect(published).toEqual(stored[0]!.key);
      expect(createPublicKey({ key: published, format: 'jwk' }).type).toBe('public');
      expect(() => createPrivateKey({ key: published, format: 'jwk' })).toThrow();
      // A store that says everything that it was asked.
      keyStore.addKey = async key => {
        throw new Error(`cannot insert ${JSON.stringify(key)}`);
      };
      const logger = new RecordingLogger();
      const issuer = 'https://example.com/api/auth';
      const refusal = await createUserTokenIssuer({ issuer, algorithm, keyStore, logger }).then(
        () => undefined,
        (error: Error & { cause: unknown; reason: string }) => error,
      );
      expect(refusal).toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
      expectNothingPrivate(`${refusal?.stack} ${refusal?.reason} ${String(refusal?.cause)}`);
      expectNothingPrivate(`${logger.text}${world.logger.text}`);
      expect(logger.text).toContain('cannot insert');
    },
  );

  it('that a store lists, with a public one, is left out', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    const own = (await replica.listPublicKeys()).keys;
    const expiresAt = new Date(world.clock.now() + 1_000_000);
    const { jwk, privateKey } = createKey('canary');
    const list = world.store.listKeys.bind(world.store);
    world.store.listKeys = async () => [
      { key: { ...jwk, ...(privateKey.export({ format: 'jwk' }) as object) }, expiresAt },
      { key: { ...jwk, kid: 'good', ext: 'canary' }, expiresAt },
      undefined as never,
      ...(await list()),
    ];
    expect((await replica.listPublicKeys()).keys).toEqual([{ ...jwk, kid: 'good' }, ...own]);
  });
});
