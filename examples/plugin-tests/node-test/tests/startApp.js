import { once } from 'node:events';
import express from 'express';

/** Mounts a router where the plugin `todo` is, and returns who asks it. */
export async function startApp(router, errorHandler) {
  const server = express().use('/api/todo', router).use(errorHandler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}/api/todo`;
  return {
    async ask(path, token) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${base}${path}`, { headers });
      return { status: answer.status, body: await answer.json() };
    },
    stop: () => new Promise(resolve => server.close(resolve)),
  };
}
