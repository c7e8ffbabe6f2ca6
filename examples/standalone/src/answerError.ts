import type { ErrorRequestHandler } from 'express';

/** Answers what went wrong otherwise: 400 to a caller who can mend it, else 500 without details. */
export const answerError: ErrorRequestHandler = (error, req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  // Express marks the mistakes of callers, such as a body that is not JSON, with a status and `expose`.
  const isCallersMistake = error?.name === 'InputError' || error?.expose === true;
  const status = isCallersMistake ? 400 : 500;
  if (!isCallersMistake) console.error(error);
  const { name, message } = isCallersMistake
    ? { name: 'InputError', message: String(error.message) }
    : { name: 'Error', message: 'Something went wrong; the log of the backend says what' };
  res.status(status).json({
    error: { name, message },
    request: { method: req.method, url: req.originalUrl },
    response: { statusCode: status },
  });
};
