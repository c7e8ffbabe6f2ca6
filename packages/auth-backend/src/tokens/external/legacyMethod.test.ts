import { createHmac } from 'node:crypto';
import { TestClock } from '@stagepass/auth-test-utils';
import { SignJWT } from 'jose';
import { illegalToken, rejectionOf } from '../../testing/refusals';
import { segment, withoutEvidence } from '../../testing/tokenFixtures';
import { parseCompact } from '../parseCompact';
import type { LegacyAccess } from './externalEntries';
import { createLegacyMethod } from './legacyMethod';

const secret = Buffer.alloc(32, 'canary-secret');
const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);
const entry: LegacyAccess = {
  type: 'legacy',
  path: 'backend.auth.externalAccess[0]',
  secret,
  subject: 'legacy:ci',
};

function write(claims: object, header: object = {}, key = secret): string {
  const input = `${segment({ alg: 'HS256', ...header })}.${segment({ sub: 'backstage-server', exp: now + 60, ...claims })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

function verify(token: string) {
  return withoutEvidence(createLegacyMethod(entry, clock).verify(token, parseCompact(token)));
}

describe('a token that is signed with a shared secret', () => {
  it('proves the configured subject', async () => {
    for (const [token, exp] of [
      [write({}), now + 60],
      [write({ iat: now }), now + 60],
      [write({ exp: now + 0.5 }), now + 0.5],
      [write({}, { typ: 'JWT', kid: 'any' }), now + 60],
    ] as const) {
      expect(await verify(token)).toEqual({
        subject: 'legacy:ci',
        expiresAt: new Date(exp * 1000),
      });
    }
  });

  it('is what jose writes', async () => {
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('backstage-server')
      .setExpirationTime(now + 3600)
      .sign(secret);
    expect(await verify(token)).toEqual({
      subject: 'legacy:ci',
      expiresAt: new Date((now + 3600) * 1000),
    });
  });

  it.each([
    ['of another algorithm', write({}, { alg: 'HS512' })],
    ['without signature algorithm', write({}, { alg: 'none' })],
    ['of another subject', write({ sub: 'backstage-plugin' })],
    ['of no subject', write({ sub: undefined })],
    ['for an audience', write({ aud: 'backstage' })],
    ['for an empty audience', write({ aud: '' })],
  ])('%s is another method’s', async (_, token) => {
    expect(await verify(token)).toBeUndefined();
  });

  it('that is no JWS at all is another method’s', async () => {
    expect(await createLegacyMethod(entry, clock).verify('opaque', undefined)).toBeUndefined();
  });

  it.each([
    [
      'AUTH_SIGNATURE_INVALID',
      write({}, {}, Buffer.alloc(32, 'another')),
      'the HS256 signature does not verify with the secret of backend.auth.externalAccess[0]; check that both sides have the same secret',
    ],
    [
      'AUTH_SIGNATURE_INVALID',
      `${write({}).slice(0, -4)}`,
      'the HS256 signature does not verify with the secret of backend.auth.externalAccess[0]; check that both sides have the same secret',
    ],
    [
      'AUTH_CLAIM_INVALID',
      write({ exp: undefined }),
      'claim exp: expected seconds since the epoch, found none',
    ],
    [
      'AUTH_CLAIM_INVALID',
      write({ exp: '9999999999' }),
      'claim exp: expected seconds since the epoch, found a string of 10 characters',
    ],
    [
      'AUTH_TOKEN_EXPIRED',
      write({ exp: now }),
      'the token expired at 2026-01-01T12:00:00.000Z, it is 2026-01-01T12:00:00.000Z now; get a new one',
    ],
    [
      'AUTH_TOKEN_NOT_YET_VALID',
      write({ nbf: now + 61, exp: now + 99 }),
      'the token is valid from 2026-01-01T12:01:01.000Z, it is 2026-01-01T12:00:00.000Z now; check the clocks of both hosts',
    ],
  ] as const)('is refused with %s', async (code, token, reason) => {
    const error = await rejectionOf(verify(token));
    expect(error).toMatchObject({ ...illegalToken(code), reason });
    expect(`${error.stack} ${error.reason}`).not.toContain('canary');
  });

  it('is refused with any bit of it changed', async () => {
    const token = write({});
    const bytes = Buffer.from(token.slice(token.lastIndexOf('.') + 1), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const forged = `${token.slice(0, token.lastIndexOf('.'))}.${changed.toString('base64url')}`;
      await expect(verify(forged)).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
    }
  });
});
