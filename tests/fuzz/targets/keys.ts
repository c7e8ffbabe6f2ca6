import { fetchKeySet } from '../../../packages/auth-backend/src/keys/fetchKeySet';
import {
  importVerificationKey,
  readPublicJwk,
} from '../../../packages/auth-backend/src/keys/importKey';
import { TestClock } from '@stagepass/auth-test-utils';
import { isSameJson, parseJson, promise } from '../promises';
import type { Target } from '../Target';

const keys = 'packages/auth-backend/src/keys';
const words = [
  ...['kty', 'kid', 'alg', 'use', 'sig', 'enc', 'key_ops', 'verify', 'crv', 'keys', '__proto__'],
  ...['EC', 'RSA', 'OKP', 'oct', 'P-256', 'P-384', 'P-521', 'Ed25519', 'X25519', 'secp256k1'],
  ...['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'EdDSA', 'HS256', 'd', 'k', 'AQAB', 'AQ', 'AA'],
];

/** A key, as an issuer publishes it. */
export const key: Target = {
  name: 'key',
  sources: [`${keys}/importKey.ts`, 'packages/auth-backend/src/tokens/algorithms.ts'],
  json: true,
  dictionary: words,
  maxLength: 4_000,
  stepsPerByte: 20,
  check(input) {
    const value = parseJson(input.toString('utf8'));
    checkKey(value);
    const fromPlugin = importVerificationKey(value);
    const fromThirdParty = importVerificationKey(value, { algorithms: ['RS256'] });
    if (typeof fromPlugin === 'string') return;
    promise(
      typeof fromThirdParty === 'object',
      'takes from a third party what it does from a plugin',
    );
    promise(fromThirdParty.alg === fromPlugin.alg, 'reads the same algorithm');
  },
};

/** The answer of an issuer to whom asks for its keys. */
export const keySet: Target = {
  name: 'key-set',
  sources: [`${keys}/fetchKeySet.ts`],
  json: true,
  dictionary: words,
  maxLength: 8_000,
  stepsPerByte: 60,
  async check(input) {
    const fetch = async () => new Response(Buffer.from(input));
    let read: unknown[];
    try {
      read = await fetchKeySet('http://issuer/keys', { fetch, clock: new TestClock() });
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      return promise(
        /^expected (a key set, found what is |a key set, found what has |an object with)/.test(
          message,
        ),
        'says what is wrong with it',
      );
    }
    const value = parseJson(input.toString('utf8')) as { keys: unknown[] };
    promise(isSameJson(read, value.keys), 'reads the keys as they are');
    for (const entry of read) checkKey(entry);
  },
};

function checkKey(value: unknown): void {
  for (const thirdParty of [undefined, { algorithms: ['PS256', 'ES256'] as const }]) {
    const imported = importVerificationKey(value, thirdParty);
    if (typeof imported === 'string') {
      promise(/^[\x20-\x7e]{5,400}$/.test(imported), 'says in print what is wrong with a key');
      continue;
    }
    const jwk = value as Record<string, unknown>;
    promise(imported.publicKey.type === 'public', 'imports public keys alone');
    promise(!/^HS|none/i.test(imported.alg), 'binds no key to a symmetric algorithm');
    promise(
      jwk.alg === imported.alg || (jwk.alg ?? undefined) === undefined,
      'leaves a key its algorithm',
    );
    promise(imported.kid === (jwk.kid ?? ''), 'leaves a key its id');
    const { kty, crv, x, y } = imported.publicKey.export({ format: 'jwk' });
    promise(kty === jwk.kty && (!crv || crv === jwk.crv), 'leaves a key its type');
    promise(
      kty === 'RSA' || (x === jwk.x && (kty !== 'EC' || y === jwk.y)),
      'reads a point that was written one way',
    );
    const published = readPublicJwk(value, thirdParty);
    promise(typeof published === 'object', 'reads what it imports');
    promise(
      isSameJson(
        readPublicJwk(published, thirdParty && imported.kid === '' ? undefined : thirdParty),
        published,
      ) || imported.kid === '',
      'reads again what it has written',
    );
    promise(
      !Object.keys(published).some(
        name => !['kty', 'kid', 'alg', 'crv', 'x', 'y', 'n', 'e'].includes(name),
      ),
      'publishes nothing else',
    );
  }
}
