import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyFiles } from './configurationInputs';
import { generate } from './signing';

/** Writes key pairs as operators do: SPKI and PKCS #8 in PEM. `remove` takes them away again. */
export function writeKeyFiles(): { files: KeyFiles; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'stagepass-keys-'));
  const pairs = {
    p256: generate('ES256'),
    p257: generate('ES256'),
    p384: generate('ES384'),
    rsa: generate('RS256'),
    rsa2: generate('RS256'),
    ed: generate('EdDSA'),
  };
  const files: Record<string, string> = {};
  for (const [name, { privateKey, publicKey }] of Object.entries(pairs)) {
    files[`${name}-public`] = join(folder, `${name}-public.pem`);
    files[`${name}-private`] = join(folder, `${name}-private.pem`);
    writeFileSync(files[`${name}-public`]!, publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(files[`${name}-private`]!, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  return { files, remove: () => rmSync(folder, { recursive: true }) };
}
