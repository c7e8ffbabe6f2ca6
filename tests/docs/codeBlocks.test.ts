import { wrongCommands } from './commands';
import { readConfiguration } from './configuration';
import { compile, fileName, tsdocBlocks } from './examples';
import { type CodeBlock, codeBlocks, pages } from './markdown';

const blocks = [...pages().flatMap(page => codeBlocks(page)), ...tsdocBlocks()];

/** The blocks of some languages, for a table of tests, which must not be empty. */
function inLanguage(...languages: string[]) {
  const found = blocks.filter(({ language }) => languages.includes(language));
  return found.map((block): [string, typeof block] => [`${block.file}:${block.line}`, block]);
}

const block = (language: string, code: string): CodeBlock => ({
  file: 'docs/faulty.md',
  line: 10,
  language,
  code,
});

describe('the code in the documentation', () => {
  const code = inLanguage('ts', 'js');
  const faulty = block('ts', `// faulty.ts\n\nconst text: string = await auth.authenticate(5);`);
  const complaints = compile([...code.map(([, block]) => block), faulty]);

  it.each(code)('%s compiles', (_, block) => {
    expect(complaints.get(block)).toEqual([]);
  });

  it('would be found faulty, at its line', () => {
    expect(complaints.get(faulty)).toEqual([
      expect.stringMatching(/^docs\/faulty[.]md:12: Type 'BackstageCredentials/),
      expect.stringMatching(/^docs\/faulty[.]md:12: Argument of type 'number'/),
    ]);
  });

  it.each(inLanguage('yaml'))('%s is a configuration that a backend starts with', (_, block) => {
    const config = readConfiguration(block);
    expect(['auth', 'backend', 'discovery']).toEqual(expect.arrayContaining(Object.keys(config)));
  });

  it.each(inLanguage('bash'))('%s names what exists', (_, block) => {
    const shown = blocks.filter(({ file }) => file === block.file).map(fileName);
    const own = shown.filter(name => name !== undefined);
    expect(wrongCommands(block, own)).toEqual([]);
  });

  it('says its language, and hides nothing from the compiler', () => {
    const known = ['ts', 'js', 'yaml', 'bash', 'text'];
    const wrong = blocks.filter(
      ({ language, code }) =>
        !known.includes(language) || (language === 'text' && /^(import|const) /m.test(code)),
    );
    expect(wrong.map(({ file, line }) => `${file}:${line}`)).toEqual([]);
  });
});

describe('what looks at the code', () => {
  it.each<[string, string, string[]]>([
    ['a script that does not exist', 'npm run --silent tset', ['there is no script tset']],
    [
      'a package that does not exist',
      'npm install @stagepass/auht express',
      ['there is no package @stagepass/auht'],
    ],
    [
      'a program that does not exist',
      'npx @stagepass/auth-node explain',
      ['@stagepass/auth-node has no program'],
    ],
    [
      'a file that does not exist',
      'node scripts/biuld.mjs # builds',
      ['there is no file scripts/biuld.mjs'],
    ],
    [
      'nothing where all is well',
      'npm start -- --smoke\nnode server.ts \\\n  scripts/build.mjs',
      [],
    ],
  ])('finds %s', (_, code, expected) => {
    expect(wrongCommands(block('bash', code), ['server.ts'])).toEqual(expected);
  });

  it.each([
    [
      'a key that has no meaning',
      'backend: { auth: { externalAcess: [] } }',
      /backend[.]auth[.]externalAcess/,
    ],
    [
      'a cookie that cannot be',
      'backend: { auth: { cookie: { sameSite: None } } }',
      /cookie[.]sameSite/,
    ],
  ])('refuses a configuration with %s', (_, code, message) => {
    expect(() => readConfiguration(block('yaml', code))).toThrow(message);
  });
});
