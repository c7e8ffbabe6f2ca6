import type { Request } from 'express';

/**
 * The header that ties the calls of one request together in log and audit trail, to be passed on with each
 * of them; none where the caller sent none, or one that a log cannot hold.
 */
export function requestIdOf(req: Request): { 'x-request-id'?: string } {
  const id = req.headers['x-request-id'];
  return typeof id === 'string' && /^[\w.:+/=@-]{1,128}$/.test(id) ? { 'x-request-id': id } : {};
}
