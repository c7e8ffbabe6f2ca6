import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../projectFiles';
import { Program } from './Program';

const STATIC_TOKEN = 'canary-static-token';
const explain = ['explain', '--plugin', 'catalog', '--base-url', 'http://127.0.0.1:1/api'];

const CONFIG = `
backend:
  baseUrl: https://backend.example.com
  auth:
    externalAccess:
      - type: static
        options: { token: '\${CI_TOKEN}', subject: ci }
`;

let program: Program;

beforeAll(async () => {
  program = await Program.compile();
});
beforeEach(() => program.write('app-config.yaml', CONFIG));
afterAll(() => program.remove());

const environment = { CI_TOKEN: STATIC_TOKEN };

describe('the program', () => {
  it('begins in a way that makes it one', () => {
    const source = readFileSync(join(root, 'packages/auth-backend/src/cli.ts'), 'utf8');
    expect(source).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it.each([[['--help']], [['explain', '-h']], [[]]])('says how it is used: %j', async args => {
    const { status, stdout, stderr } = await program.run(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('npx @stagepass/auth-backend explain --plugin <id> [options] [token]');
  });

  it('ends with 0 for a token that is accepted, from the standard input', async () => {
    const { status, stdout, stderr } = await program.run(explain, {
      input: `${STATIC_TOKEN}\n`,
      environment,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^The text is a static token\n\nACCEPTED by the plugin catalog at /);
    expect(stdout).toContain('as: {"type":"service","subject":"ci"}');
    expect(stdout).toContain(
      'It is that of: the external caller "ci", backend.auth.externalAccess[0]',
    );
    expect(stdout).not.toContain('canary');
  });

  it('takes the token from a file, and from the arguments', async () => {
    program.write('token.txt', `Authorization: Bearer ${STATIC_TOKEN}\r\n`);
    const fromFile = await program.run([...explain, '--token-file', 'token.txt'], { environment });
    expect(fromFile).toMatchObject({ status: 0, stderr: '' });
    const fromArguments = await program.run([...explain, 'Bearer', STATIC_TOKEN], { environment });
    expect(fromArguments).toMatchObject({ status: 0, stderr: '' });
  });

  it('ends with 1 for a token that is refused, and writes JSON if so asked', async () => {
    const { status, stdout, stderr } = await program.run([...explain, '--json', 'canary-junk'], {
      environment,
    });
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      kind: 'no token',
      verdict: { accepted: false, code: 'AUTH_TOKEN_MALFORMED', status: 401 },
    });
    expect(stdout).not.toContain('canary');
  });

  it('asks for another time', async () => {
    const claims = { sub: 'a', aud: 'catalog', iat: 1_767_225_600, exp: 1_767_229_200 };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k' })}.${part(claims)}.c2lnbmF0dXJl`;
    const { stdout } = await program.run([...explain, '--at', '2026-01-01T00:30:00Z', token], {
      environment,
    });
    expect(stdout).toContain('REFUSED by the plugin catalog at 2026-01-01T00:30:00.000Z');
    expect(stdout).toContain('Expires:    in 30 minutes (2026-01-01T01:00:00.000Z)');
  });

  it('allows limited access if so asked', async () => {
    const { stdout } = await program.run([...explain, '--allow-limited', STATIC_TOKEN], {
      environment,
    });
    expect(stdout).toContain('ACCEPTED by the plugin catalog, limited access allowed, at ');
  });

  it('lets the last configuration win, and takes the base URL from it', async () => {
    program.write(
      'more.json',
      JSON.stringify({
        backend: {
          baseUrl: 'http://127.0.0.1:1',
          auth: {
            externalAccess: [
              {
                type: 'static',
                options: { token: { $env: 'OTHER' }, subject: 'other' },
              },
            ],
          },
        },
      }),
    );
    const args = [
      'explain',
      '--plugin',
      'x',
      '--config',
      'app-config.yaml',
      '--config',
      'more.json',
    ];
    const { status, stdout } = await program.run(args, {
      input: 'canary-other-token',
      environment: { ...environment, OTHER: 'canary-other-token' },
    });
    expect(status).toBe(0);
    expect(stdout).toContain('"subject":"other"');
  });

  it('does not let what a token says look like a verdict', async () => {
    const verdict = 'k1\nACCEPTED by the plugin catalog';
    const header = Buffer.from(JSON.stringify({ alg: verdict, kid: verdict })).toString(
      'base64url',
    );
    const { stdout } = await program.run(explain, { input: `${header}.e30.c2ln`, environment });
    expect(stdout).toContain('k1\\u{a}ACCEPTED');
    expect(stdout).not.toMatch(/^\s*ACCEPTED/m);
  });

  it('does not let what a token says move the cursor', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'ES256' })}.${part({ sub: '\u202e\u009b31m\u2028' })}.c2lnbmF0dXJl`;
    const { stdout } = await program.run([...explain, token], { environment });
    expect(stdout).toContain('\\u{202e}\\u{9b}31m\\u{2028}');
    expect(stdout).not.toMatch(/[\u202e\u009b\u2028]/);
  });
});

describe('the program that is called in a wrong way ends with 2, and says what to do', () => {
  const oneLine = (text: string) => text.trimEnd().split('\n')[0];

  it.each([
    [['plain'], 'command: expected explain as the first argument; see --help'],
    [
      ['explain'],
      '--plugin: expected the id of the plugin to which the token is presented, found none',
    ],
    [
      [...explain, '--canary-secret'],
      'arguments: expected options as --help lists them, found another, or one without its value; a token that begins with "-" comes from the standard input or --token-file',
    ],
    [
      [...explain, '--at', 'yesterday'],
      '--at: expected an ISO 8601 time such as 2026-01-01T12:00:00Z, found "yesterday"',
    ],
    [
      ['explain', '--plugin', 'x', '--base-url', 'ftp://user:canary@host'],
      '--base-url: expected an http or https URL without credentials, such as http://localhost:7007/api, found something else',
    ],
    [
      [...explain, '--token-file', 'a', 'canary'],
      'token: expected --token-file or an argument, found both',
    ],
    [[...explain], 'token: expected one, found nothing; see --help'],
    [
      ['explain', '--plugin', '../x', '--base-url', 'http://127.0.0.1:1', 'canary'],
      `pluginId: expected letters, digits, '-' and '_', found "../x"`,
    ],
  ])('%j', async (args, expected) => {
    const { status, stdout, stderr } = await program.run(args, { environment });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(oneLine(stderr)).toBe(expected);
    expect(stderr).not.toContain('canary');
  });

  it('names the environment variable that is not set', async () => {
    const { status, stderr } = await program.run([...explain, 'x']);
    expect(status).toBe(2);
    expect(stderr).toBe(
      'backend.auth.externalAccess[0].options.token: expected a text, found nothing\n' +
        'backend.auth.externalAccess[0].options.token names the environment variable CI_TOKEN, which is not set here\n',
    );
  });

  it.each([
    [
      'broken.yaml',
      'backend: [canary',
      /broken\.yaml: expected YAML, found something else in line 1 \(\w+\)$/,
    ],
    ['broken.json', '{"canary"', /broken\.json: expected JSON, found something else$/],
    ['list.json', '["canary"]', /list\.json: expected an object at the top, found something else$/],
    [
      'wrong.json',
      '{"backend":{"auth":{"externalAccess":"canary"}}}',
      /^backend\.auth\.externalAccess: expected a list, found a string$/,
    ],
  ])('with the configuration %s', async (name, content, expected) => {
    program.write(name, content);
    const { status, stderr } = await program.run([...explain, '--config', name, 'x']);
    expect(status).toBe(2);
    expect(stderr.trimEnd()).toMatch(expected);
    expect(stderr).not.toContain('canary');
  });

  it('with a configuration that is not there', async () => {
    const { status, stderr } = await program.run([...explain, '--config', 'none.yaml', 'x']);
    expect(status).toBe(2);
    expect(stderr.trimEnd()).toMatch(/none\.yaml: expected a readable file, found ENOENT$/);
  });

  it('without anything that says where plugins are', async () => {
    program.write('empty.json', '{}');
    const args = ['explain', '--plugin', 'x', '--config', 'empty.json', 'canary'];
    const { status, stderr } = await program.run(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^--base-url: expected where plugins are reached, .* found neither\n$/);
  });
});
