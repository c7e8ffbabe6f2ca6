import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { invalidConfig, rejectionOf } from '../testing/refusals';
import { parseCompact } from '../tokens/parseCompact';
import { signJws } from '../tokens/signJws';
import { verifyJws } from '../tokens/verifyJws';
import { importVerificationKey } from './importKey';
import { type StaticKeyFiles, StaticKeySource } from './StaticKeySource';

const PATH = 'backend.auth.pluginKeyStore.static.keys[0]';
const one = createKey('one');
const two = createKey('two');
const spki = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }) as string;
const pkcs8 = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' }) as string;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'static-keys-'));
});
afterAll(() => rm(folder, { recursive: true }));

const logger = new RecordingLogger();
const load = (entries: [StaticKeyFiles, ...StaticKeyFiles[]]) =>
  StaticKeySource.load(entries, logger);

let files = 0;
async function write(content: string, mode = 0o600): Promise<string> {
  const file = join(folder, `${(files += 1)}.pem`);
  await writeFile(file, content);
  await chmod(file, mode);
  return file;
}

async function entryOf(key = one, options: Partial<StaticKeyFiles> = {}): Promise<StaticKeyFiles> {
  return {
    path: PATH,
    keyId: key.jwk.kid,
    algorithm: key.signing.alg,
    publicKeyFile: await write(spki(key.publicKey)),
    privateKeyFile: await write(pkcs8(key.privateKey)),
    ...options,
  };
}

