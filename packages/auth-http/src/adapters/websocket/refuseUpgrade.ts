import { STATUS_CODES } from 'node:http';
import type { Clock } from '@stagepass/auth-node';
import type { Answer } from '../../index';
import { graceMilliseconds, type UpgradeSocket } from './UpgradeSocket';

/**
 * Writes an HTTP answer to the socket of an upgrade that will not take place, and closes it.
 *
 * What the peer has sent already is read and dropped, and its end is waited for, though not for long: a
 * socket that is closed with bytes unread resets the connection, and the answer is lost.
 */
export function refuseUpgrade(
  socket: UpgradeSocket,
  request: { method?: string },
  { status, headers, cookies = [], body }: Answer,
  clock: Clock,
): void {
  const json = body ? JSON.stringify(body) : '';
  const lines = Object.entries({
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(json)),
    Date: new Date(clock.now()).toUTCString(),
    ...(cookies.length > 0 && { 'Cache-Control': 'no-store' }),
    Connection: 'close',
  })
    .concat(cookies.map(line => ['Set-Cookie', line]))
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`;
  socket.once(
    'close',
    clock.setTimeout(() => socket.destroy(), graceMilliseconds),
  );
  socket.end(request.method === 'HEAD' ? head : head + json);
  socket.resume();
}
