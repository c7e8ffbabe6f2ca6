import { canChangeSomething, comesFromTrustedOrigin, originOf } from './cookieOrigin';

describe('canChangeSomething', () => {
  it.each([
    ['GET', false],
    ['HEAD', false],
    ['OPTIONS', false],
    ['POST', true],
    ['PUT', true],
    ['PATCH', true],
    ['DELETE', true],
    ['PROPFIND', true],
    ['get', true],
    [undefined, true],
  ])('says of %s: %s', (method, expected) => {
    expect(canChangeSomething({ method, headers: {} })).toBe(expected);
  });

  it('says yes of an upgrade, which opens a WebSocket', () => {
    expect(canChangeSomething({ method: 'GET', headers: { upgrade: 'websocket' } })).toBe(true);
  });

  it('does not listen to a header that names another method', () => {
    const headers = { 'x-http-method-override': 'GET' };
    expect(canChangeSomething({ method: 'POST', headers })).toBe(true);
  });
});

describe('originOf', () => {
  it.each<[Record<string, string | string[]>, string]>([
    [{}, 'no single Origin header'],
    [{ origin: ['https://a.example', 'https://b.example'] }, 'no single Origin header'],
    [{ origin: 'https://a.example' }, 'the origin "https://a.example"'],
    [{ origin: 'https://a.example/page' }, 'an Origin header that names none'],
    [{ origin: 'junk' }, 'an Origin header that names none'],
  ])('says of %j: %s', (headers, text) => {
    expect(originOf({ headers })).toBe(text);
  });
});

describe('comesFromTrustedOrigin', () => {
  const origins = ['https://backend.example.com', 'https://app.example.com'];

  it.each<[Record<string, string | string[]>, boolean]>([
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
    [{ origin: 'https://backend.example.com' }, true],
    [{ origin: 'https://app.example.com' }, true],
    [{ 'sec-fetch-site': 'cross-site', origin: 'https://app.example.com' }, true],
    [{}, false],
    [{ 'sec-fetch-site': 'none' }, false],
    [{ 'sec-fetch-site': 'same-site' }, false],
    [{ 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': ['same-origin', 'cross-site'] }, false],
    [{ 'sec-fetch-site': 'same-origin, cross-site' }, false],
    [{ origin: 'null' }, false],
    [{ origin: 'https://evil.example' }, false],
    [{ origin: 'http://app.example.com' }, false],
    [{ origin: 'https://app.example.com:8443' }, false],
    [{ origin: 'https://app.example.com.evil.example' }, false],
    [{ origin: ['https://app.example.com', 'https://evil.example'] }, false],
    [{ referer: 'https://app.example.com/', 'x-forwarded-host': 'app.example.com' }, false],
    [{ host: 'app.example.com' }, false],
  ])('says of %j: %s', (headers, expected) => {
    expect(comesFromTrustedOrigin({ method: 'POST', headers }, origins)).toBe(expected);
    const asFetched = new Headers(
      Object.entries(headers).flatMap(([name, values]) =>
        [values].flat().map((value): [string, string] => [name, value]),
      ),
    );
    expect(comesFromTrustedOrigin({ method: 'POST', headers: asFetched }, origins)).toBe(expected);
  });

  it('does not let the null origin be trusted, which a base URL of another scheme would have', () => {
    const headers = { origin: new URL('app://backend').origin };
    expect(comesFromTrustedOrigin({ method: 'POST', headers }, ['null'])).toBe(false);
  });
});