describe('StaticKeySource', () => {
  it.each(['ES256', 'ES512', 'RS256', 'PS256', 'EdDSA'] as const)(
    'signs with the first key, of %s, what its published half verifies',
    async alg => {
      const source = await load([await entryOf(createKey('first', alg))]);
      const token = await signJws('test', { sub: 'x' }, await source.getSigningKey());
      const [jwk] = await source.listPublicKeys();
      const key = importVerificationKey(jwk);
      if (typeof key === 'string') throw new Error(key);
      expect(key).toMatchObject({ kid: 'first', alg });
      expect(await verifyJws(parseCompact(token), key, [alg])).toEqual({ sub: 'x' });
    },
  );

  it('publishes the others, which need no private half', async () => {
    const source = await load([await entryOf(), await entryOf(two, { privateKeyFile: undefined })]);
    expect(await source.getSigningKey()).toMatchObject({ kid: 'one', alg: 'ES256' });
    const published = await source.listPublicKeys();
    expect(published).toEqual([one.jwk, two.jwk]);
    published.length = 0;
    expect(await source.listPublicKeys()).toHaveLength(2);
  });

  it('reads PEM with text around it, and with line ends of Windows', async () => {
    const source = await load([
      await entryOf(one, {
        publicKeyFile: await write(`A comment\n${spki(one.publicKey)}`),
        privateKeyFile: await write(pkcs8(one.privateKey).replaceAll('\n', '\r\n')),
      }),
    ]);
    expect(await source.listPublicKeys()).toEqual([one.jwk]);
  });

  it.each([
    [0o644, true],
    [0o640, false],
    [0o604, true],
    [0o602, true],
    [0o600, false],
    [0o400, false],
  ])('warns of a private key whose file has the mode %o: %s', async (mode, warns) => {
    const privateKeyFile = await write(pkcs8(one.privateKey), mode);
    const before = logger.entries.length;
    await load([await entryOf(one, { privateKeyFile })]);
    const warning =
      `${PATH}.privateKeyFile: every user of this host can read or change the private key in '${privateKeyFile}', ` +
      `which has the mode ${mode.toString(8)}; give it 600, or 640 with a group of its own`;
    const expected = warns ? [{ level: 'warn', message: warning }] : [];
    expect(logger.entries.slice(before)).toEqual(expected);
  });

  it('needs the private half of the first', async () => {
    await expect(load([await entryOf(one, { privateKeyFile: undefined })])).rejects.toMatchObject(
      invalidConfig(
        `${PATH}.privateKeyFile: expected the private key of the first entry, which signs; found none`,
      ),
    );
  });

  it.each<[string, string, () => Promise<Partial<StaticKeyFiles>>]>([
    [
      'a file that is not there',
      "publicKeyFile: expected a readable file, found ENOENT in '<folder>/missing.pem'",
      async () => ({ publicKeyFile: join(folder, 'missing.pem') }),
    ],
    [
      'a folder',
      "privateKeyFile: expected a readable file, found EISDIR in '<folder>/folder'",
      async () => {
        await mkdir(join(folder, 'folder'), { recursive: true });
        return { privateKeyFile: join(folder, 'folder') };
      },
    ],
    [
      'an empty file',
      "publicKeyFile: expected an SPKI PEM, found none in '<file>'",
      async () => ({ publicKeyFile: await write('') }),
    ],
    [
      'a private key as the public one',
      "publicKeyFile: expected an SPKI PEM, found none in '<file>'",
      async () => ({ publicKeyFile: await write(pkcs8(one.privateKey)) }),
    ],
    [
      'a public key as the private one',
      "privateKeyFile: expected a PKCS#8 PEM, found none in '<file>'",
      async () => ({ privateKeyFile: await write(spki(one.publicKey)) }),
    ],
    [
      'the old form of a private key',
      "privateKeyFile: expected a PKCS#8 PEM, found none in '<file>'",
      async () => ({
        privateKeyFile: await write(
          one.privateKey.export({ format: 'pem', type: 'sec1' }) as string,
        ),
      }),
    ],
    [
      'an encrypted private key',
      "privateKeyFile: expected a PKCS#8 PEM, found none in '<file>'",
      async () => ({
        privateKeyFile: await write(
          one.privateKey.export({
            format: 'pem',
            type: 'pkcs8',
            cipher: 'aes-128-cbc',
            passphrase: 'hunter2',
          }) as string,
        ),
      }),
    ],
    [
      'damaged PEM',
      "privateKeyFile: expected a PKCS#8 PEM, found one that cannot be read in '<file>'",
      async () => ({
        privateKeyFile: await write('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----'),
      }),
    ],
    [
      'another private key',
      "privateKeyFile: expected the private half of the key in '<public>', found another key in '<file>'",
      async () => ({ privateKeyFile: await write(pkcs8(two.privateKey)) }),
    ],
    [
      'a key of another type',
      "publicKeyFile: RS256 needs a key of type rsa, found ec in '<public>'",
      async () => ({ algorithm: 'RS256' }),
    ],
    [
      'a key on another curve',
      "publicKeyFile: ES384 needs the curve secp384r1, found prime256v1 in '<public>'",
      async () => ({ algorithm: 'ES384' }),
    ],
    [
      'a private key of another type',
      "privateKeyFile: ES256 needs a key of type ec, found rsa in '<file>'",
      async () => ({ privateKeyFile: await write(pkcs8(createKey('rsa', 'RS256').privateKey)) }),
    ],
    [
      'a short RSA key',
      "publicKeyFile: RS256 needs an RSA key of at least 2048 bits, found 1024 in '<file>'",
      async () => ({
        algorithm: 'RS256',
        publicKeyFile: await write(
          spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
        ),
      }),
    ],
  ])('refuses %s, and names entry and file', async (_, message, options) => {
    const entry = await entryOf(one, await options());
    const error = await rejectionOf(load([entry]));
    const expected = `${PATH}.${message}`
      .replace('<folder>', folder)
      .replace('<public>', entry.publicKeyFile)
      .replace(
        '<file>',
        message.startsWith('publicKeyFile') ? entry.publicKeyFile : entry.privateKeyFile!,
      );
    expect(error).toMatchObject(invalidConfig(expected));
    const secret = pkcs8(one.privateKey).split('\n')[1]!;
    expect(`${error.stack} ${error.reason}`).not.toContain(secret);
  });

  it('refuses a wrong entry that does not sign, too', async () => {
    const wrong = await entryOf(two, { path: 'keys[1]', algorithm: 'EdDSA' });
    await expect(load([await entryOf(), wrong])).rejects.toMatchObject(
      invalidConfig(
        `keys[1].publicKeyFile: EdDSA needs a key of type ed25519, found ec in '${wrong.publicKeyFile}'`,
      ),
    );
  });
});
