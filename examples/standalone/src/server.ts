import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartError } from './StartError';

/** How long requests may take to end when the server stops, in milliseconds. */
const GRACE = 700;

/** A server that has its port. */
export interface ListeningServer {
  readonly port: number;
  /** From now on answers requests with this; until then they get status 503. */
  serve(listener: RequestListener): void;
  /** Takes no new requests, lets the present ones end, and gives the port back. */
  close(): Promise<void>;
}

/**
 * Takes a port.
 *
 * @throws StartError when it cannot be had
 */
export async function listen(host: string, port: number): Promise<ListeningServer> {
  const server = createServer(notReady);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      code === 'EADDRINUSE'
        ? `port ${port} of ${host} is in use; end the other process, or choose another port`
        : `port ${port} of ${host} cannot be had (${code})`,
    );
  }
  return {
    port: (server.address() as AddressInfo).port,
    serve(listener) {
      server.off('request', notReady).on('request', listener);
    },
    close: () => close(server),
  };
}

const notReady: RequestListener = (_req, res) => {
  res.writeHead(503, { 'Retry-After': '1' }).end();
};

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  AbortSignal.timeout(GRACE).addEventListener('abort', () => server.closeAllConnections());
  await closed;
}
