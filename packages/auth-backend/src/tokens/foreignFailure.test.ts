import { refuseForeignAnswer, refuseForeignFailure } from './foreignFailure';

const named = (name: string, code?: unknown) =>
  Object.assign(new Error('knows eyJhbGciOi'), { name }, code !== undefined && { code });

describe('refuseForeignFailure', () => {
  it.each<[string, unknown, string]>([
    ['an error', new TypeError('x'), '"TypeError"'],
    ['an error with a code', named('Error', 'ECONNREFUSED'), '"Error" ("ECONNREFUSED")'],
    ['a code that is no text', named('Error', 7), '"Error"'],
    ['a name with a line end', named('Bad\nName'), '"Bad\\nName"'],
    ['a name that is no text', { name: 7 }, '"object"'],
    ['a text, which may be the token', 'eyJhbGciOi', '"string"'],
    ['nothing', undefined, '"undefined"'],
    ['null', null, '"object"'],
  ])('takes %s for an outage, and tells name and code alone', (_, error, told) => {
    expect(refuseForeignFailure(error, 'handler "x"')).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      message: 'Credentials cannot be verified at the moment',
      reason: `the handler "x" failed: ${told}`,
    });
  });

  it.each<[unknown, string]>([
    [undefined, '"AuthenticationError"'],
    ['E_OLD', '"AuthenticationError" ("E_OLD")'],
  ])('takes an AuthenticationError with the code %j for a refusal', (code, told) => {
    expect(refuseForeignFailure(named('AuthenticationError', code), 'handler "x"')).toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_TOKEN_TYPE_UNKNOWN',
      message: 'Illegal token',
      reason: `the handler "x" refuses the token: ${told}`,
    });
  });
});

describe('refuseForeignAnswer', () => {
  it('says whose answer cannot be used, and why', () => {
    expect(refuseForeignAnswer('handler "x"', 'no answer within 5 s')).toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      reason: 'the handler "x" cannot be used: no answer within 5 s',
    });
  });
});
