import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { expectRefused, openReceiver, type Receiver } from './refusal';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const HEADER = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key' };

let receiver: Receiver;
let good: string;
let header: string;
let payload: string;
let signature: string;

beforeEach(async () => {
  receiver = await openReceiver(new Installation());
  good = receiver.installation.pluginToken();
  [header = '', payload = '', signature = ''] = good.split('.');
});

/** A token that is signed by the right key over whatever stands in its first two segments. */
function signed(head: unknown, claims: unknown): string {
  return forge(head, claims, receiver.installation.catalogKey.signing);
}

/** Good claims as JSON text, with more members, as written, at the end. */
function claimsText(more = ''): string {
  const { now } = receiver.installation;
  return `{"sub":"catalog","aud":"scaffolder","iat":${now},"exp":${now + 3600}${more}}`;
}

/** The three segments of the good token, one of them changed. */
function changed(segmentAt: 0 | 1 | 2, change: (text: string) => string): string {
  return good
    .split('.')
    .map((text, index) => (index === segmentAt ? change(text) : text))
    .join('.');
}

describe('the form of a token', () => {
  it('TOK-01 accepts the good token', async () => {
    expect(await receiver.auth.authenticate(good)).toMatchObject({
      principal: { type: 'service', subject: 'plugin:catalog' },
    });
  });

  it('TOK-02 refuses what has no three segments, or empty ones', async () => {
    const counts = ['', 'a', 'a.b', 'a.b.c.d', 'a.b.c.d.e', '..', '.b.c', 'a.b.', 'a..c'];
    const ofGood = [`${header}.${payload}`, `${good}.${payload}`, `${good}.a.b`, `.${good}`];
    const emptied = [
      `.${payload}.${signature}`,
      `${header}..${signature}`,
      `${header}.${payload}.`,
    ];
    for (const token of [...counts, ...ofGood, ...emptied]) await expectRefused(receiver, token);
  });

  it('TOK-03 refuses white space inside or after any segment', async () => {
    const at = [0, 5, header.length, header.length + 6, header.length + 1 + payload.length];
    const places = [...at, good.length - 5, good.length];
    for (const space of [' ', '\t', '\n', '\r']) {
      for (const place of places) {
        await expectRefused(receiver, good.slice(0, place) + space + good.slice(place));
      }
    }
  });

  it('TOK-04 refuses padding after any segment', async () => {
    for (const padding of ['=', '==']) {
      for (const at of [0, 1, 2] as const) {
        await expectRefused(
          receiver,
          changed(at, text => text + padding),
        );
      }
    }
  });

  it('TOK-05 refuses the 15 other ways to write the last character of the signature', async () => {
    const bytes = Buffer.from(signature, 'base64url');
    const others = [...ALPHABET]
      .map(last => changed(2, text => text.slice(0, -1) + last))
      .filter(token => token !== good)
      .filter(token => Buffer.from(token.split('.')[2] ?? '', 'base64url').equals(bytes));
    expect(others).toHaveLength(15);
    for (const token of others) await expectRefused(receiver, token);
  });

  it('TOK-06 refuses every character that base64url has not, in any segment', async () => {
    const below = Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code));
    const far = ['\u2028', '\u2029', '\ufeff', '\uff21', '\ud800', '\udc00', '\u{1f600}'];
    const foreign = [...below, ...far].filter(char => !`${ALPHABET}.`.includes(char));
    expect(foreign.length).toBeGreaterThan(300);
    for (const char of foreign) {
      for (const at of [0, 1, 2] as const) {
        await expectRefused(
          receiver,
          changed(at, text => char + text.slice(1)),
        );
      }
      await expectRefused(receiver, good + char);
    }
  });

  it('TOK-07 refuses what is no string, without an error of another kind', async () => {
    const values = [undefined, null, 1, true, {}, [], Buffer.from(good), new String(good), [good]];
    const odd = [Symbol('token'), 1n, () => good, { toString: () => good }, Object.create(null)];
    for (const token of [...values, ...odd]) {
      const error = receiver.auth.authenticate(token as string);
      await expect(error).rejects.toMatchObject({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_MALFORMED',
        message: 'Illegal token',
      });
    }
  });

  it('TOK-19 refuses the JSON serialisations, as text and as object', async () => {
    const flattened = { protected: header, payload, signature };
    const general = { payload, signatures: [{ protected: header, signature }] };
    for (const value of [flattened, general]) {
      await expectRefused(receiver, value);
      await expectRefused(receiver, JSON.stringify(value));
    }
  });

  it('TOK-20 refuses a detached payload, and one that is not encoded', async () => {
    await expectRefused(receiver, `${header}..${signature}`);
    for (const b64 of [false, true, null]) {
      await expectRefused(receiver, signed({ ...HEADER, b64 }, claimsText()));
      await expectRefused(receiver, signed({ ...HEADER, b64, crit: ['b64'] }, claimsText()));
    }
  });
});

