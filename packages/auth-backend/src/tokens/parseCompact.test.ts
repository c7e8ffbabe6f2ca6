import { ACCESS_RESTRICTIONS } from './accessRestrictions';
import { MAX_TOKEN_LENGTH, parseCompact } from './parseCompact';

const encode = (text: string | Uint8Array) => Buffer.from(text).toString('base64url');
const header = encode('{"typ":"vnd.backstage.plugin","alg":"ES256","kid":"k1"}');
const payload = encode('{"sub":"catalog"}');
const signature = encode(new Uint8Array(64).fill(7));
const good = `${header}.${payload}.${signature}`;

const withHeader = (text: string | Uint8Array) => `${encode(text)}.${payload}.${signature}`;
const withPayload = (text: string | Uint8Array) => `${header}.${encode(text)}.${signature}`;

const restricted = {
  typ: 'vnd.backstage.plugin',
  alg: 'ES256',
  kid: 'k1',
  crit: [ACCESS_RESTRICTIONS],
  [ACCESS_RESTRICTIONS]: { catalog: { permissionNames: ['a.read'] } },
};

describe('parseCompact', () => {
  it('reads header, claims, what is signed, and the signature', () => {
    const jws = parseCompact(good);
    expect(jws.header).toEqual({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'k1' });
    expect(jws.unverifiedClaims()).toEqual({ sub: 'catalog' });
    expect(jws.signingInput).toBe(`${header}.${payload}`);
    expect(jws.signature).toEqual(Buffer.alloc(64, 7));
  });

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a number', 1],
    ['an object', {}],
    ['a list with a token', [good]],
    ['bytes', Buffer.from(good)],
    ['a String object', new String(good)],
    ['a flattened serialisation', { protected: header, payload, signature }],
    ['its JSON', JSON.stringify({ protected: header, payload, signature })],
    ['nothing', ''],
    ['one segment', 'a'],
    ['two segments', 'a.b'],
    ['four segments', `${good}.d`],
    ['five segments, as encrypted tokens have', `${good}.d.e`],
    ['empty segments', '..'],
    ['no header', `.${payload}.${signature}`],
    ['no payload, as detached ones have', `${header}..${signature}`],
    ['no signature', `${header}.${payload}.`],
    ['a million dots', '.'.repeat(1_000_000)],
    ['ten thousand dots', '.'.repeat(10_000)],
    ['a character too much', `${header}.${payload}.${'A'.repeat(MAX_TOKEN_LENGTH)}`],
    ['padding', `${good}==`],
    ['padding in the middle', `${header}=.${payload}.${signature}`],
    ['the standard alphabet', `${header}.${payload}.+/${signature.slice(2)}`],
    ['a NUL', `${good}\u0000`],
    ['a letter with accent', `${header}.${payload}.é${signature.slice(1)}`],
    ['a line separator', `${header}.${payload}\u2028.${signature}`],
    ['a lone surrogate', `${header}.${payload}.\ud800${signature.slice(1)}`],
    ['a header that is no object', withHeader('[]')],
    ['a header that is null', withHeader('null')],
    ['a header that is text', withHeader('"x"')],
    ['a header cut short', withHeader('{"alg":"ES256"')],
    ['a header with more behind it', withHeader('{"alg":"ES256"}x')],
    ['a header with two alg', withHeader('{"alg":"none","alg":"ES256"}')],
    ['a header with two kid', withHeader('{"alg":"ES256","kid":"a","k\\u0069d":"b"}')],
    ['no alg', withHeader('{}')],
    ['an alg that is no text', withHeader('{"alg":["ES256"]}')],
    ['an empty alg', withHeader('{"alg":""}')],
    ['a typ that is no text', withHeader('{"alg":"ES256","typ":["vnd.backstage.plugin"]}')],
    ['a typ that is null', withHeader('{"alg":"ES256","typ":null}')],
    ['an empty kid', withHeader('{"alg":"ES256","kid":""}')],
    ['a kid that is a number', withHeader('{"alg":"ES256","kid":1}')],
    ['a critical parameter', withHeader('{"alg":"ES256","crit":["exp"],"exp":1}')],
    ['an empty list of critical parameters', withHeader('{"alg":"ES256","crit":[]}')],
    ['an unencoded payload', withHeader('{"alg":"ES256","b64":false}')],
    ['a byte order mark', withHeader('\ufeff{"alg":"ES256"}')],
  ])('refuses %s', (_, token) => {
    expect(() => parseCompact(token).unverifiedClaims()).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_MALFORMED',
        message: 'Illegal token',
        reason: expect.stringMatching(/^the token is not a well-formed JWS: /) as unknown,
      }),
    );
  });

  const found = 'expected three non-empty segments separated by dots, found';
  it.each<[unknown, string]>([
    [1, 'expected a string, found number'],
    [null, 'expected a string, found object'],
    ['.'.repeat(MAX_TOKEN_LENGTH + 1), 'expected at most 32768 characters, found 32769'],
    ['.'.repeat(MAX_TOKEN_LENGTH), `${found} 32768 characters without`],
    ['', `${found} 0 characters without`],
    ['a.b', `${found} 3 characters without`],
    ['.b.c', `${found} 4 characters without`],
    ['a..c', `${found} 4 characters without`],
    ['a.b.', `${found} 4 characters without`],
    ['a.b.c.d', `${found} 7 characters without`],
    [`${header}=.${payload}.${signature}`, 'header: is not canonical base64url'],
    [`${header}.${payload}=.${signature}`, 'payload: is not canonical base64url'],
    [`${good}=`, 'signature: is not canonical base64url'],
    [withHeader('[]'), 'header: is not a JSON object'],
    [withPayload('[]'), 'payload: is not a JSON object'],
    [withHeader('{"alg":1}'), 'header: expected a name as alg, found a number'],
    [withHeader('{"alg":"a","typ":null}'), 'header: expected a name as typ, found null'],
    [
      withHeader('{"alg":"a","kid":""}'),
      'header: expected a name as kid, found a string of 0 characters',
    ],
    [withHeader('{"alg":"a","kid":null}'), 'header: expected a name as kid, found null'],
    [
      withHeader('{"alg":"a","crit":["b"]}'),
      'header: expected no critical parameter but urn:stagepass:access-restrictions, present, listed once, and in a plugin token; found crit: a list of 1, the parameter: none',
    ],
  ])('says of %# what is wrong with it', (token, detail) => {
    expect(() => parseCompact(token).unverifiedClaims()).toThrow(
      expect.objectContaining({
        code: 'AUTH_TOKEN_MALFORMED',
        reason: `the token is not a well-formed JWS: ${detail}`,
      }),
    );
  });

  it('reads each of many headers as it is, in whatever order they come', () => {
    const kids = Array.from({ length: 250 }, (_, index) => `key-${index}`);
    for (const kid of [...kids, ...kids.reverse(), 'key-0', 'key-0']) {
      const token = withHeader(`{"alg":"ES256","kid":"${kid}"}`);
      expect(parseCompact(token).header).toEqual({ alg: 'ES256', kid });
    }
  });

  it('reads the shortest segments, the longest token, an empty typ and members of no meaning', () => {
    const unsigned = `${encode('{"alg":"a","typ":"","x":{"kid":12}}')}.e30.`;
    expect(parseCompact(`${unsigned}AA`)).toMatchObject({
      header: { alg: 'a', typ: '' },
      signature: Buffer.from([0]),
    });
    expect(parseCompact(unsigned.padEnd(MAX_TOKEN_LENGTH, 'A')).header.alg).toBe('a');
  });

  it('decodes claims once, and not before they are asked for', () => {
    const jws = parseCompact(good);
    expect(jws.unverifiedClaims()).toBe(jws.unverifiedClaims());
    expect(() => parseCompact(withPayload('[]'))).not.toThrow();
  });

  it('reads access restrictions that are marked critical in a plugin token', () => {
    const { header: read } = parseCompact(withHeader(JSON.stringify(restricted)));
    expect(read).toEqual({
      typ: 'vnd.backstage.plugin',
      alg: 'ES256',
      kid: 'k1',
      accessRestrictions: new Map([['catalog', { permissionNames: ['a.read'] }]]),
    });
  });

  const isNoCriticalParameter =
    'header: expected no critical parameter but urn:stagepass:access-restrictions, present, listed once, and in a plugin token';
  it.each<[string, object, string]>([
    ['lists nothing as critical', { crit: [] }, isNoCriticalParameter],
    ['lists no critical parameter, but has one', { crit: undefined }, isNoCriticalParameter],
    ['has null for the list of critical parameters', { crit: null }, isNoCriticalParameter],
    ['has a text for it', { crit: ACCESS_RESTRICTIONS }, isNoCriticalParameter],
    [
      'has an object for it',
      { crit: { 0: ACCESS_RESTRICTIONS, length: 1 } },
      isNoCriticalParameter,
    ],
    ['lists it within a list', { crit: [[ACCESS_RESTRICTIONS]] }, isNoCriticalParameter],
    ['lists it twice', { crit: [ACCESS_RESTRICTIONS, ACCESS_RESTRICTIONS] }, isNoCriticalParameter],
    [
      'lists another one too',
      { crit: [ACCESS_RESTRICTIONS, 'exp'], exp: 1 },
      isNoCriticalParameter,
    ],
    ['lists another one only', { crit: ['exp'], exp: 1 }, isNoCriticalParameter],
    ['lists it in capitals', { crit: [ACCESS_RESTRICTIONS.toUpperCase()] }, isNoCriticalParameter],
    ['lists it, but has none', { [ACCESS_RESTRICTIONS]: undefined }, isNoCriticalParameter],
    ['is of no type', { typ: undefined }, isNoCriticalParameter],
    ['is of another type', { typ: 'JWT' }, isNoCriticalParameter],
    ['is a user’s', { typ: 'vnd.backstage.user' }, isNoCriticalParameter],
    ['is a limited one', { typ: 'vnd.backstage.limited-user' }, isNoCriticalParameter],
    ['is encoded otherwise', { b64: true }, 'header: b64 is not understood'],
    [
      'is encoded otherwise, and says so',
      { crit: ['b64'], b64: false },
      'header: b64 is not understood',
    ],
    [
      'has a value that is none',
      { [ACCESS_RESTRICTIONS]: { catalog: null } },
      'header: urn:stagepass:access-restrictions: expected permissionNames and permissionAttributes alone for a plugin',
    ],
  ])('HDR-04 refuses a token with access restrictions that %s', (_, members, detail) => {
    const token = withHeader(JSON.stringify({ ...restricted, ...members }));
    expect(() => parseCompact(token)).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_MALFORMED',
        message: 'Illegal token',
        reason: expect.stringContaining(`the token is not a well-formed JWS: ${detail}`) as string,
      }),
    );
  });

  it('refuses white space anywhere', () => {
    for (const space of [' ', '\t', '\n', '\r']) {
      for (let at = 0; at <= good.length; at += 1) {
        const spaced = good.slice(0, at) + space + good.slice(at);
        expect(() => parseCompact(spaced).unverifiedClaims()).toThrow('Illegal token');
      }
    }
  });

  it('refuses all but one way to write the last character of a signature', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const bytes = parseCompact(good).signature;
    const sameBytes = [...alphabet]
      .map(last => good.slice(0, -1) + last)
      .filter(token => Buffer.from(token.split('.')[2]!, 'base64url').equals(bytes));
    expect(sameBytes).toHaveLength(16);
    const accepted = sameBytes.filter(token => {
      try {
        return Boolean(parseCompact(token));
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([good]);
  });

  it.each(['undefined', 'null'])('says that %s is an empty variable', text => {
    expect(() => parseCompact(text)).toThrow(
      expect.objectContaining({
        code: 'AUTH_TOKEN_MALFORMED',
        message: 'Illegal token',
        reason: `the token is not a well-formed JWS: found the text "${text}"; the variable of the caller is empty`,
      }),
    );
  });

  it.each<[string, string | Uint8Array]>([
    ['null', 'null'],
    ['a number', '1'],
    ['a list', '[]'],
    ['true', 'true'],
    ['no JSON', '!!!'],
    ['bytes that are not UTF-8', new Uint8Array([0xff, 0xfe])],
    ['bytes that are not UTF-8, but begin well', new Uint8Array([0x7b, 0xff, 0xfe])],
    ['UTF-16', Buffer.from('{"sub":"catalog"}', 'utf16le')],
    ['a byte order mark', '\ufeff{}'],
    ['two sub', '{"sub":"a","sub":"b"}'],
    ['two sub in different spellings', '{"sub":"a","s\\u0075b":"b"}'],
    ['two members deep inside', '{"x":[{"y":{"z":1,"z":2}}]}'],
  ])('refuses claims that are %s', (_, text) => {
    const jws = parseCompact(withPayload(text));
    expect(() => jws.unverifiedClaims()).toThrow(
      expect.objectContaining({ code: 'AUTH_TOKEN_MALFORMED', message: 'Illegal token' }),
    );
  });

  it.each([
    '{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"\\"a\\":","a ":1}',
    '{"__proto__":{"sub":"x"},"constructor":1,"é":"😀"}',
    ' { "a" : [ ] , "b" : { } } ',
  ])('reads claims in which names only look repeated: %s', text => {
    expect(parseCompact(withPayload(text)).unverifiedClaims()).toEqual(JSON.parse(text));
  });

  it('reads or refuses deep nesting, without exhausting the stack', () => {
    for (const depth of [5_000, 12_000]) {
      const jws = parseCompact(withPayload(`{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`));
      let outcome: unknown;
      try {
        outcome = Object.keys(jws.unverifiedClaims());
      } catch (error) {
        outcome = (error as { code: unknown }).code;
      }
      expect([['x'], 'AUTH_TOKEN_MALFORMED']).toContainEqual(outcome);
    }
  });
});
