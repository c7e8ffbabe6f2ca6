import { createHmac } from 'node:crypto';
import { AuthenticationError } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { createAuthError } from '@stagepass/auth-node/internal';
import { createKey } from '../../testing/keyFixtures';
import { illegalToken, keysUnavailable, rejectionOf } from '../../testing/refusals';
import { forge, segment, withoutEvidence } from '../../testing/tokenFixtures';
import { parseCompact } from '../parseCompact';
import { ExternalAccess, type ExternalTrial } from './ExternalAccess';
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

function setUp(configured = entries) {
  const tried: ExternalTrial[] = [];
  const passedOver: string[] = [];
  const access = new ExternalAccess({
    pluginId: 'catalog',
    entries: configured,
    handlers: [{ type: 'mesh', initialize: () => {}, verifyToken: answerOfHandler }],
    keysOf: entry => async kid => {
      if (entry.url.includes('down')) throw createAuthError('AUTH_KEYS_UNAVAILABLE', 'down');
      const key = [first, second].find(({ verification }) => verification.kid === kid);
      if (!key || !entry.url.includes(String(kid))) {
        throw createAuthError('AUTH_KEY_UNKNOWN', 'unknown');
      }
      return key.published;
    },
    clock,
    onTried: trial => tried.push(trial),
    onPassedOver: reason => passedOver.push(reason),
  });
  return {
    tried,
    passedOver,
    verify: (token: string) => withoutEvidence(access.verify(token, parseCompact(token))),
  };
}

const answerOfHandler = jest.fn<Promise<{ subject: string } | undefined>, [string]>();

const verify = (token: string) => setUp().verify(token);

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
      expiresAt: new Date((now + 60) * 1000),
    });
    expect(await verify(legacy(JSON.stringify(oldClaims)))).toEqual({
      subject: 'old',
      expiresAt: new Date((now + 60) * 1000),
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
      expiresAt: new Date((now + 60) * 1000),
    });
  });
});

describe('of several refusals that got equally far', () => {
  it('the first gives the reason', async () => {
    const error = await rejectionOf(verify(fromFirst({ iss: 'https://else.example' })));
    expect(error.reason).toContain('backend.auth.externalAccess of first');
    const twice = [idp('second', 'RS256'), idp('first', 'RS256')];
    const other = await rejectionOf(
      setUp(twice).verify(fromFirst({ iss: 'https://else.example' })),
    );
    expect(other.reason).toContain('backend.auth.externalAccess of second');
  });

  it('a wrong algorithm tells less than a wrong issuer', async () => {
    for (const order of [
      [idp('first', 'RS256'), idp('second', 'ES256')],
      [idp('second', 'ES256'), idp('first', 'RS256')],
    ]) {
      await expect(
        setUp(order).verify(fromFirst({ iss: 'https://else.example' })),
      ).rejects.toMatchObject(illegalToken('AUTH_ISSUER_MISMATCH'));
    }
  });
});

const mesh: ExternalEntry = { type: 'custom', path: 'mesh', handlerType: 'mesh', options: {} };

it('the refusal of a handler tells more than a wrong issuer, and less than an unknown key', async () => {
  answerOfHandler.mockRejectedValue(new AuthenticationError('no'));
  for (const order of [
    [mesh, ...entries],
    [...entries, mesh],
  ]) {
    const { verify } = setUp(order);
    await expect(verify(fromFirst({ iss: 'https://else.example' }))).rejects.toMatchObject(
      illegalToken('AUTH_TOKEN_TYPE_UNKNOWN'),
    );
    await expect(verify(fromFirst({}, { kid: 'other' }))).rejects.toMatchObject(
      illegalToken('AUTH_KEY_UNKNOWN'),
    );
  }
});

describe('of each entry that is asked', () => {
  it('is told what came of it', async () => {
    const { tried, verify } = setUp();
    const token = forge(
      { alg: 'ES256', kid: 'second' },
      { ...claims, iss: 'https://second.example' },
      second.signing,
    );
    await verify(token);
    expect(tried).toEqual([
      { entry: entries[0] },
      {
        entry: entries[1],
        error: expect.objectContaining({ code: 'AUTH_ALGORITHM_NOT_ALLOWED' }) as unknown,
      },
      { entry: entries[2], subject: 'external:ci' },
    ]);
  });

  it.each<[string, () => Promise<undefined>, number]>([
    ['fails', () => Promise.reject(new Error('boom')), 1],
    ['refuses', () => Promise.reject(new AuthenticationError('no')), 0],
    ['does not know the token', () => Promise.resolve(undefined), 0],
  ])('a handler that %s is passed over for one that accepts', async (_, answer, told) => {
    answerOfHandler.mockImplementation(answer);
    const { passedOver, verify } = setUp([mesh, ...entries]);
    await verify(fromFirst({}));
    expect(passedOver).toHaveLength(told);
    const alone = setUp([mesh]);
    await alone.verify(fromFirst({})).catch(() => {});
    expect(alone.passedOver).toEqual([]);
  });

  it('a third party that cannot be asked is not told as a handler is', async () => {
    const twin: JwksAccess = { ...idp('down', 'RS256'), issuers: ['https://first.example'] };
    const { passedOver, tried, verify } = setUp([twin, ...entries]);
    expect(await verify(fromFirst({}))).toMatchObject({ subject: 'external:ci' });
    expect(tried[0]).toMatchObject({ entry: twin, error: { code: 'AUTH_KEYS_UNAVAILABLE' } });
    expect(passedOver).toEqual([]);
  });

  it('a subject is refused that is of another', async () => {
    const owned: ExternalEntry = { type: 'static', path: 'x', token: 't', subject: 'external:ci' };
    await expect(setUp([...entries, owned]).verify(fromFirst({}))).rejects.toMatchObject({
      ...illegalToken('AUTH_CLAIM_INVALID'),
      reason:
        'backend.auth.externalAccess of first: the subject "external:ci" is one of x; give backend.auth.externalAccess of first a subjectPrefix that the other does not begin with',
    });
  });
});
