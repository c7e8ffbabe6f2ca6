import type { AuthRequest } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';

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
 * Says what keeps a request from being the opening handshake of a WebSocket, as far as it matters to who may come in
 * (RFC 6455 section 4.2.1, RFC 9110 section 7.8); undefined for nothing, the rest is for the library. A body would be
 * taken for the first frames, here and not by a proxy before it. Without `Upgrade` the origin of a cookie would not be
 * asked for.
 */
export function findNoUpgrade(request: UpgradeRequest): string | undefined {
  const { method, httpVersion, headers } = request;
  if (method !== 'GET') return `the method ${quote(method)}`;
  if (httpVersion !== '1.1') return `HTTP/${httpVersion}`;
  if (listOf(headers.upgrade).join() !== 'websocket') return 'another Upgrade header';
  if (!listOf(headers.connection).includes('upgrade')) return 'no upgrade in the Connection header';
  const length = headers['content-length'];
  const hasBody =
    headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  return hasBody ? 'a body' : undefined;
}

/** The members of a list header (RFC 9110 section 5.6.1), in lower case. */
function listOf(value: string | string[] | undefined): string[] {
  return [value ?? []]
    .flat()
    .join()
    .split(',')
    .map(member => member.trim().toLowerCase());
}
