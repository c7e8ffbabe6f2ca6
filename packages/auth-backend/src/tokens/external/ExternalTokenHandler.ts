import type { Config } from '@backstage/config';

/**
 * A method by which callers outside the backend present themselves, beside the built-in ones.
 *
 * Structurally Backstage's type of the same name.
 *
 * @public
 */
export interface ExternalTokenHandler<TContext> {
  /** The `type` of the entries in `backend.auth.externalAccess` that it serves. */
  type: string;

  /**
   * Reads the `options` of one entry, at start; what it returns is given to each `verifyToken`.
   *
   * @throws Error when the options are wrong; the message is prefixed with their config path
   */
  initialize(context: { options: Config }): TContext;

  /**
   * Verifies a token.
   *
   * @returns the subject of the service principal; undefined when the token is none of this method's, so
   *   that the next is asked. An error is remembered while the others are asked; of it only name and code get
   *   into the log, since messages may hold the token.
   */
  verifyToken(token: string, context: TContext): Promise<{ subject: string } | undefined>;
}

/**
 * Returns the handler: only for its type, so that the context's type is inferred.
 *
 * @param handler - the handler
 * @public
 */
export function createExternalTokenHandler<TContext>(
  handler: ExternalTokenHandler<TContext>,
): ExternalTokenHandler<TContext> {
  return handler;
}
