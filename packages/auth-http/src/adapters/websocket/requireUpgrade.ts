import { InputError } from '@backstage/errors';
import type { AuthRequest } from '@stagepass/auth-node';

/**
 * The part of an upgrade request that is read: Node's `IncomingMessage`.
 *
 * @public
 */
export interface UpgradeRequest extends AuthRequest {
  /** Node's header object, with lower-case names. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly httpVersion: string;
  readonly url?: string;
}

/**
 * Requires the request of a WebSocket's opening handshake, as far as it matters to who may come in (RFC 6455
 * section 4.2.1, RFC 9110 section 7.8); the rest is for the library. A body would be taken for the first
 * frames, here and not by a proxy before it. Without `Upgrade` the origin of a cookie would not be asked for.
 *
 * @throws InputError when it is something else
 */
export function requireUpgrade(request: UpgradeRequest): void {
  const { method, httpVersion, headers } = request;
  const opens =
    method === 'GET' &&
    httpVersion === '1.1' &&
    listOf(headers.upgrade).join() === 'websocket' &&
    listOf(headers.connection).includes('upgrade');
  const length = headers['content-length'];
  const hasBody =
    headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  if (!opens || hasBody) {
    throw new InputError(
      'Expected the upgrade to a WebSocket: GET, HTTP/1.1, "Upgrade: websocket", no body',
    );
  }
}

/** The members of a list header (RFC 9110 section 5.6.1), in lower case. */
function listOf(value: string | string[] | undefined): string[] {
  return [value ?? []]
    .flat()
    .join()
    .split(',')
    .map(member => member.trim().toLowerCase());
}
