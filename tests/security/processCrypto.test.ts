import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Program } from './Program';

const program = new Program('brokenCrypto.program.ts');
const folder = mkdtempSync(join(tmpdir(), 'stagepass-openssl-'));
afterAll(() => {
  program.remove();
  rmSync(folder, { recursive: true });
});

/** What the program printed, by step. */
function stepsWith(what: string): Record<string, unknown> {
  const { status, stdout, stderr } = program.run({ env: { BREAK: what } });
  // Nothing that broke may end the process.
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.trim().split('\n');
  return Object.fromEntries(
    lines.map(line => {
      const [step = '', outcome = ''] = line.split(/: (.*)/s);
      return [step, outcome === 'done' ? outcome : (JSON.parse(outcome) as unknown)];
    }),
  );
}

const unavailable = (reason: RegExp) => ({
  name: 'ServiceUnavailableError',
  code: 'AUTH_KEYS_UNAVAILABLE',
  message: 'Credentials cannot be verified at the moment',
  reason: expect.stringMatching(reason) as unknown,
});
const refused = expect.objectContaining({ code: 'AUTH_SIGNATURE_INVALID' }) as unknown;
const allIsWell = {
  open: 'done',
  issue: 'done',
  'accept a good token': 'done',
  'accept an altered token': refused,
};

describe('RUN-07 a host with parts of node:crypto that do not work', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['nothing of it', 'nothing', allIsWell],
    ['crypto.subtle and the global crypto, which are not needed', 'globals', allIsWell],
    [
      'the generation of keys',
      'generateKeyPair',
      { open: unavailable(/cannot generate a key for ES256 on this host: "generateKeyPair does/) },
    ],
    [
      'hashes',
      'createHash',
      { open: unavailable(/cannot generate a key for ES256 on this host: "createHash does not/) },
    ],
    [
      'signing',
      'sign',
      { open: 'done', issue: unavailable(/cannot sign with ES256 on this host: "sign does not/) },
    ],
    [
      'signing, later on',
      'later sign',
      { ...allIsWell, issue: unavailable(/cannot sign with ES256 on this host: "sign does not/) },
    ],
    [
      'verifying, later on',
      'later verify',
      {
        ...allIsWell,
        'accept a good token': unavailable(/cannot verify ES256 signatures on this host: "verify/),
        'accept an altered token': unavailable(/cannot verify ES256 signatures on this host/),
      },
    ],
    [
      'the import of keys',
      'createPublicKey',
      {
        ...allIsWell,
        'accept a good token': unavailable(/cannot be fetched now/),
        'accept an altered token': unavailable(/cannot be fetched now/),
      },
    ],
    [
      'random ids, which refusals have',
      'randomUUID',
      {
        ...allIsWell,
        'accept an altered token': {
          name: 'Error',
          message: 'randomUUID does not work on this host',
        },
      },
    ],
  ])('RUN-07 says so, and believes nobody: without %s', (_, what, steps) => {
    expect(stepsWith(what)).toEqual(steps);
  });
});

describe('RUN-07 a host with a configuration of OpenSSL that is odd', () => {
  const configured = (...lines: string[]) => {
    const file = join(folder, 'openssl.cnf');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return { env: { OPENSSL_CONF: file } };
  };
  const inSection = (...lines: string[]) =>
    configured('nodejs_conf = nodejs_init', '[nodejs_init]', ...lines);

  it.each<[string, () => Parameters<Program['run']>[0], RegExp]>([
    ['that cannot be read', () => configured('[[['), /OpenSSL configuration error/],
    [
      'without a random generator',
      () => inSection('random = odd', '[odd]', 'random = NO-SUCH-DRBG'),
      /CSPRNG/,
    ],
    [
      'without any algorithm',
      () => inSection('providers = few', '[few]', 'base = base', '[base]', 'activate = 1'),
      /CSPRNG/,
    ],
  ])('RUN-07 does not start: %s', (_, configuration, message) => {
    const { status, stdout, stderr } = program.run(configuration());
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(message);
  });

  it('RUN-07 starts with one that only exists', () => {
    const { stdout } = program.run(configured('# nothing'));
    expect(stdout).toMatch(/^open: done\nissue: done\naccept a good token: done\n/);
  });
});

describe.each(['--force-fips', '--enable-fips'])('RUN-07 a host with %s', flag => {
  const { stdout: fips } = spawnSync(process.execPath, [flag, '-p', 'crypto.getFips()'], {
    encoding: 'utf8',
  });

  it('RUN-07 works as ever where there is a FIPS module, and does not start where there is none', () => {
    const { status, stdout, stderr } = program.run({ flags: [flag], env: { BREAK: 'nothing' } });
    if (fips.trim() === '1') {
      expect(stdout).toMatch(/^open: done\nissue: done\naccept a good token: done\n/);
      return;
    }
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/FIPS/);
  });
});
