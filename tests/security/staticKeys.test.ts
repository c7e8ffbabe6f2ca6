import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { JsonObject } from '@backstage/types';
import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { invalidConfig, rejectionOf } from '../../packages/auth-backend/src/testing/refusals';
import { issue } from './PluginReplicas';
import { kidOf } from './UserIssuers';

const folder = mkdtempSync(join(tmpdir(), 'stagepass-static-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ENTRY = 'backend.auth.pluginKeyStore.static.keys[0]';
const one = createKey('one');
const two = createKey('two');

function write(name: string, key: KeyObject, mode = 0o600): string {
  const type = key.type === 'public' ? 'spki' : 'pkcs8';
  const file = join(folder, name);
  rmSync(file, { force: true });
  writeFileSync(file, key.export({ format: 'pem', type } as never), { mode });
  return file;
}

const entryOf = (key = one, keyId = 'one') => ({
  keyId,
  publicKeyFile: write('public.pem', key.publicKey),
  privateKeyFile: write('private.pem', key.privateKey),
});

function open(keys: JsonObject[], logger = new RecordingLogger()) {
  const getBaseUrl = async () => 'http://backend';
  const backend = createAuthBackend({
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    config: { backend: { auth: { pluginKeyStore: { type: 'static', static: { keys } } } } },
    logger,
    clock: new TestClock(),
  });
  return backend;
}

const variants: ReadonlyArray<[string, () => JsonObject, string]> = [
  [
    'a public file that is missing',
    () => ({ publicKeyFile: join(folder, 'none.pem') }),
    `${ENTRY}.publicKeyFile: expected a readable file, found ENOENT in '<folder>/none.pem'`,
  ],
  [
    'a private file that is missing',
    () => ({ privateKeyFile: join(folder, 'none.pem') }),
    `${ENTRY}.privateKeyFile: expected a readable file, found ENOENT in '<folder>/none.pem'`,
  ],
  [
    'RSA for ES256',
    () => ({
      publicKeyFile: write(
        'rsa.pem',
        generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey,
      ),
    }),
    `${ENTRY}.publicKeyFile: ES256 needs a key of type ec, found rsa in '<folder>/rsa.pem'`,
  ],
  [
    'P-384 for ES256',
    () => ({ publicKeyFile: write('p384.pem', createKey('p384', 'ES384').publicKey) }),
    `${ENTRY}.publicKeyFile: ES256 needs the curve prime256v1, found secp384r1 in '<folder>/p384.pem'`,
  ],
  [
    'a private P-384 key for ES256',
    () => ({ privateKeyFile: write('p384.pem', createKey('p384', 'ES384').privateKey) }),
    `${ENTRY}.privateKeyFile: ES256 needs the curve prime256v1, found secp384r1 in '<folder>/p384.pem'`,
  ],
  [
    'halves of two keys',
    () => ({ privateKeyFile: write('other.pem', two.privateKey) }),
    `${ENTRY}.privateKeyFile: expected the private half of the key in '<folder>/public.pem', found another key in '<folder>/other.pem'`,
  ],
  [
    'a private key where a public one is asked for',
    () => ({ publicKeyFile: write('swapped.pem', one.privateKey) }),
    `${ENTRY}.publicKeyFile: expected an SPKI PEM, found none in '<folder>/swapped.pem'`,
  ],
];

describe('KEY-10 a static key', () => {
  it.each(variants)(
    'with %s is refused at start, with the file and nothing of a key',
    async (_, change, message) => {
      const logger = new RecordingLogger();
      const backend = open([{ ...entryOf(), ...change() }], logger);
      const error = await rejectionOf(backend.forPlugin('catalog'));
      expect(error).toMatchObject(invalidConfig(message.replaceAll('<folder>', folder)));
      const told = `${error.stack} ${error.reason} ${logger.text}`;
      for (const { privateKey } of [one, two]) {
        const { d = '' } = privateKey.export({ format: 'jwk' });
        expect(told).not.toContain(d);
        expect(told).not.toContain(
          String(privateKey.export({ format: 'pem', type: 'pkcs8' })).split('\n')[1],
        );
      }
    },
  );

  it('of an id that another has is refused', () => {
    expect(() => open([entryOf(), entryOf(two)])).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringMatching(
          /^backend\.auth\.pluginKeyStore\.static\.keys.*one/,
        ) as unknown,
      }),
    );
  });

  it('whose private file every user can read is warned of', async () => {
    const logger = new RecordingLogger();
    const entry = entryOf();
    const privateKeyFile = write('open.pem', one.privateKey, 0o644);
    await open([{ ...entry, privateKeyFile }], logger).forPlugin('catalog');
    expect(logger.lines('warn')).toEqual([
      `${ENTRY}.privateKeyFile: every user of this host can read or change the private key in '${privateKeyFile}', ` +
        'which has the mode 644; give it 600, or 640 with a group of its own',
    ]);
  });

  it('whose files are replaced at run time signs on as it was, for each plugin, until the restart', async () => {
    const backend = open([entryOf()]);
    const catalog = await backend.forPlugin('catalog');
    const before = kidOf(await issue(catalog));
    entryOf(two);
    const scaffolder = await backend.forPlugin('scaffolder');
    const token = await issue(catalog);
    expect(kidOf(token)).toBe(before);
    expect(String(await scaffolder.authenticate(token))).toContain('plugin:catalog');
    expect((await catalog.listPublicServiceKeys()).keys).toEqual([one.jwk]);
    rmSync(join(folder, 'private.pem'));
    expect(String(await scaffolder.authenticate(await issue(catalog)))).toContain('plugin:catalog');
    const restarted = await open([entryOf(two)]).forPlugin('catalog');
    expect((await restarted.listPublicServiceKeys()).keys).toEqual([{ ...two.jwk, kid: 'one' }]);
  });
});
