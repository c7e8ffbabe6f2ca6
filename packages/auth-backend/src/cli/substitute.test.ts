import { rejectionOf } from '../testing/refusals';
import { substitute } from './substitute';

const environment = { SET: 'value', EMPTY: '' };

function setUp(files: Record<string, unknown> = {}) {
  const missing: string[] = [];
  const read = async (file: string) => files[file.replace(/^.*\/folder\//, '')];
  const sources = {
    environment,
    readText: async (file: string) => String(await read(file)),
    readData: read,
    onMissing: (variable: string, path: string) => void missing.push(`${path} ${variable}`),
  };
  const run = (value: unknown) => substitute(value, { folder: '/folder', path: 'at' }, sources);
  return { run, missing };
}

describe('placeholders are filled as Backstage fills them', () => {
  it.each([
    ['${SET}', 'value'],
    ['a ${SET} b ${ SET }', 'a value b value'],
    ['$${SET}', '${SET}'],
    ['$SET', '$SET'],
    ['${EMPTY}', ''],
    ['${EMPTY:-other}', 'other'],
    ['${UNSET:-other: - one}', 'other: - one'],
    ['${SET:-other}', 'value'],
    [7, 7],
    [null, null],
    [{ a: ['${SET}', true] }, { a: ['value', true] }],
    [{ $env: 'SET' }, 'value'],
    [{ $env: 'S${EMPTY}ET' }, 'value'],
    [{ $file: 'secret.txt' }, 'from a file'],
    [{ $include: 'more.yaml' }, { a: { b: 'value' } }],
    [{ $include: 'more.yaml#a.b' }, 'value'],
    [{ $include: 'more.yaml#a.c' }, undefined],
    [
      { $env: 'SET', other: 1 },
      { $env: 'SET', other: 1 },
    ],
  ])('%j', async (value, expected) => {
    const { run, missing } = setUp({
      'secret.txt': 'from a file\n',
      'more.yaml': { a: { b: '${SET}' } },
    });
    expect(await run(value)).toEqual(expected);
    expect(missing).toEqual([]);
  });

  it.each([
    ['a ${UNSET}', 'at UNSET'],
    ['${UNSET:-}', 'at UNSET'],
    [{ $env: 'UNSET' }, 'at UNSET'],
  ])('%j is none, and is told', async (value, expected) => {
    const { run, missing } = setUp();
    expect(await run(value)).toBeUndefined();
    expect(missing).toEqual([expected]);
  });

  it('says where', async () => {
    const { run, missing } = setUp();
    await run({ list: [{ token: '${UNSET}' }] });
    expect(missing).toEqual(['at.list[0].token UNSET']);
  });

  it.each([
    [{ $env: 7 }, 'at.$env: expected a text, found something else'],
    [{ $include: 'more.txt' }, 'at.$include: expected a JSON or YAML file, found another'],
  ])('%j is refused', async (value, message) => {
    expect(await rejectionOf(setUp().run(value))).toMatchObject({ name: 'UsageError', message });
  });
});
