import type { AuthRequest } from '@stagepass/auth-node';

/** What a request of Fastify wraps. */
type WrappingRequest = AuthRequest & { readonly raw?: { readonly rawHeaders?: readonly string[] } };

/**
 * Returns every value that a request carries for one header, in the order received. Node keeps only the
 * first of a repeated `Authorization` in `headers`, so the list as received decides where it shows more.
 */
export function headerValues(request: WrappingRequest, name: string): string[] {
  const { headers, rawHeaders = request.raw?.rawHeaders } = request;
  const value = isFetchHeaders(headers) ? headers.get(name) : headers[name];
  if (value === undefined || value === null) return [];
  const received = rawHeaders ? rawValues(rawHeaders, name) : [];
  if (received.length > 1) return received;
  return typeof value === 'string' ? [value] : [...value];
}

function rawValues(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name,
  );
}

function isFetchHeaders(
  headers: AuthRequest['headers'],
): headers is { get(name: string): string | null } {
  return typeof headers.get === 'function';
}
