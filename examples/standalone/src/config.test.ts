import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readConfig, readPort } from './config';

const hash = 'scrypt:eKVGg97Q-Z-_FHBGDFDOxQ:nerQ75boB-3WE47bwkdSKAHeAZsq-W7zIqJkFakhxjs';
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'stagepass-config-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(yaml: string) {
  const file = join(directory, 'app-config.yaml');
  await writeFile(file, yaml);
  return readConfig(file);
}

describe('readConfig', () => {
  it('reads the file that comes with the example', async () => {
    await expect(readConfig(resolve(__dirname, '../app-config.yaml'))).resolves.toMatchObject({
      host: '127.0.0.1',
      port: 7007,
      baseUrl: undefined,
      users: [{ name: 'jane' }, { name: 'john' }],
    });
  });

  it('reads every key', async () => {
    const yaml = `
      backend:
        listen: { host: 0.0.0.0, port: 8080 }
        baseUrl: https://backend.example.com
        auth: { anything: Stagepass reads this }
      example:
        users: [{ name: jane, password: '${hash}', groups: [group:default/payments] }]`;
    await expect(read(yaml)).resolves.toEqual({
      host: '0.0.0.0',
      port: 8080,
      baseUrl: 'https://backend.example.com',
      users: [{ name: 'jane', password: hash, groups: ['group:default/payments'] }],
      file: expect.objectContaining({ backend: expect.anything() }),
    });
  });

  it.each([
    ['', 'backend.listen.port: expected a whole number from 0 to 65535, found nothing'],
    ['- a', 'the file: expected an object with the keys backend, example'],
    ['backend: text', 'backend: expected an object with the keys listen, baseUrl, auth'],
    [
      'backend: { lissten: {} }',
      'backend.lissten: unknown key, expected one of listen, baseUrl, auth',
    ],
    [
      'backend: { listen: { port: "7007" } }',
      'backend.listen.port: expected a whole number from 0 to 65535, found "7007"',
    ],
    [
      'backend: { listen: { port: 65536 } }',
      'backend.listen.port: expected a whole number from 0 to 65535, found 65536',
    ],
    [
      'backend: { listen: { port: 1, host: localhost } }',
      'backend.listen.host: expected an IPv4 address',
    ],
    [
      'backend: { listen: { port: 1 }, baseUrl: example.com }',
      'backend.baseUrl: expected an http or https URL without a trailing slash',
    ],
    [
      'backend: { listen: { port: 1 }, baseUrl: "https://example.com/" }',
      'backend.baseUrl: expected an http or https URL without a trailing slash',
    ],
    [
      'backend: { listen: { port: 1 } }\nexample: { users: jane }',
      'example.users: expected a list',
    ],
    [
      'backend: { listen: { port: 1 } }\nexample: { users: [{ name: Jane }] }',
      'example.users[0].name: expected a name of a-z, 0-9, "_", "." and "-"',
    ],
    [
      `backend: { listen: { port: 1 } }\nexample: { users: [{ name: jane, password: '${hash}', groups: [cats] }] }`,
      'example.users[0].groups[0]: expected an entity ref such as group:default/payments',
    ],
    ['backend: 1\nbackend: 2', 'line 2: not valid YAML: Map keys must be unique'],
  ])('refuses %j', async (yaml, message) => {
    await expect(read(yaml)).rejects.toMatchObject({ name: 'StartError', message });
  });
});

describe('readPort', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['8080', 8080],
  ])('reads %j', (value, port) => {
    expect(readPort('PORT', value)).toBe(port);
  });

  it.each(['eight', '-1', '70000', '80 80', '0x50'])('refuses %j', value => {
    expect(() => readPort('PORT', value)).toThrow(
      /^PORT: expected a whole number from 0 to 65535, found /,
    );
  });
});
