import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { rejectionOf } from '../testing/refusals';
import { readData } from './parseFile';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stagepass-yaml-'));
  write('app-config.yaml', 'a: 1\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const YAML = `exports.parseDocument = text => ({ errors: [], toJS: () => ({ read: text }) });`;

describe('a YAML file is read', () => {
  it.each([
    ['node_modules/yaml'],
    ['node_modules/@backstage/config-loader/node_modules/yaml'],
    [
      'node_modules/@backstage/backend-defaults/node_modules/@backstage/config-loader/node_modules/yaml',
    ],
  ])('with %s of the host', async place => {
    write(`${place}/index.js`, YAML);
    for (const owner of ['config-loader', 'backend-defaults']) {
      const [before] = place.split(`@backstage/${owner}/`);
      if (before !== place) write(`${before}@backstage/${owner}/index.js`, '');
    }
    const file = join(folder, 'app-config.yaml');
    expect(await readData(file, folder)).toEqual({ read: 'a: 1\n' });
  });

  it('with that of the folder of the caller, where the file lies elsewhere', async () => {
    write('host/node_modules/yaml/index.js', YAML);
    const file = join(folder, 'app-config.yaml');
    expect(await readData(file, join(folder, 'host'))).toEqual({ read: 'a: 1\n' });
  });

  it('not without: the error says what to do', async () => {
    const file = join(folder, 'app-config.yaml');
    expect(await rejectionOf(readData(file, folder))).toMatchObject({
      name: 'UsageError',
      message:
        `${file}: expected the package yaml beside it to read it, found none; run this in the folder of your backend, ` +
        'run npm install --no-save yaml there, or give the configuration as JSON',
    });
  });
});

it('reads JSON without it', async () => {
  expect(await readData(write('app.json', '{"a":[1]}'), folder)).toEqual({ a: [1] });
});
