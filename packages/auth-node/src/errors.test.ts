import {
  AuthenticationError,
  type AuthErrorCode,
  isAuthError,
  NotAllowedError,
  ServiceUnavailableError,
} from './index';
import { createAuthError, describeValue, quote } from './internal';

describe('createAuthError', () => {
  it('tells where a configuration was found wrong, and of refusals nothing but the reason', () => {
    const { stackTraceLimit } = Error;
    expect(createAuthError('AUTH_CONFIG_INVALID', 'x').stack).toContain('errors.test');
    expect(createAuthError('AUTH_TOKEN_EXPIRED', 'x').stack).not.toContain('errors.test');
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect(new Error('x').stack).toContain('errors.test');
  });

  it("makes errors also where nobody may change what is everybody else's", () => {
    const limit = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit')!;
    const name = Object.getOwnPropertyDescriptor(Error.prototype, 'name')!;
    Object.defineProperty(Error, 'stackTraceLimit', { ...limit, writable: false });
    Object.defineProperty(Error.prototype, 'name', { ...name, writable: false });
    try {
      const error = createAuthError('AUTH_TOKEN_EXPIRED', 'x');
      expect(error).toMatchObject({ name: 'AuthenticationError', code: 'AUTH_TOKEN_EXPIRED' });
      expect(error).toBeInstanceOf(AuthenticationError);
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', limit);
      Object.defineProperty(Error.prototype, 'name', name);
    }
  });

  const invalidToken = ['AuthenticationError', 'Illegal token'] as const;

  it.each<[AuthErrorCode, string, string]>([
    ['AUTH_CREDENTIALS_MISSING', 'AuthenticationError', 'Missing credentials'],
    ['AUTH_REQUEST_AMBIGUOUS', 'AuthenticationError', 'Malformed or ambiguous credentials'],
    ['AUTH_TOKEN_MALFORMED', ...invalidToken],
    ['AUTH_TOKEN_TYPE_UNKNOWN', ...invalidToken],
    ['AUTH_TOKEN_EXPIRED', ...invalidToken],
    ['AUTH_TOKEN_NOT_YET_VALID', ...invalidToken],
    ['AUTH_SIGNATURE_INVALID', ...invalidToken],
    ['AUTH_ALGORITHM_NOT_ALLOWED', ...invalidToken],
    ['AUTH_AUDIENCE_MISMATCH', ...invalidToken],
    ['AUTH_ISSUER_MISMATCH', ...invalidToken],
    ['AUTH_CLAIM_INVALID', ...invalidToken],
    ['AUTH_KEY_UNKNOWN', ...invalidToken],
    [
      'AUTH_KEYS_UNAVAILABLE',
      'ServiceUnavailableError',
      'Credentials cannot be verified at the moment',
    ],
    ['AUTH_LIMITED_TOKEN_NOT_ALLOWED', 'AuthenticationError', 'Illegal limited user token'],
    [
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      'NotAllowedError',
      'This endpoint does not allow these credentials',
    ],
    ['AUTH_ACCESS_RESTRICTED', 'NotAllowedError', 'Access to this plugin is restricted'],
    ['AUTH_DELEGATION_NOT_ALLOWED', 'NotAllowedError', 'This call may not be made for its caller'],
    ['AUTH_CONFIG_INVALID', 'Error', 'the full reason'],
  ])('makes %s a %s that reads "%s"', (code, name, message) => {
    const error = createAuthError(code, 'the full reason');
    expect(error).toMatchObject({ code, name, message, reason: 'the full reason' });
    // As with any error, who passes it on may call it something else.
    error.name = 'Another';
    expect(String(error)).toBe(`Another: ${message}`);
    expect(isAuthError(error)).toBe(true);
  });

  it('shows the caller name and message alone, however the error is written out', () => {
    const cause = new Error('the inner cause');
    const error = createAuthError('AUTH_TOKEN_EXPIRED', 'the full reason', { cause });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'AuthenticationError',
      message: 'Illegal token',
    });
    expect(Object.keys(error).sort()).toEqual(['code', 'name']);
    expect(error.cause).toBe(cause);
    expect(String(error)).toBe('AuthenticationError: Illegal token');
  });

  it('takes the sentence of Backstage where one is given', () => {
    const error = createAuthError('AUTH_CLAIM_INVALID', 'the full reason', { message: 'Another' });
    expect(error.message).toBe('Another');
  });

  it('makes errors that Backstage tells apart by their class', () => {
    expect(AuthenticationError.is(createAuthError('AUTH_KEY_UNKNOWN', ''))).toBe(true);
    expect(NotAllowedError.is(createAuthError('AUTH_ACCESS_RESTRICTED', ''))).toBe(true);
    expect(ServiceUnavailableError.is(createAuthError('AUTH_KEYS_UNAVAILABLE', ''))).toBe(true);
  });
});

describe('isAuthError', () => {
  it.each([
    ['an error of another copy of the package', { code: 'AUTH_KEY_UNKNOWN', message: 'x' }, true],
    ['another error', new Error('x'), false],
    ['an error with a foreign code', Object.assign(new Error('x'), { code: 'ENOENT' }), false],
    ['an error with an inherited name as code', { code: 'toString', message: 'x' }, false],
    ['null', null, false],
    ['a text', 'AUTH_KEY_UNKNOWN', false],
    ['undefined', undefined, false],
  ])('recognises %s: %#', (_, value, expected) => {
    expect(isAuthError(value)).toBe(expected);
  });
});

describe('quote', () => {
  it.each<[unknown, string]>([
    ['catalog', '"catalog"'],
    ['a"b', '"a\\"b"'],
    ['two\r\nlines', '"two\\r\\nlines"'],
    ['\u001b[31mred', '"\\u001b[31mred"'],
    ['line\u2028separator', '"line\\u2028separator"'],
    ['nul\u0000é😀', '"nul\\u0000\\u00e9\\ud83d\\ude00"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [['a', 1], '["a",1]'],
    [{ a: 'é' }, '{"a":"\\u00e9"}'],
    [1n, 'a bigint that JSON cannot hold'],
  ])('writes %p as %s', (value, expected) => {
    expect(quote(value)).toBe(expected);
  });

  it.each([['x'.repeat(1_000_000)], ['"'.repeat(1000)], [['x'.repeat(1000)]], ['é'.repeat(150)]])(
    'cuts what is long to 200 characters: %#',
    value => {
      expect(quote(value)).toHaveLength(200);
      expect(quote(value)).toMatch(/\.\.\.$/);
    },
  );
});

describe('describeValue', () => {
  it.each<[unknown, string]>([
    [undefined, 'none'],
    [null, 'null'],
    ['canary', 'a string of 6 characters'],
    [['canary'], 'a list of 1'],
    [{ canary: 1 }, 'an object'],
    [7, 'a number'],
    [true, 'a boolean'],
  ])('says of %j what it is, and not a word of it', (value, expected) => {
    expect(describeValue(value)).toBe(expected);
  });
});

describe('a reason', () => {
  it('is one printable line of at most 1,500 characters, whatever it was made of', () => {
    const { reason } = createAuthError('AUTH_KEY_UNKNOWN', `é\n${'x'.repeat(5_000)}`);
    expect(reason).toMatch(/^\\u00e9\\u000ax+\.\.\.$/);
    expect(reason).toHaveLength(1_500);
  });

  it('of a wrong configuration is told in full', () => {
    const message = `é\n${'x'.repeat(5_000)}`;
    expect(createAuthError('AUTH_CONFIG_INVALID', message)).toMatchObject({
      message,
      reason: message,
    });
  });
});