describe('the JSON of a token', () => {
  const notObjects = ['null', '1', '"x"', '[]', '[{}]', 'true', '{"a":1', '{"a":1}x', '{"a":1}{}'];

  it('TOK-08 refuses a header or payload that is no JSON object', async () => {
    await expectRefused(receiver, `.${payload}.${signature}`);
    await expectRefused(receiver, `${header}..${signature}`);
    for (const text of notObjects) {
      await expectRefused(receiver, signed(text, claimsText()));
      await expectRefused(receiver, signed(HEADER, text));
    }
    const trailing = [`${claimsText()}x`, `${claimsText()}\u0000`, `[${claimsText()}]`];
    for (const text of trailing) await expectRefused(receiver, signed(HEADER, text));
  });

  it('TOK-09 refuses a plugin token whose payload is no base64url, or no JSON', async () => {
    await expectRefused(receiver, `${header}.!!!.${signature}`);
    for (const text of ['!!!', 'claims', '{sub:"catalog"}']) {
      await expectRefused(receiver, signed(HEADER, text));
    }
  });

  it('TOK-10 refuses what is not UTF-8, UTF-16, and a byte order mark', async () => {
    const encodings = (text: string) => [
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text)]),
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
      Buffer.from(text, 'utf16le'),
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]),
      Buffer.from(`\ufeff${text}`),
    ];
    for (const bytes of encodings(claimsText())) {
      await expectRefused(receiver, signed(HEADER, bytes));
    }
    for (const bytes of encodings(JSON.stringify(HEADER))) {
      await expectRefused(receiver, signed(bytes, claimsText()));
    }
  });

  it('TOK-11 refuses a header that says alg, typ or kid twice', async () => {
    const { typ, alg, kid } = HEADER;
    const twice = [
      `{"typ":"${typ}","alg":"none","alg":"${alg}","kid":"${kid}"}`,
      `{"typ":"${typ}","alg":"${alg}","alg":"none","kid":"${kid}"}`,
      `{"typ":"JWT","alg":"${alg}","kid":"${kid}","typ":"${typ}"}`,
      `{"typ":"${typ}","alg":"${alg}","kid":"other","kid":"${kid}"}`,
      `{"typ":"${typ}","alg":"${alg}","k\\u0069d":"other","kid":"${kid}"}`,
      `{"typ":"${typ}","alg":"${alg}","kid":"${kid}","kid":"${kid}"}`,
    ];
    for (const text of twice) await expectRefused(receiver, signed(text, claimsText()));
  });

  it('TOK-12 refuses claims that are said twice, in any spelling and at any depth', async () => {
    const twice = [
      ',"sub":"catalog"',
      ',"s\\u0075b":"search"',
      ',"\\u0073\\u0075\\u0062":"search"',
      ',"aud":"search"',
      ',"exp":4102444800',
      ',"e\\u0078p":4102444800',
      ',"obo":"a","obo":"b"',
      ',"uip":"a","uip":"b"',
      ',"unknown":{"a":1,"a":2}',
      ',"unknown":[{"b":[{"a":1,"\\u0061":1}]}]',
    ];
    for (const more of twice) {
      await expectRefused(receiver, signed(HEADER, claimsText(more)));
    }
    for (const first of ['"sub":"search",', '"exp":1,', '"s\\u0075b":"search",']) {
      await expectRefused(receiver, signed(HEADER, `{${first}${claimsText().slice(1)}`));
    }
    const once = signed(HEADER, claimsText(',"a":{"sub":"x","aud":[{"sub":"y"}]},"S\\u0075b":1'));
    expect(await receiver.auth.authenticate(once)).toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
  });
});
