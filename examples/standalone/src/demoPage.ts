import { readdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { extname, join } from 'node:path';
import express, { type Request, type RequestHandler, type Router } from 'express';
import type { ExampleConfig } from './config';
import { demo } from './demo';

/** What the browser may load: the files of the page, and the answers of this backend. */
const headers = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'Cache-Control': 'no-cache',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The types of files that a page is made of. */
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Makes the routes of the page at `/` on which one makes the calls of this example and looks at them. Whoever
 * opens it may know who can call (`/demo.json`): everybody who reads the project does.
 *
 * @param folder - where the files of the page are
 */
export async function demoPage(folder: string): Promise<Router> {
  const router = express.Router();
  for (const name of await readdir(folder)) {
    const type = types[extname(name)];
    if (!type) continue;
    const content = await readFile(join(folder, name));
    router.get(name === 'index.html' ? '/' : `/${name}`, (_req, res) => {
      res.set({ ...headers, 'Content-Type': type }).send(content);
    });
  }
  router.get('/demo.json', (_req, res) => {
    res.set(headers).json(demo);
  });
  return router;
}

/**
 * Tells whether the page and its inspector are there: with the configuration that comes with the example, in
 * a backend that nobody reaches from another machine.
 */
export function isDemo(isOwnConfig: boolean, { host, baseUrl }: ExampleConfig): boolean {
  return isOwnConfig && isLoopback(host) && baseUrl === undefined;
}

/**
 * Lets nothing pass that does not come from this machine: neither through a proxy, nor from a page of
 * somebody whose host name leads here.
 */
export const onlyFromThisMachine: RequestHandler = (req, res, next) => {
  if (isFromThisMachine(req)) next();
  else res.status(403).type('text/plain').send('This is for the machine that the demo runs on\n');
};

function isFromThisMachine({ headers, socket }: Request): boolean {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  const isProxied = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host'].some(
    name => headers[name] !== undefined,
  );
  return isLoopback(socket.remoteAddress ?? '') && isLoopback(host) && !isProxied;
}

/** Tells whether a host, a name or an address, can only be this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIP(host.replace(/^::ffff:/, '')) === 4 && /^(::ffff:)?127[.]/.test(host);
}
