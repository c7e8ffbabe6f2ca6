import { sign } from 'node:crypto';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, writeNumber } from '../../packages/auth-backend/src/testing/keyFixtures';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { openThirdParty } from './openThirdParty';
import { expectRefused, openReceiver, type Receiver } from './refusal';

/** The order of the group of P-256, n (SEC 2 section 2.4.2). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** The order of the group of Ed25519, L (RFC 8032 section 5.1). */
const ED_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

const INVALID = 'AUTH_SIGNATURE_INVALID';

let receiver: Receiver;
/** What is signed, and the good signature, of a plugin token, a user token and a limited one. */
let tokens: Array<{ input: string; signature: Buffer }>;

beforeEach(async () => {
  receiver = await openReceiver(new Installation());
  const { installation } = receiver;
  tokens = [installation.pluginToken(), installation.userToken(), installation.limitedUserToken()]
    .map(token => token.split('.') as [string, string, string])
    .map(([header, payload, signature]) => ({
      input: `${header}.${payload}`,
      signature: Buffer.from(signature, 'base64url'),
    }));
});

async function expectAllRefused(change: (good: Buffer, input: string) => Buffer): Promise<void> {
  for (const { input, signature } of tokens) {
    const changed = change(signature, input);
    expect(changed.equals(signature)).toBe(false);
    await expectRefused(receiver, `${input}.${changed.toString('base64url')}`, INVALID, {
      allowLimitedAccess: true,
    });
  }
}

const bytes = (value: bigint, length = 32) => Buffer.from(writeNumber(value, length), 'base64url');
const pair = (r: bigint, s: bigint) => Buffer.concat([bytes(r), bytes(s)]);
const split = (good: Buffer) => [good.subarray(0, 32), good.subarray(32)] as const;
const valueOf = (half: Buffer) => BigInt(`0x${half.toString('hex')}`);

describe('a signature of ES256', () => {
  const edges = { '0': 0n, '1': 1n, 'n - 1': ORDER - 1n, n: ORDER } as const;
  const names = Object.keys(edges) as Array<keyof typeof edges>;

  it.each(names.flatMap(r => names.map(s => [r, s] as const)))(
    'SIG-01 with r = %s and s = %s is refused',
    async (r, s) => {
      await expectAllRefused(() => pair(edges[r], edges[s]));
    },
  );

  const byte = Buffer.alloc(1, 1);
  it.each<[string, (r: Buffer, s: Buffer) => Buffer[]]>([
    ['a byte more', (r, s) => [r, s, byte]],
    ['two zeros more', (r, s) => [r, s, Buffer.alloc(2)]],
    ['an r of 33 bytes', (r, s) => [byte, r, s]],
    ['an s of 33 bytes', (r, s) => [r, byte, s]],
    ['r + n, in 33 bytes', (r, s) => [bytes(valueOf(r) + ORDER, 33), bytes(valueOf(s), 33)]],
    ['s + n, in 33 bytes', (r, s) => [bytes(valueOf(r), 33), bytes(valueOf(s) + ORDER, 33)]],
    ['an r of 256 bytes', (r, s) => [Buffer.alloc(224), r, s]],
  ])('SIG-01 with %s is refused', async (_, write) => {
    await expectAllRefused(good => Buffer.concat(write(...split(good))));
  });

  it('SIG-01 of zeros alone is refused, at any length', async () => {
    for (const length of [1, 32, 63, 64, 65, 128]) {
      await expectAllRefused(() => Buffer.alloc(length));
    }
  });

  it('SIG-01 with halves that are swapped, doubled or negated is refused', async () => {
    await expectAllRefused(good => Buffer.concat([...split(good)].reverse()));
    await expectAllRefused(good => Buffer.concat([split(good)[0], split(good)[0]]));
    await expectAllRefused(good => {
      const [r, s] = split(good);
      return pair(ORDER - valueOf(r), valueOf(s));
    });
  });

  it('SIG-02 in DER, or of another length, is refused', async () => {
    await expectAllRefused((_, input) => {
      const { catalogKey, userKey } = receiver.installation;
      const key = input === tokens[0]?.input ? catalogKey : userKey;
      return sign('sha256', Buffer.from(input), key.privateKey);
    });
    for (const length of [1, 32, 63, 65, 96, 132]) {
      await expectAllRefused(good => Buffer.concat([good, Buffer.alloc(132)]).subarray(0, length));
    }
    await expectAllRefused(good => Buffer.concat([good, Buffer.alloc(1)]));
    await expectAllRefused(good => Buffer.concat([Buffer.alloc(1), good]));
    for (const { input } of tokens) await expectRefused(receiver, `${input}.`);
  });

  it('SIG-02 of ES384 or ES512 is refused, though it is good over the same bytes', async () => {
    for (const alg of ['ES384', 'ES512'] as const) {
      const { privateKey } = createKey('k', alg);
      await expectAllRefused((_, input) =>
        sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
      );
    }
  });

  it('SIG-05 is over the bytes of header and payload, not over what they say', async () => {
    const { installation, auth } = receiver;
    const { now } = installation;
    const [, , signature] = installation.pluginToken().split('.');
    const headers = [
      '{"typ":"vnd.backstage.plugin","alg":"ES256","kid":"catalog-key"}',
      '{"alg":"ES256","typ":"vnd.backstage.plugin","kid":"catalog-key"}',
      '{"typ":"vnd.backstage.plugin","kid":"catalog-key","alg":"ES256"}',
      '{ "typ":"vnd.backstage.plugin","alg":"ES256","kid":"catalog-key"}',
      '{"typ":"vnd.backstage.plugin","alg":"ES256","kid":"catalog-key"}\n',
      '{"t\\u0079p":"vnd.backstage.plugin","alg":"ES256","kid":"catalog-key"}',
    ];
    const [sub, aud, times] = [
      '"sub":"catalog"',
      '"aud":"scaffolder"',
      `"iat":${now},"exp":${now + 3600}`,
    ];
    const payloads = [
      `{${sub},${aud},${times}}`,
      `{${aud},${sub},${times}}`,
      `{${sub},${aud},${times} }`,
      `{${sub},${aud},"iat":${now}.0,"exp":${now + 3600}}`,
      `{${sub},${aud},"iat":${now},"exp":${(now + 3600) / 100}e2}`,
    ];
    let accepted = 0;
    for (const header of headers) {
      for (const payload of payloads) {
        const token = `${segment(header)}.${segment(payload)}.${signature}`;
        if (token === installation.pluginToken().replace(/[^.]+$/, signature!)) {
          expect(await auth.authenticate(token)).toBeDefined();
          accepted += 1;
        } else {
          await expectRefused(receiver, token, INVALID);
        }
      }
    }
    expect(accepted).toBe(1);
  });
});

