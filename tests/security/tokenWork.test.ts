import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { MAX_TOKEN_LENGTH } from '../../packages/auth-backend/src/tokens/parseCompact';
import { expectRefused, openReceiver, type Receiver } from './refusal';

const KIB = 1024;

const HEADER = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key' };

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver(new Installation());
});

afterEach(() => jest.restoreAllMocks());

/** Signs a good token of exactly this many characters. */
function createTokenOf(length: number): string {
  const { installation } = receiver;
  const write = (inHeader: number, inClaims: number) =>
    installation.pluginToken({ x: 'x'.repeat(inClaims) }, { x: 'x'.repeat(inHeader) });
  // Three bytes are four characters, so that a few in the header make up for what the claims cannot.
  for (let inHeader = 0; inHeader < 3; inHeader += 1) {
    const missing = length - write(inHeader, 0).length;
    const about = Math.floor((missing * 3) / 4);
    for (const inClaims of [about - 1, about, about + 1]) {
      const token = write(inHeader, inClaims);
      if (token.length === length) return token;
    }
  }
  throw new Error(`no token of ${length} characters found`);
}

/**
 * Counts what is done with a token, until the mocks are restored: how many characters of it are decoded, parsed or
 * hashed, and how many pieces it is cut into.
 */
function countWork(token: string) {
  const work = { decoded: 0, pieces: 0, searches: 0 };
  const isOfToken = (value: unknown) =>
    typeof value === 'string' && value !== '' && token.includes(value.slice(0, 50));
  const note = (value: unknown) => {
    if (isOfToken(value)) work.decoded += (value as string).length;
  };
  const { from } = Buffer;
  jest.spyOn(Buffer, 'from').mockImplementation(((...args: Parameters<typeof from>) => {
    note(args[0]);
    return from(...args);
  }) as typeof from);
  const { parse } = JSON;
  jest.spyOn(JSON, 'parse').mockImplementation((...args) => {
    note(args[0]);
    return parse(...args) as unknown;
  });
  const { split, indexOf, slice } = String.prototype;
  jest.spyOn(String.prototype, 'split').mockImplementation(function (this: string, ...args) {
    const parts = split.apply(this, args as unknown as Parameters<typeof split>);
    if (String(this) === token) work.pieces += parts.length;
    return parts;
  } as typeof split);
  jest.spyOn(String.prototype, 'slice').mockImplementation(function (this: string, ...args) {
    if (String(this) === token) work.pieces += 1;
    return slice.apply(this, args);
  });
  jest.spyOn(String.prototype, 'indexOf').mockImplementation(function (this: string, ...args) {
    if (String(this) === token) work.searches += 1;
    return indexOf.apply(this, args);
  });
  return work;
}

/** Presents a token, and returns the work that was done with it. */
async function workOf(token: string) {
  const work = countWork(token);
  const outcome = await receiver.auth.authenticate(token).catch((error: unknown) => error);
  jest.restoreAllMocks();
  return { ...work, outcome };
}

const PLUGIN = { principal: { type: 'service', subject: 'plugin:catalog' } };
const MALFORMED = { name: 'AuthenticationError', code: 'AUTH_TOKEN_MALFORMED' };

describe('the length of a token', () => {
  it.each([4 * KIB, 8 * KIB, 16 * KIB, MAX_TOKEN_LENGTH])(
    'TOK-14 %d characters are accepted, and decoded once',
    async length => {
      const token = createTokenOf(length);
      const { outcome, decoded } = await workOf(token);
      expect(outcome).toMatchObject(PLUGIN);
      expect(MAX_TOKEN_LENGTH).toBe(32 * KIB);
      // Header, payload and signature, what is signed of them, and the copy that is remembered; a token is never gone
      // through more often.
      expect(decoded).toBeGreaterThan(length);
      expect(decoded).toBeLessThan(3 * length);
    },
  );

  it.each([MAX_TOKEN_LENGTH + 1, 64 * KIB, 1024 * KIB, 8192 * KIB])(
    'TOK-14 %d characters are refused, though well signed, before one of them is decoded',
    async length => {
      const token = createTokenOf(length);
      expect(await workOf(token)).toEqual({
        decoded: 0,
        pieces: 0,
        searches: 0,
        outcome: expect.objectContaining(MALFORMED) as unknown,
      });
      const { reason } = await expectRefused(receiver, token);
      expect(reason).toBe(
        `the token is not a well-formed JWS: expected at most 32768 characters, found ${length}`,
      );
    },
  );

  it('TOK-14 no external method is asked about what is too long', async () => {
    const asked: string[] = [];
    const handler = {
      type: 'custom',
      initialize: () => ({}),
      verifyToken: async (token: string) => void asked.push(token),
    };
    const installation = new Installation({
      auth: { externalAccess: [{ type: 'custom', options: {} }] },
      externalTokenHandlers: [handler],
    });
    const auth = await installation.plugin();
    const short = 'x'.repeat(MAX_TOKEN_LENGTH);
    for (const token of [short, `${short}x`]) {
      await expect(auth.authenticate(token)).rejects.toMatchObject(MALFORMED);
    }
    expect(asked).toEqual([short]);
  });
});

describe('the segments of a token', () => {
  it.each([10_000, 1_000_000])(
    'TOK-15 %d dots are refused, looked for three times at most',
    async count => {
      const dots = '.'.repeat(count);
      for (const token of [dots, `a.b.c${dots}`, `${receiver.installation.pluginToken()}${dots}`]) {
        const { outcome, ...work } = await workOf(token);
        expect(outcome).toMatchObject(MALFORMED);
        // Its end, by which it would be found if it had been accepted before.
        const pieces = token.length <= MAX_TOKEN_LENGTH ? 1 : 0;
        expect(work).toMatchObject({ decoded: 0, pieces });
        expect(work.searches).toBeLessThanOrEqual(3);
        await expectRefused(receiver, token);
      }
    },
  );
});

describe('the depth of a token', () => {
  const nested = (depth: number, [open, close] = ['[', ']']) =>
    open!.repeat(depth) + close!.repeat(depth);
  const claimsOf = (member: string) => {
    const { now } = receiver.installation;
    return `{"sub":"catalog","aud":"scaffolder","iat":${now},"exp":${now + 3600},"x":${member}}`;
  };
  const signed = (header: unknown, claims: string) =>
    forge(header, claims, receiver.installation.catalogKey.signing);
  const headerOf = (member: string) => `${JSON.stringify(HEADER).slice(0, -1)},"x":${member}}`;

  it('TOK-16 reads a hundred levels, and refuses more, in claims and in the header', async () => {
    const deepest = nested(99);
    for (const token of [
      signed(HEADER, claimsOf(deepest)),
      signed(headerOf(deepest), claimsOf('1')),
    ]) {
      expect(await receiver.auth.authenticate(token)).toMatchObject(PLUGIN);
    }
    for (const depth of [100, 5_000, 10_000]) {
      for (const member of [nested(depth), '['.repeat(depth), `${'{"a":'.repeat(depth / 4)}`]) {
        await expectRefused(receiver, signed(HEADER, claimsOf(member)));
        await expectRefused(receiver, signed(headerOf(member), claimsOf('1')));
      }
    }
  });

  it('TOK-16 refuses a million levels by the length of the token, undecoded', async () => {
    for (const token of [
      signed(HEADER, claimsOf(nested(1_000_000))),
      signed(headerOf(nested(1_000_000)), claimsOf('1')),
    ]) {
      expect(await workOf(token)).toMatchObject({ decoded: 0, outcome: MALFORMED });
      await expectRefused(receiver, token);
    }
  });
});
