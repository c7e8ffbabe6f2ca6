import { isError, serializeError } from '@backstage/errors';

/** The HTTP status of each error class of `@backstage/errors`, by its name. */
const statusByName: ReadonlyMap<string, number> = new Map([
  ['NotModifiedError', 304],
  ['InputError', 400],
  ['AuthenticationError', 401],
  ['NotAllowedError', 403],
  ['NotFoundError', 404],
  ['ConflictError', 409],
  ['NotImplementedError', 501],
  ['ServiceUnavailableError', 503],
]);

/**
 * Makes an error handler for Express that answers as a Backstage backend does: the status by the error's
 * own `statusCode` or `status`, else by its name, and a JSON body that describes error, request and
 * response.
 *
 * @example
 * ```ts
 * import express from 'express';
 *
 * const app = express().use(router).use(mockErrorHandler());
 * ```
 *
 * @public
 */
export function mockErrorHandler(): (
  error: unknown,
  req: { readonly method?: string; readonly url?: string },
  res: { readonly headersSent: boolean; status(code: number): { json(body: unknown): unknown } },
  next: (error?: unknown) => void,
) => void {
  // Express tells an error handler by its four parameters.
  return (thrown, req, res, next) => {
    const error = publicError(thrown);
    if (res.headersSent) {
      next(error);
      return;
    }
    const statusCode = statusOf(error);
    res.status(statusCode).json({
      error: serializeError(error),
      request: { method: req.method, url: req.url },
      response: { statusCode },
    });
  };
}

/** Hides what is no error of the application's making: a thrown value, a fault of the database. */
function publicError(thrown: unknown): Error {
  if (isError(thrown) && thrown.constructor.name !== 'DatabaseError') return thrown;
  return new Error('An internal error occurred');
}

function statusOf(error: Error): number {
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  for (const value of [statusCode, status]) {
    if (Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599) {
      return Number(value);
    }
  }
  return statusByName.get(error.name) ?? 500;
}
