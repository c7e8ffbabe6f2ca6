import { readPaste } from './readPaste';

const HEADER = Buffer.from('{"alg":"ES256"}').toString('base64url');
const TOKEN = `${HEADER}.eyJzdWIiOiJ4In0.c2lnbmF0dXJl`;
const OTHER = `${HEADER}.eyJzdWIiOiJ5In0.c2lnbmF0dXJl`;

describe('a text that could be a token', () => {
  it.each([
    [TOKEN],
    ['static-token-of-the-ci'],
    ['token:with-a-colon'],
    ['Bearer'],
    ['bearer-of-good-news'],
    ['a=b; c=d'],
    ['backstage-auth=opaque'],
    ['mock-user-token:{"sub":"user:default/x"}'],
    ['two words'],
    [''],
    [' '],
  ])('is left as it is: %j', text => {
    expect(readPaste(text)).toEqual({ token: text });
  });
});

const header = (problem?: string) => ({ as: 'Authorization header', ...(problem && { problem }) });
const cookie = (problem?: string) => ({ as: 'cookie', ...(problem && { problem }) });
const loose = (problem: string) => ({ as: 'text around a token', problem });

describe('what was copied with a token', () => {
  it.each([
    [`Authorization: Bearer ${TOKEN}`, header()],
    [`authorization:bearer   ${TOKEN}`, header()],
    [`Bearer ${TOKEN}`, header()],
    [`  Bearer ${TOKEN}\n`, header()],
    [`Bearer Bearer ${TOKEN}`, header('it says "Bearer" twice')],
    [`Bearer: ${TOKEN}`, header('a colon stands behind the scheme, expected a space')],
    [`Bearer\t${TOKEN}`, header('expected spaces behind the scheme, found other white space')],
    [`Authorization: Token ${TOKEN}`, header('its scheme is "Token", expected "Bearer"')],
    [`Authorization: canary ${TOKEN}`, header('its scheme is another one, expected "Bearer"')],
    [`Basic ${TOKEN}`, header('its scheme is "Basic", expected "Bearer"')],
    [`Authorization: ${TOKEN}`, header('expected "Bearer", a space and the token, found one word')],
    [`Bearer "${TOKEN}"`, header('quotation marks stand around the token')],
    [`Bearer ${TOKEN.slice(0, 20)}\n${TOKEN.slice(20)}`, header('the token is broken into lines')],
    [`Cookie: a=b; backstage-auth=${TOKEN}; c=d`, cookie()],
    [`Set-Cookie: backstage-auth=${TOKEN}; Path=/; HttpOnly`, cookie()],
    [`backstage-auth=${TOKEN}`, cookie()],
    [
      `backstage-auth=${TOKEN}; backstage-auth=${OTHER}`,
      cookie('it holds 2 different tokens; this is the first'),
    ],
    [`"${TOKEN}"`, loose('quotation marks stand around the token')],
    [` ${TOKEN}\n`, loose('white space stands around the token')],
    [`${TOKEN.slice(0, 30)}\r\n  ${TOKEN.slice(30)}`, loose('the token is broken into lines')],
    [
      `curl -H 'Authorization: Bearer ${TOKEN}' http://backstage-backend.example.com/api/x`,
      loose('other text stands around the token'),
    ],
    [`${TOKEN} and more`, loose('other text stands around the token')],
    [`${TOKEN} and ${OTHER}`, loose('other text stands around the token; there are 1 more in it')],
  ])('is told, and the token in it found: %#', (text, pasted) => {
    expect(readPaste(text)).toEqual({ token: TOKEN, pasted });
  });

  it('is told of an opaque token too', () => {
    expect(readPaste('Authorization: Bearer static-token')).toEqual({
      token: 'static-token',
      pasted: { as: 'Authorization header' },
    });
  });

  it.each([`${'Bearer '.repeat(20_000)}x`, `${'a=b;'.repeat(50_000)}`, ' '.repeat(200_000)])(
    'is read in a time that grows with its length alone: %#',
    text => {
      const read = readPaste(text);
      expect(read.token.length).toBeLessThanOrEqual(text.length);
    },
  );
});
