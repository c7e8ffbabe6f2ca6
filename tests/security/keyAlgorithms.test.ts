import { generateKeyPairSync } from 'node:crypto';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { openThirdParty } from './openThirdParty';
import { expectRefused } from './refusal';

const ES256 = createKey('ec', 'ES256');
const RS256 = createKey('rsa', 'RS256');
const PS256 = { ...RS256, signing: { ...RS256.signing, alg: 'PS256' as const } };
const ED = createKey('ed', 'EdDSA');

const { alg: _ec, ...bareEc } = ES256.jwk;
const { alg: _rsa, ...bareRsa } = RS256.jwk;
const { alg: _ed, ...bareEd } = ED.jwk;

describe('a published key and the algorithm of a token', () => {
  it.each<[string, object, string, KeyFixture]>([
    ['an RSA key', bareRsa, 'HS256', ES256],
    ['an RSA key', bareRsa, 'ES256', ES256],
    ['an RSA key', bareRsa, 'EdDSA', ED],
    ['a P-256 key', bareEc, 'RS256', RS256],
    ['a P-256 key', bareEc, 'PS256', PS256],
    ['a P-256 key', bareEc, 'HS256', ES256],
    ['a P-256 key', bareEc, 'ES384', createKey('k', 'ES384')],
    ['an Ed25519 key', bareEd, 'ES256', ES256],
    ['an Ed25519 key', bareEd, 'HS256', ES256],
  ])('ALG-04 %s without alg verifies nothing of another family', async (_, jwk, alg, signer) => {
    const party = await openThirdParty([{ ...jwk, kid: 'k' }]);
    await party.accepts({ alg: 'ES256', kid: 'good' });
    const token = party.sign({ alg, kid: 'k' }, signer);
    await expectRefused(party, token, 'AUTH_ALGORITHM_NOT_ALLOWED');
  });

  it('ALG-05 a key for RS256 verifies no PS256, nor the other way round', async () => {
    const party = await openThirdParty([RS256.jwk, { ...RS256.jwk, kid: 'pss', alg: 'PS256' }]);
    await party.accepts({ alg: 'RS256', kid: 'rsa' }, RS256);
    await party.accepts({ alg: 'PS256', kid: 'pss' }, PS256);
    for (const token of [
      party.sign({ alg: 'PS256', kid: 'rsa' }, PS256),
      party.sign({ alg: 'RS256', kid: 'pss' }, RS256),
      party.sign(
        { alg: 'RS512', kid: 'rsa' },
        { ...RS256, signing: { ...RS256.signing, alg: 'RS512' } },
      ),
    ]) {
      await expectRefused(party, token, 'AUTH_ALGORITHM_NOT_ALLOWED');
    }
  });

  it.each<[object, string]>([
    [{ use: 'enc' }, 'is for "enc", not for signatures'],
    [{ use: 'SIG' }, 'is for "SIG", not for signatures'],
    [{ key_ops: ['encrypt'] }, 'is not for verifying'],
    [{ key_ops: ['sign'] }, 'is not for verifying'],
    [{ key_ops: [] }, 'is not for verifying'],
    [{ key_ops: 'verify' }, 'is not for verifying'],
  ])('ALG-05 a key that says %j is not used', async (members, problem) => {
    const party = await openThirdParty([{ ...ES256.jwk, ...members }]);
    await party.expectIgnored(problem);
    const token = party.sign({ alg: 'ES256', kid: 'ec' }, ES256);
    await expectRefused(party, token, 'AUTH_KEY_UNKNOWN', { requests: 1 });
  });

  it.each<[string, object]>([
    ['EdDSA', { ...ED.jwk, alg: 'EdDSA' }],
    ['Ed25519', { ...ED.jwk, alg: 'Ed25519' }],
    ['no algorithm', bareEd],
  ])('ALG-10 an Ed25519 key that says %s verifies both names', async (_, jwk) => {
    const both = await openThirdParty([jwk], ['EdDSA', 'Ed25519', 'ES256']);
    const byDefault = await openThirdParty([jwk]);
    for (const party of [both, byDefault]) {
      await party.accepts({ alg: 'EdDSA', kid: 'ed' }, ED);
      await party.accepts({ alg: 'Ed25519', kid: 'ed' }, ED);
    }
    for (const [allowed, other] of [
      ['EdDSA', 'Ed25519'],
      ['Ed25519', 'EdDSA'],
    ] as const) {
      const party = await openThirdParty([jwk], allowed);
      await party.accepts({ alg: allowed, kid: 'ed' }, ED);
      const token = party.sign({ alg: other, kid: 'ed' }, ED);
      await expectRefused(party, token, 'AUTH_ALGORITHM_NOT_ALLOWED');
    }
  });

  it.each(['EdDSA', 'Ed25519', 'Ed448'])('ALG-10 an Ed448 key is not used as %s', async alg => {
    const { publicKey, privateKey } = generateKeyPairSync('ed448');
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'ed448', alg };
    const party = await openThirdParty([jwk]);
    await party.expectIgnored(
      alg === 'Ed448'
        ? 'has the unusable alg "Ed448"'
        : `${alg} needs a key of type ed25519, found ed448`,
    );
    const signing = { kid: 'ed448', alg: 'EdDSA' as const, privateKey };
    const token = party.sign({ alg, kid: 'ed448' }, { ...ED, signing });
    await expectRefused(
      party,
      token,
      alg === 'Ed448' ? 'AUTH_ALGORITHM_NOT_ALLOWED' : 'AUTH_KEY_UNKNOWN',
      { requests: alg === 'Ed448' ? 0 : 1 },
    );
  });
});
