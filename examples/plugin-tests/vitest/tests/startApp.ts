import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type ErrorRequestHandler, type Router } from 'express';

/** Mounts a router where the plugin `todo` is, and returns who asks it. */
export async function startApp(router: Router, errorHandler: ErrorRequestHandler) {
  const server = express().use('/api/todo', router).use(errorHandler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/todo`;
  return {
    async ask(path: string, token?: string): Promise<{ status: number; body: unknown }> {
      const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${base}${path}`, { headers });
      return { status: answer.status, body: await answer.json() };
    },
    stop: () => new Promise(resolve => server.close(resolve)),
  };
}
