import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  /** By lower-case name, all values. */
  headers: Record<string, string[]>;
  text: string;
}

/** Listens on loopback, on a port of the system's choice. */
export async function listen(listener: RequestListener): Promise<Server> {
  const server = createServer(listener);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Returns the port on which a server listens. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/**
 * Sends a request exactly as written, over a socket of its own: `fetch` and `URL` would tidy its path.
 *
 * @param lines - the request line without version, such as `GET /a/../b`, and header lines
 */
export async function sendRaw(server: Server, ...lines: string[]): Promise<RawAnswer> {
  const [requestLine, ...headers] = lines;
  const socket = connect(portOf(server), '127.0.0.1');
  const head = [`${requestLine} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers];
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return parseAnswer(Buffer.concat(chunks).toString('utf8'));
}

/** Reads an answer that has come to its end. */
export function parseAnswer(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers: Record<string, string[]> = {};
  for (const line of lines) {
    const separator = line.indexOf(':');
    const values = (headers[line.slice(0, separator).toLowerCase()] ??= []);
    values.push(line.slice(separator + 1).trim());
  }
  return { status: Number(statusLine.split(' ')[1]), headers, text: answer.slice(end + 4) };
}
