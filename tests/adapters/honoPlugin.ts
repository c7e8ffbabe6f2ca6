import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { createFetchAuth } from '@stagepass/auth-http/fetch';
import { type Context, Hono } from 'hono';
import { portOf, sendRaw } from '../../packages/auth-http/src/testing/rawRequest';
import { answerAs, prepare, routes, type StartPlugin } from './plugin';

/** Makes the plugin on Hono, which speaks Fetch, on Node. Its router always tells cases apart. */
export const onHono: StartPlugin = async options => {
  const { auth, httpAuth, lenientRouter, ...rest } = prepare(options);
  const fetchAuth = createFetchAuth({ auth, httpAuth, ...rest });

  const app = new Hono({ strict: !lenientRouter });
  app.use(async (c, next) => {
    await next();
    c.header('Set-Cookie', 'theme=dark', { append: true });
  });
  app.use(async (c, next) => (await fetchAuth.handle(c.req.raw)) ?? next());
  const plugin = app.basePath(rest.basePath);
  const answer = (handler: string) => async (c: Context) =>
    c.json(await answerAs(handler, httpAuth, c.req.raw));
  for (const { handler, path, andBelow } of routes) {
    plugin.all(path, answer(handler));
    if (andBelow) plugin.all(`${path}/*`, answer(handler));
  }
  plugin.all('*', answer('private'));
  app.onError((error, c) => fetchAuth.errorResponse(error, c.req.raw) ?? c.text('failed', 500));

  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    auth,
    port: portOf(server),
    addAuthPolicy: policy => fetchAuth.addAuthPolicy(policy),
    send: (...lines) => sendRaw(server, ...lines),
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
};
