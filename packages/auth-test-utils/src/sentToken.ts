/**
 * Finds the token that was sent: in an `Authorization` header, in headers, in a request, in the options of a
 * `fetch`, in the arguments of a call of it, or in what `getPluginRequestToken` returns. A text is the header,
 * or the token alone.
 *
 * @returns undefined when there is none
 */
export function sentToken(sent: unknown): string | undefined {
  if (typeof sent === 'string') return withoutScheme(sent);
  if (typeof sent !== 'object' || sent === null) return undefined;
  const { token, headers } = sent as { token?: unknown; headers?: unknown };
  if (typeof token === 'string') return withoutScheme(token);
  if (headers !== undefined) return headerToken(headers);
  // The arguments of a call: a URL, which holds none, and options, or a request.
  const isCall = Array.isArray(sent) && !sent.every(isPair);
  return isCall ? sent.filter(isObject).map(sentToken).find(isText) : headerToken(sent);
}

function headerToken(headers: unknown): string | undefined {
  if (!isObject(headers)) return undefined;
  const { get } = headers as { get?: unknown };
  const pairs = Array.isArray(headers) ? headers.filter(isPair) : Object.entries(headers);
  const value: unknown =
    typeof get === 'function'
      ? (headers as Headers).get('authorization')
      : pairs.find(([name]) => String(name).toLowerCase() === 'authorization')?.[1];
  return typeof value === 'string' ? withoutScheme(value) : undefined;
}

function withoutScheme(header: string): string {
  return header.replace(/^Bearer +/i, '');
}

function isPair(value: unknown): value is [unknown, unknown] {
  return Array.isArray(value) && value.length === 2;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