describe('a signature of a third party', () => {
  it('SIG-01 by Ed25519 whose s is not below the order is refused', async () => {
    const key = createKey('ed', 'EdDSA');
    const party = await openThirdParty([key.jwk]);
    await party.accepts({ alg: 'EdDSA', kid: 'ed' }, key);
    const token = party.sign({ alg: 'EdDSA', kid: 'ed' }, key);
    const at = token.lastIndexOf('.') + 1;
    const good = Buffer.from(token.slice(at), 'base64url');
    const s = valueOf(Buffer.from(good.subarray(32)).reverse());
    for (const value of [s + ED_ORDER, s + 2n * ED_ORDER, 0n, ED_ORDER]) {
      const changed = Buffer.concat([good.subarray(0, 32), bytes(value).reverse()]);
      await expectRefused(party, token.slice(0, at) + changed.toString('base64url'), INVALID);
    }
  });

  it.each(['RS256', 'PS256'] as const)(
    'SIG-02 by %s of another length or beyond the modulus is refused',
    async alg => {
      const key = createKey('rsa', alg);
      const party = await openThirdParty([key.jwk]);
      await party.accepts({ alg, kid: 'rsa' }, key);
      const token = party.sign({ alg, kid: 'rsa' }, key);
      const at = token.lastIndexOf('.') + 1;
      const good = Buffer.from(token.slice(at), 'base64url');
      const modulus = valueOf(Buffer.from(key.jwk.n!, 'base64url'));
      const beyond = valueOf(good) + modulus;
      for (const changed of [
        Buffer.concat([Buffer.alloc(1), good]),
        Buffer.concat([good, Buffer.alloc(1)]),
        good.subarray(1),
        good.subarray(0, -1),
        Buffer.alloc(256),
        Buffer.alloc(256, 0xff),
        bytes(1n, 256),
        bytes(modulus, 256),
        bytes(beyond, 257),
      ]) {
        await expectRefused(party, token.slice(0, at) + changed.toString('base64url'), INVALID);
      }
    },
  );
});
