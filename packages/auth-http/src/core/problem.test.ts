import {
  AuthenticationError,
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { AuthErrorCode } from '@stagepass/auth-node';
import { createAuthError } from '@stagepass/auth-node/internal';
import { answerError } from './problem';

const request = { method: 'POST', url: '/items?token=s3cret#x' };

describe('answerError', () => {
  it.each<[AuthErrorCode, number, Record<string, string>]>([
    ['AUTH_CREDENTIALS_MISSING', 401, { 'WWW-Authenticate': 'Bearer realm="backend"' }],
    [
      'AUTH_REQUEST_AMBIGUOUS',
      401,
      { 'WWW-Authenticate': 'Bearer realm="backend", error="invalid_request"' },
    ],
    [
      'AUTH_PRINCIPAL_NOT_ALLOWED',
      403,
      { 'WWW-Authenticate': 'Bearer realm="backend", error="insufficient_scope"' },
    ],
    [
      'AUTH_ACCESS_RESTRICTED',
      403,
      { 'WWW-Authenticate': 'Bearer realm="backend", error="insufficient_scope"' },
    ],
    [
      'AUTH_DELEGATION_NOT_ALLOWED',
      403,
      { 'WWW-Authenticate': 'Bearer realm="backend", error="insufficient_scope"' },
    ],
    ['AUTH_KEYS_UNAVAILABLE', 503, { 'Retry-After': '10' }],
  ])('answers %s with %d and %j', (code, status, headers) => {
    const error = createAuthError(code, 'a reason for the log');
    expect(answerError(error, request)).toEqual({
      status,
      headers,
      body: {
        error: { name: error.name, message: error.message },
        request: { method: 'POST', url: '/items' },
        response: { statusCode: status },
      },
    });
  });

  const tokenCodes: AuthErrorCode[] = [
    'AUTH_TOKEN_MALFORMED',
    'AUTH_TOKEN_TYPE_UNKNOWN',
    'AUTH_TOKEN_EXPIRED',
    'AUTH_TOKEN_NOT_YET_VALID',
    'AUTH_SIGNATURE_INVALID',
    'AUTH_ALGORITHM_NOT_ALLOWED',
    'AUTH_AUDIENCE_MISMATCH',
    'AUTH_ISSUER_MISMATCH',
    'AUTH_CLAIM_INVALID',
    'AUTH_KEY_UNKNOWN',
  ];

  it.each(tokenCodes)('answers %s as every other invalid token', code => {
    expect(answerError(createAuthError(code, `because of ${code}`), request)).toEqual({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="backend", error="invalid_token"' },
      body: {
        error: { name: 'AuthenticationError', message: 'Illegal token' },
        request: { method: 'POST', url: '/items' },
        response: { statusCode: 401 },
      },
    });
  });

  it('answers a limited user token in the wrong place as an invalid token', () => {
    const error = createAuthError('AUTH_LIMITED_TOKEN_NOT_ALLOWED', 'r');
    expect(answerError(error, request)).toMatchObject({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="backend", error="invalid_token"' },
    });
  });

  const foreign: Array<[Error, number, Record<string, string>]> = [
    [new InputError('m'), 400, {}],
    [new AuthenticationError('m'), 401, { 'WWW-Authenticate': 'Bearer realm="backend"' }],
    [new NotAllowedError('m'), 403, {}],
    [new NotFoundError('m'), 404, {}],
    [new ServiceUnavailableError('m'), 503, { 'Retry-After': '10' }],
    [Object.assign(new Error('m'), { name: 'InputError', code: 'EXTERNAL' }), 400, {}],
  ];

  it.each(foreign)('answers a foreign error by its name: %#', (error, status, headers) => {
    expect(answerError(error, request)).toMatchObject({
      status,
      headers,
      body: { error: { name: error.name, message: 'm' } },
    });
  });

  it('shows neither cause nor stack nor other members', () => {
    const error = Object.assign(new NotAllowedError('m'), { secret: 's3cret' });
    expect(JSON.stringify(answerError(error, request))).not.toContain('s3cret');
    expect(Object.keys(answerError(error, request)?.body?.error ?? {})).toEqual([
      'name',
      'message',
    ]);
  });

  it.each([
    new Error('boom'),
    new TypeError('boom'),
    new ConflictError('boom'),
    createAuthError('AUTH_CONFIG_INVALID', 'boom'),
    Object.assign(new Error('boom'), { name: 'toString' }),
    Object.assign(new Error('boom'), { code: 'ECONNREFUSED' }),
    'boom',
    undefined,
    null,
    { name: 1 },
    { name: ['InputError'] },
  ])('leaves other values to others: %#', error => {
    expect(answerError(error, request)).toBeUndefined();
  });

  it('makes do without method and url', () => {
    expect(answerError(new InputError('m'), {})?.body?.request).toEqual({ method: '', url: '' });
  });
});
