import type { LoggerService } from '@stagepass/auth-node';
import type { ErrorRequestHandler } from 'express';

/**
 * Answers what Stagepass left unanswered: 4xx where express says that the request is at fault, such as a
 * body that is not JSON; else 500, with the details in the log alone.
 */
export function answerError(logger: LoggerService): ErrorRequestHandler {
  return (
    error: { expose?: boolean; status?: number; message?: string } | undefined,
    req,
    res,
    next,
  ) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const isRequestAtFault = error?.expose === true;
    if (!isRequestAtFault) logger.error('A request failed', error as Error);
    const status = (isRequestAtFault && error.status) || 500;
    res.status(status).json({
      error: isRequestAtFault
        ? { name: 'InputError', message: error.message }
        : { name: 'Error', message: 'Something went wrong; the log of the backend says what' },
      request: { method: req.method, url: req.path },
      response: { statusCode: status },
    });
  };
}
