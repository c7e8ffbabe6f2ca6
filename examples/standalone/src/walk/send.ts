import { type IncomingMessage, request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Found } from './expected';
import type { Request } from './step';

/** Headers about the connection and the moment; all others are part of what is expected. */
const incidental = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** How long an answer may take, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Sends a request to the backend at a URL, over a connection of its own.
 *
 * @returns status, headers and body: JSON is parsed, of a page stay the lines that one reads, and cookies
 *   are taken apart
 */
export async function send(url: string, request: Request): Promise<Found> {
  const { method = 'GET', path, bearer, cookie, requestId, json } = request;
  const headers = {
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    ...(cookie !== undefined && { cookie: `backstage-auth=${cookie}` }),
    ...(requestId !== undefined && { 'x-request-id': requestId }),
    ...(json !== undefined && { 'content-type': 'application/json' }),
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const signal = AbortSignal.timeout(PATIENCE);
    httpRequest(`${url}${path}`, { method, headers, agent: false, signal }, resolve)
      .on('error', reject)
      .end(json === undefined ? undefined : JSON.stringify(json));
  });
  const body = await text(response);
  return {
    status: response.statusCode ?? 0,
    headers: readHeaders(response),
    body: readBody(response.headers['content-type'] ?? '', body),
  };
}

function readHeaders({ headers }: IncomingMessage): Found {
  const { 'set-cookie': cookies, ...others } = headers;
  const kept = Object.entries(others).filter(([name]) => !incidental.includes(name));
  return {
    ...(Object.fromEntries(kept) as { [name: string]: string }),
    ...(cookies && { 'set-cookie': cookies.map(readCookie) }),
  };
}

/** Takes a Set-Cookie header apart (RFC 6265 section 5.2). */
function readCookie(header: string): Found {
  const [pair = '', ...attributes] = header.split(/; */);
  const [name, value] = splitAt(pair, '=');
  return { name, value, attributes: Object.fromEntries(attributes.map(it => splitAt(it, '='))) };
}

function splitAt(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + 1)];
}

function readBody(contentType: string, body: string): Found {
  if (body === '') return body;
  if (contentType.startsWith('application/json')) return JSON.parse(body) as Found;
  if (contentType.startsWith('text/html')) return readPage(body);
  return body;
}

/** The lines that one reads in a page. */
function readPage(html: string): Found {
  const visible = html.replace(/<style>[^]*?<\/style>/g, '').replace(/<[^>]*>/g, ' ');
  const lines = visible.split('\n').map(line => line.trim().replace(/ +/g, ' '));
  return lines.filter(line => line !== '');
}
