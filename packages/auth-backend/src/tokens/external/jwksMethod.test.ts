import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../../testing/keyFixtures';
import { illegalToken, rejectionOf } from '../../testing/refusals';
import { forge, withoutEvidence } from '../../testing/tokenFixtures';
import { createAuthError } from '@stagepass/auth-node/internal';
import { signatureAlgorithms } from '../algorithms';
import { parseCompact } from '../parseCompact';
import type { ExternalMethod } from './ExternalMethod';
import type { JwksAccess } from './externalEntries';
import { createJwksMethod } from './jwksMethod';

const key = createKey('idp-key', 'RS256');
const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);
const PATH = 'backend.auth.externalAccess[2]';
const TO_DO = 'change the entry, or what the caller is issued';
const idp: JwksAccess = {
  type: 'jwks',
  path: PATH,
  url: 'https://idp.example/keys',
  issuers: ['https://idp.example', 'https://other.example'],
  audiences: ['backend', 'portal'],
  algorithms: ['RS256', 'ES256'],
};

function write(claims: object = {}, header: object = {}): string {
  return forge(
    { alg: 'RS256', kid: 'idp-key', ...header },
    { iss: 'https://idp.example', aud: 'backend', sub: 'ci|1', exp: now + 60, ...claims },
    key.signing,
  );
}

/** Returns what a method says of the caller. */
function verifyWith(method: ExternalMethod, token: string) {
  return withoutEvidence(method.verify(token, parseCompact(token)));
}

function setUp(entry: Partial<JwksAccess> = {}) {
  const asked: Array<string | undefined> = [];
  const findKey = async (kid: string | undefined) => {
    asked.push(kid);
    if (kid === 'idp-key' || kid === undefined) return key.published;
    throw createAuthError('AUTH_KEY_UNKNOWN', 'no such key');
  };
  const method = createJwksMethod({ ...idp, ...entry }, findKey, clock);
  return { asked, verify: (token: string) => verifyWith(method, token) };
}

