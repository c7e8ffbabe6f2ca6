import { isFromElsewhere } from './requestOrigin';

const origins = ['https://app.example.com'];

describe('isFromElsewhere', () => {
  it.each<
    [method: string | undefined, headers: Record<string, string | string[]>, expected: boolean]
  >([
    ['GET', { origin: 'https://evil.example' }, false],
    ['HEAD', { origin: 'https://evil.example' }, false],
    ['OPTIONS', { origin: 'https://evil.example' }, false],
    [undefined, {}, false],
    ['GET', { upgrade: 'websocket' }, true],
    ['POST', {}, true],
    ['POST', { host: 'null' }, true],
    ['DELETE', { origin: 'https://evil.example' }, true],
    ['POST', { 'sec-fetch-site': 'same-origin' }, false],
    ['POST', { 'sec-fetch-site': 'cross-site' }, true],
    ['POST', { 'sec-fetch-site': ['same-origin', 'cross-site'] }, true],
    ['POST', { origin: ['https://app.example.com', 'https://evil.example'] }, true],
    ['POST', { origin: 'https://app.example.com' }, false],
    ['POST', { origin: 'https://app.example.com:8443' }, true],
    ['POST', { origin: 'http://127.0.0.1:7007', host: '127.0.0.1:7007' }, false],
    ['POST', { origin: 'null', host: '127.0.0.1:7007' }, true],
    ['POST', { origin: 'null' }, true],
    ['POST', { origin: 'null', host: '' }, true],
    ['POST', { origin: 'null', host: 'null' }, true],
    ['POST', { origin: 'file://', host: '' }, true],
    ['POST', { origin: 'junk', host: 'undefined' }, true],
  ])('says of %s %j: %s', (method, headers, expected) => {
    expect(isFromElsewhere({ method, headers }, origins)).toBe(expected);
  });

  it('does not let the null origin be trusted', () => {
    expect(isFromElsewhere({ method: 'POST', headers: { origin: 'null' } }, ['null'])).toBe(true);
  });
});
