import assert from 'node:assert/strict';
import type { AuthRequest, AuthResponse } from '@stagepass/auth-node';

/** A response that shows which cookies were set. */
export interface RecordedResponse extends AuthResponse {
  /** The `Set-Cookie` lines. */
  cookies(): string[];
}

/** The response to a request. */
export function answerTo(req: AuthRequest, { headersSent = false } = {}): RecordedResponse {
  const headers = new Map<string, string | string[]>();
  return {
    req,
    headersSent,
    getHeader: name => headers.get(name.toLowerCase()),
    setHeader: (name, value) => headers.set(name.toLowerCase(), value),
    cookies: () => [headers.get('set-cookie') ?? []].flat(),
  };
}

/** The pair that a browser makes of the response: that of the last line, as they replace one another. */
export function pairOf(response: RecordedResponse): string {
  const line = response.cookies().at(-1);
  assert.ok(line, 'expected a cookie to be set');
  return line.split('; ')[0]!;
}