describe('a token of a third party', () => {
  it('proves an external subject', async () => {
    expect(await setUp().verify(write())).toEqual({
      subject: 'external:ci|1',
      expiresAt: new Date((now + 60) * 1000),
    });
    expect(await setUp({ subjectPrefix: 'idp' }).verify(write())).toEqual({
      subject: 'external:idp:ci|1',
      expiresAt: expect.any(Date) as Date,
    });
  });

  it.each([
    ['one of several issuers', {}, write({ iss: 'https://other.example' })],
    ['one of its audiences is ours', {}, write({ aud: ['elsewhere', 'portal'] })],
    ['a type', {}, write({}, { typ: 'at+jwt' })],
    ['no kid', {}, write({}, { kid: undefined })],
    ['times in fractions', {}, write({ iat: now - 0.25, exp: now + 0.25 })],
    ['any issuer, where that is allowed', { issuers: undefined }, write({ iss: undefined })],
    ['any audience, where that is allowed', { audiences: undefined }, write({ aud: 'x' })],
  ] as const)('is accepted with %s', async (_, entry, token) => {
    expect(await setUp(entry).verify(token)).toEqual({
      subject: 'external:ci|1',
      expiresAt: expect.any(Date) as Date,
    });
  });

  it('cannot pose as a plugin or a user, whatever its subject', async () => {
    for (const sub of ['plugin:catalog', 'user:default/admin']) {
      expect(await setUp().verify(write({ sub }))).toMatchObject({ subject: `external:${sub}` });
    }
  });

  it('that is no JWS at all is another method’s', async () => {
    const method = createJwksMethod(idp, () => Promise.reject(new Error('not asked')), clock);
    expect(await method.verify('opaque', undefined)).toBeUndefined();
  });

  it.each([
    [
      'AUTH_ALGORITHM_NOT_ALLOWED',
      write({}, { alg: 'RS512' }),
      `${PATH}: expected alg to be one of ["RS256","ES256"], found "RS512"; ${TO_DO}`,
    ],
    [
      'AUTH_ALGORITHM_NOT_ALLOWED',
      write({}, { alg: 'HS256' }),
      `${PATH}: expected alg to be one of ["RS256","ES256"], found "HS256"; ${TO_DO}`,
    ],
    [
      'AUTH_ISSUER_MISMATCH',
      write({ iss: 'https://idp.example/' }),
      `${PATH}: expected iss to be one of ["https://idp.example","https://other.example"], found "https://idp.example/"; ${TO_DO}`,
    ],
    [
      'AUTH_ISSUER_MISMATCH',
      write({ iss: ['https://idp.example'] }),
      `${PATH}: expected iss to be one of ["https://idp.example","https://other.example"], found ["https://idp.example"]; ${TO_DO}`,
    ],
    [
      'AUTH_AUDIENCE_MISMATCH',
      write({ aud: undefined }),
      `${PATH}: expected aud to be one of ["backend","portal"], found none; ${TO_DO}`,
    ],
    [
      'AUTH_AUDIENCE_MISMATCH',
      write({ aud: ['backend '] }),
      `${PATH}: expected aud to be one of ["backend","portal"], found ["backend "]; ${TO_DO}`,
    ],
  ] as const)('is refused with %s before a key is asked for', async (code, token, reason) => {
    const { asked, verify } = setUp();
    expect(await rejectionOf(verify(token))).toMatchObject({ ...illegalToken(code), reason });
    expect(asked).toEqual([]);
  });

  it('is told what alone would be right, and how a wrong value was written', async () => {
    const { verify } = setUp({ issuers: ['https://one.example'] });
    for (const [iss, told] of [
      [undefined, 'none'],
      [7, 'a number'],
    ]) {
      expect(await rejectionOf(verify(write({ iss })))).toMatchObject({
        ...illegalToken('AUTH_ISSUER_MISMATCH'),
        reason: `${PATH}: expected iss to be ["https://one.example"], found ${told}; ${TO_DO}`,
      });
    }
  });

  it.each([
    ['AUTH_KEY_UNKNOWN', write({}, { kid: 'other' }), 'no such key'],
    [
      'AUTH_ALGORITHM_NOT_ALLOWED',
      write({}, { alg: 'ES256' }),
      'expected alg to be that of the key "idp-key", which is RS256, found "ES256"',
    ],
    [
      'AUTH_SIGNATURE_INVALID',
      write().replace(/.{4}$/, 'AAAA'),
      'the RS256 signature does not verify with the key "idp-key" that the issuer publishes; the token was changed, or another installation uses the same key id',
    ],
    [
      'AUTH_CLAIM_INVALID',
      write({ exp: undefined }),
      'claim exp: expected seconds since the epoch, found none',
    ],
    [
      'AUTH_CLAIM_INVALID',
      write({ sub: undefined }),
      'claim sub: expected a string of 1 to 1024 characters, found none',
    ],
    [
      'AUTH_TOKEN_EXPIRED',
      write({ exp: now }),
      'the token expired at 2026-01-01T12:00:00.000Z, it is 2026-01-01T12:00:00.000Z now; get a new one',
    ],
  ] as const)('is refused with %s', async (code, token, reason) => {
    expect(await rejectionOf(setUp().verify(token))).toMatchObject({
      ...illegalToken(code),
      reason,
    });
  });

  it.each(signatureAlgorithms)('may be signed with %s', async algorithm => {
    const pair = createKey('k', algorithm);
    const token = forge(
      { alg: algorithm, kid: 'k' },
      { iss: 'https://idp.example', aud: 'backend', sub: 'ci', exp: now + 60 },
      pair.signing,
    );
    const method = createJwksMethod(
      { ...idp, algorithms: signatureAlgorithms },
      async () => pair.published,
      clock,
    );
    expect(await verifyWith(method, token)).toEqual({
      subject: 'external:ci',
      expiresAt: expect.any(Date) as Date,
    });
  });
});
