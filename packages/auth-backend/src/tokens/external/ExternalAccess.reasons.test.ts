import { createHmac } from 'node:crypto';
import { TestClock } from '@stagepass/auth-test-utils';
import { createAuthError } from '@stagepass/auth-node/internal';
import { createKey } from '../../testing/keyFixtures';
import { illegalToken, keysUnavailable } from '../../testing/refusals';
import { forge, segment } from '../../testing/tokenFixtures';
import { parseCompact } from '../parseCompact';
import { ExternalAccess } from './ExternalAccess';
import type { ExternalEntry, JwksAccess } from './externalEntries';

const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);
const secret = Buffer.alloc(32, 's');
const first = createKey('first', 'RS256');
const second = createKey('second', 'ES256');

function idp(name: string, algorithm: 'RS256' | 'ES256'): JwksAccess {
  return {
    type: 'jwks',
    path: `backend.auth.externalAccess of ${name}`,
    url: `https://${name}.example/keys`,
    issuers: [`https://${name}.example`],
    audiences: ['backend'],
    algorithms: [algorithm],
  };
}

const entries: ExternalEntry[] = [
  { type: 'legacy', path: 'legacy', secret, subject: 'old' },
  idp('first', 'RS256'),
  idp('second', 'ES256'),
  idp('down', 'ES256'),
];

const access = new ExternalAccess({
  pluginId: 'catalog',
  entries,
  handlers: [],
  keysOf: entry => async kid => {
    if (entry.url.includes('down')) throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'down');
    const key = [first, second].find(({ verification }) => verification.kid === kid);
    if (!key || !entry.url.includes(String(kid))) {
      throw createAuthError('AUTH_KEY_UNKNOWN', 'unknown');
    }
    return key.verification;
  },
  clock,
});

const verify = (token: string) => access.verify(token, parseCompact(token));

function legacy(payload: string, key = secret): string {
  const input = `${segment({ alg: 'HS256' })}.${Buffer.from(payload).toString('base64url')}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

const claims = { iss: 'https://first.example', aud: 'backend', sub: 'ci', exp: now + 60 };
const fromFirst = (changed: object, header: object = {}) =>
  forge({ alg: 'RS256', kid: 'first', ...header }, { ...claims, ...changed }, first.signing);
const oldClaims = { sub: 'backstage-server', exp: now + 60 };

describe('of several refusals, the one that got furthest gives the reason', () => {
  it('and a method that accepts needs none', async () => {
    expect(await verify(fromFirst({}))).toEqual({
      subject: 'external:ci',
      expiresAt: expect.any(Date) as Date,
    });
    expect(await verify(legacy(JSON.stringify(oldClaims)))).toEqual({
      subject: 'old',
      expiresAt: expect.any(Date) as Date,
    });
  });

  it.each([
    ['AUTH_ALGORITHM_NOT_ALLOWED', fromFirst({}, { alg: 'PS256' })],
    ['AUTH_ISSUER_MISMATCH', fromFirst({ iss: 'https://else.example' })],
    ['AUTH_AUDIENCE_MISMATCH', fromFirst({ aud: 'elsewhere' })],
    ['AUTH_TOKEN_MALFORMED', legacy(`\ufeff${JSON.stringify(oldClaims)}`)],
    ['AUTH_KEY_UNKNOWN', fromFirst({}, { kid: 'other' })],
    ['AUTH_SIGNATURE_INVALID', fromFirst({}).replace(/.{4}$/, 'AAAA')],
    ['AUTH_SIGNATURE_INVALID', legacy(JSON.stringify(oldClaims), Buffer.alloc(32, 'x'))],
    ['AUTH_CLAIM_INVALID', fromFirst({ sub: '' })],
    ['AUTH_TOKEN_NOT_YET_VALID', fromFirst({ nbf: now + 61, exp: now + 99 })],
    ['AUTH_TOKEN_EXPIRED', fromFirst({ exp: now })],
    ['AUTH_TOKEN_EXPIRED', legacy(JSON.stringify({ ...oldClaims, exp: now }))],
  ] as const)('%s', async (code, token) => {
    await expect(verify(token)).rejects.toMatchObject(illegalToken(code));
  });

  it('and who cannot decide outweighs who refused without proof', async () => {
    const token = forge(
      { alg: 'ES256', kid: 'any' },
      { ...claims, iss: 'https://down.example' },
      second.signing,
    );
    await expect(verify(token)).rejects.toMatchObject(keysUnavailable);
  });

  it('and an outage keeps no token of another caller out', async () => {
    expect(await verify(fromFirst({}))).toEqual({
      subject: 'external:ci',
      expiresAt: expect.any(Date) as Date,
    });
  });
});
