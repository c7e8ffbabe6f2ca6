import type { AuthRequest } from '@stagepass/auth-node';

const noValues: readonly string[] = [];

/** What a request of Fastify wraps. */
type WrappingRequest = AuthRequest & { readonly raw?: { readonly rawHeaders?: readonly string[] } };

/**
 * Returns every value that a request carries for one header, in the order received. Node keeps only the
 * first of a repeated `Authorization` in `headers`, so the list as received decides where it shows more.
 */
export function headerValues(request: WrappingRequest, name: string): readonly string[] {
  const { headers, rawHeaders = request.raw?.rawHeaders } = request;
  const value = isFetchHeaders(headers) ? headers.get(name) : headers[name];
  if (value === undefined || value === null) return noValues;
  if (rawHeaders && countReceived(rawHeaders, name) > 1) return rawValues(rawHeaders, name);
  return typeof value === 'string' ? [value] : [...value];
}

/** For every request, and so without a list: hardly one repeats a header. */
function countReceived(rawHeaders: readonly string[], name: string): number {
  let count = 0;
  for (let index = 1; index < rawHeaders.length; index += 2) {
    if (isNamed(rawHeaders[index - 1], name)) count += 1;
  }
  return count;
}

function rawValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && isNamed(rawHeaders[index - 1], name));
}

/** The lengths first, which tell most names apart. */
function isNamed(received: string | undefined, name: string): boolean {
  return received?.length === name.length && received.toLowerCase() === name;
}

function isFetchHeaders(
  headers: AuthRequest['headers'],
): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}
