import { cryptoFailure } from './cryptoFailure';

describe('cryptoFailure', () => {
  it.each<[string, unknown, string]>([
    ['an error', new Error('no such\ncurve'), '"no such\\ncurve"'],
    ['something else', 'unsupported', '"unsupported"'],
    ['nothing', undefined, '"undefined"'],
  ])('tells %s, in one line, as an outage', (_, cause, told) => {
    const error = cryptoFailure('sign with ES256', cause);
    expect(error).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      message: 'Credentials cannot be verified at the moment',
      reason: `node:crypto cannot sign with ES256 on this host: ${told}; see its configuration of OpenSSL`,
    });
    expect(error.cause).toBe(cause);
  });
});
