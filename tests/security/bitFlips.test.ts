import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  externalAccess,
  Installation,
  STATIC_TOKEN,
} from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { explore } from '../differential/engine';
import { openReceiver, type Receiver } from './refusal';

const catalogKey = createKey('catalog-key');
const userKey = createKey('user-key');
const idpKey = createKey('idp-key');
const SECRET = Buffer.alloc(32, 'secret');

const auth = {
  externalAccess: [
    ...externalAccess,
    { type: 'legacy', options: { secret: SECRET.toString('base64'), subject: 'old' } },
    {
      type: 'jwks',
      options: {
        url: 'https://idp.example/keys',
        issuer: 'https://idp.example',
        audience: 'backend',
      },
    },
  ],
};

/** A receiver with all keys in memory; each time a new one, on the same keys. */
async function open(): Promise<Receiver> {
  const installation = Object.assign(new Installation({ auth }), { catalogKey, userKey });
  const { answer } = installation.network;
  installation.network.answer = (url, init) =>
    url === 'https://idp.example/keys' ? Response.json({ keys: [idpKey.jwk] }) : answer(url, init);
  const receiver = await openReceiver(installation);
  await receiver.auth.authenticate(tokensOf(installation).jwks());
  return receiver;
}

/** A good token of each kind, with claims that say nothing to anybody added. */
const tokensOf = (installation: Installation) => {
  const times = { iat: installation.now, exp: installation.now + 3600 };
  return {
    plugin: (more: object = {}) => installation.pluginToken(more),
    'plugin, on behalf of a user': (more: object = {}) =>
      installation.pluginToken({ ...more, obo: installation.limitedUserToken() }),
    user: (more: object = {}) => installation.userToken(more),
    'limited user': () => installation.limitedUserToken(),
    jwks: (more: object = {}) =>
      forge(
        { alg: 'ES256', kid: 'idp-key' },
        { iss: 'https://idp.example', aud: 'backend', sub: 'ci', ...times, ...more },
        idpKey.signing,
      ),
    legacy: (more: object = {}) => {
      const claims = { sub: 'backstage-server', ...times, ...more };
      const input = `${segment({ alg: 'HS256' })}.${segment(claims)}`;
      return `${input}.${createHmac('sha256', SECRET).update(input).digest('base64url')}`;
    },
    static: () => STATIC_TOKEN,
  };
};

type Kind = keyof ReturnType<typeof tokensOf>;
const kinds: Kind[] = [
  'plugin',
  'plugin, on behalf of a user',
  'user',
  'limited user',
  'jwks',
  'legacy',
  'static',
];

/** The token with one bit of one of its characters changed. */
function flipInText(token: string, bit: number): string {
  const at = bit >> 3;
  return token.slice(0, at) + flip(token.charCodeAt(at), bit) + token.slice(at + 1);
}

const flip = (code: number, bit: number) => String.fromCharCode(code ^ (1 << (bit & 7)));

/** The token with one bit changed of what one of its segments encodes. */
function flipInBytes(token: string, segmentAt: number, bit: number): string {
  const parts = token.split('.');
  const bytes = Buffer.from(parts[segmentAt] ?? '', 'base64url');
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  parts[segmentAt] = bytes.toString('base64url');
  return parts.join('.');
}

/** Every token that is one bit away. */
function* mutantsOf(token: string): Generator<string> {
  for (let bit = 0; bit < 8 * token.length; bit += 1) yield flipInText(token, bit);
  const parts = token.split('.');
  if (parts.length < 3) return;
  for (const [at, part] of parts.entries()) {
    const bits = 8 * Buffer.from(part, 'base64url').length;
    for (let bit = 0; bit < bits; bit += 1) yield flipInBytes(token, at, bit);
  }
}

/** Presents a token; a receiver that asked for keys because of it is replaced, so that no limit refuses the next one. */
async function present(receiver: Receiver, token: string) {
  const { requests } = receiver.installation.network;
  const asked = requests.length;
  const error: unknown = await receiver.auth
    .authenticate(token, { allowLimitedAccess: true })
    .then(() => undefined)
    .catch((caught: unknown) => caught);
  receiver.installation.logger.entries.length = 0;
  receiver.installation.events.length = 0;
  return { error, next: requests.length === asked ? receiver : await open() };
}

const REFUSED = { name: 'AuthenticationError', message: 'Illegal token' };

describe('a token with one bit changed', () => {
  it.each(kinds)('SIG-03 is refused, whatever the bit: %s', async kind => {
    let receiver = await open();
    const token = tokensOf(receiver.installation)[kind]();
    expect((await present(receiver, token)).error).toBeUndefined();
    const count = { mutants: 0, refused: 0 };
    for (const mutant of mutantsOf(token)) {
      count.mutants += 1;
      const { error, next } = await present(receiver, mutant);
      receiver = next;
      expect(error).toMatchObject(REFUSED);
      count.refused += 1;
    }
    const encoded = token.split('.').map(part => Buffer.from(part, 'base64url').length);
    const bytes = kind === 'static' ? 0 : encoded.reduce((sum, length) => sum + length);
    const all = 8 * (token.length + bytes);
    expect(count).toEqual({ mutants: all, refused: all });
  });

  it('SIG-03 is refused, whatever its kind, its claims and the bit', async () => {
    let receiver = await open();
    const inputs = fc.record({
      kind: fc.constantFrom(...kinds),
      claims: fc.dictionary(
        fc.string({ minLength: 1 }).map(name => `x${name}`),
        fc.jsonValue(),
        {
          maxKeys: 5,
        },
      ),
      inText: fc.boolean(),
      where: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      segmentAt: fc.nat(2),
    });
    await explore('one bit', inputs, 2_000, async ({ kind, claims, inText, where, segmentAt }) => {
      const token = tokensOf(receiver.installation)[kind](claims);
      const good = await present(receiver, token);
      expect(good.error).toBeUndefined();
      const part = Buffer.from(token.split('.')[segmentAt] ?? '', 'base64url');
      const mutant =
        inText || kind === 'static'
          ? flipInText(token, Math.floor(where * 8 * token.length))
          : flipInBytes(token, segmentAt, Math.floor(where * 8 * part.length));
      const { error, next } = await present(good.next, mutant);
      receiver = next;
      expect(error).toMatchObject(REFUSED);
    });
  });
});
