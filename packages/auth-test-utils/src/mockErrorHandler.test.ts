import {
  ConflictError,
  InputError,
  NotFoundError,
  NotImplementedError,
  NotModifiedError,
} from '@backstage/errors';
import { createAuthError } from '@stagepass/auth-node/internal';
import { mockErrorHandler } from './mockErrorHandler';

function answer(error: unknown, { headersSent = false } = {}) {
  const [status, json, next] = [jest.fn(), jest.fn(), jest.fn()];
  const response = { headersSent, status: status.mockReturnValue({ json }) };
  mockErrorHandler()(error, { method: 'GET', url: '/items' }, response, next);
  return { status, json, next };
}

describe('mockErrorHandler', () => {
  it.each([
    [new InputError('x'), 400],
    [createAuthError('AUTH_TOKEN_EXPIRED', 'reason'), 401],
    [createAuthError('AUTH_PRINCIPAL_NOT_ALLOWED', 'reason'), 403],
    [createAuthError('AUTH_KEYS_UNAVAILABLE', 'reason'), 503],
    [new NotFoundError('x'), 404],
    [new ConflictError('x'), 409],
    [new NotModifiedError('x'), 304],
    [new NotImplementedError('x'), 501],
    [new Error('x'), 500],
    [Object.assign(new Error('x'), { name: 'constructor' }), 500],
    [Object.assign(new Error('x'), { statusCode: 418 }), 418],
    [Object.assign(new Error('x'), { status: 422 }), 422],
    [Object.assign(new Error('x'), { status: 100 }), 100],
    [Object.assign(new Error('x'), { statusCode: 599 }), 599],
    [Object.assign(new InputError('x'), { status: 'bad' }), 400],
    [Object.assign(new InputError('x'), { status: 99, statusCode: 600 }), 400],
  ])('answers %p with %p', (error, expected) => {
    const { status, json, next } = answer(error);
    expect(status.mock.calls).toEqual([[expected]]);
    expect(json).toHaveBeenCalledWith({
      error: expect.objectContaining({ name: error.name, message: error.message }) as unknown,
      request: { method: 'GET', url: '/items' },
      response: { statusCode: expected },
    });
    expect(next).not.toHaveBeenCalled();
  });

  it('shows what an application puts on its errors, but no stack', () => {
    const cause = new Error('deep');
    const { json } = answer(Object.assign(new InputError('x', cause), { field: 'name' }));
    const [[body]] = json.mock.calls as [[{ error: object }]];
    expect(body.error).toMatchObject({ field: 'name', cause: { message: 'deep' } });
    expect(JSON.stringify(body)).not.toContain('"stack"');
  });

  it('says no more of a refusal than its name and message', () => {
    const { json } = answer(createAuthError('AUTH_TOKEN_EXPIRED', 'the reason'));
    expect(json.mock.calls).toEqual([
      [
        expect.objectContaining({
          error: { name: 'AuthenticationError', message: 'Illegal token' },
        }),
      ],
    ]);
  });

  class DatabaseError extends Error {}

  it.each([['a text'], [undefined], [{ no: 'error' }], [new DatabaseError('select secret')]])(
    'hides %p',
    thrown => {
      const { status, json } = answer(thrown);
      expect(status).toHaveBeenCalledWith(500);
      expect(json).toHaveBeenCalledWith(
        expect.objectContaining({
          error: { name: 'Error', message: 'An internal error occurred' },
        }),
      );
    },
  );

  it('leaves an answer that has begun to Express', () => {
    const error = new Error('late');
    const { status, next } = answer(error, { headersSent: true });
    expect(next).toHaveBeenCalledWith(error);
    expect(status).not.toHaveBeenCalled();
  });

  it('has the four parameters by which Express knows an error handler', () => {
    expect(mockErrorHandler()).toHaveLength(4);
  });
});
