import { createHash } from 'node:crypto';
import { compare, type Outcome, type Verdict } from './engine';
import { keySetRules } from './keySetRules';
import { createSigner, type Signer, generate, signerOf } from './signing';
import { NOW_SECONDS, type World } from './worlds';
import { authenticateBoth } from './tokenRun';

/** A key as a plugin publishes it, and what is changed about it; undefined leaves a member out. */
export interface PublishedKey {
  readonly key: 'main' | 'other' | 'rsa' | 'curve';
  readonly changes: Readonly<Record<string, unknown>>;
  /** `x` is written with padding. */
  readonly padded?: boolean;
}

/** What a plugin publishes: keys, or something else. */
export type PublishedEntry = PublishedKey | { readonly entry: unknown };

/** A key set as it is generated; the token is signed with the key `main`, as `main-1`. */
export interface KeySetInput {
  readonly entries: readonly PublishedEntry[];
}

/** Signers of the keys that are published. */
export type PublishedSigners = Readonly<Record<PublishedKey['key'], Signer>>;

/** Makes the keys once. */
export function createPublishedSigners(): PublishedSigners {
  return {
    main: createSigner('main-1', 'ES256'),
    other: createSigner('other-1', 'ES256'),
    rsa: signerOf(generate('RS256'), 'rsa-1', 'RS256'),
    curve: createSigner('curve-1', 'ES384'),
  };
}

/** Has a plugin publish the key set, and gives a token of that plugin to both sides. */
export async function runKeySet(
  world: World,
  signers: PublishedSigners,
  input: KeySetInput,
): Promise<Verdict> {
  return compare(keySetRules, input, await keySetOutcomes(world, signers, input));
}

/** What came of a token of a plugin with the key set, on both sides. */
export async function keySetOutcomes(
  world: World,
  signers: PublishedSigners,
  input: KeySetInput,
): Promise<{ theirs: Outcome; ours: Outcome }> {
  const keys = input.entries.map(entry => publish(signers, entry));
  // The same set is published by the same plugin, so that what was fetched stays good.
  const pluginId = `p${hash(JSON.stringify(keys))}`;
  world.keySets.plugins.set(pluginId, () => Promise.resolve({ keys: keys as object[] }));
  // A plugin that ours calls is none of the strangers, of which it looks at a few only.
  const onBehalfOf = await world.ours.getOwnServiceCredentials();
  await world.ours.getPluginRequestToken({ onBehalfOf, targetPluginId: pluginId });
  const header = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'main-1' };
  const claims = { sub: pluginId, aud: 'receiver', iat: NOW_SECONDS, exp: NOW_SECONDS + 100 };
  const signed = [header, claims]
    .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const token = `${signed}.${signers.main.sign(signed).toString('base64url')}`;
  return authenticateBoth(world, token, false);
}

function publish(signers: PublishedSigners, entry: PublishedEntry): unknown {
  if ('entry' in entry) return entry.entry;
  const jwk: Record<string, unknown> = { ...signers[entry.key].jwk, ...entry.changes };
  if (entry.padded) jwk.x = `${String(jwk.x)}=`;
  return jwk;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
