import type { IncomingMessage, ServerResponse } from 'node:http';
import { createNodeAuth } from '@stagepass/auth-http/node';
import { listen, portOf, sendRaw } from '../../packages/auth-http/src/testing/rawRequest';
import { answerAs, prepare, routes, type StartPlugin } from './plugin';

/** Makes the plugin on `node:http`, with a router that tidies paths as `URL` does. */
export const onNode: StartPlugin = async options => {
  const { auth, httpAuth, lenientRouter, ...rest } = prepare(options);
  const nodeAuth = createNodeAuth({ auth, httpAuth, ...rest });

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    res.setHeader('Set-Cookie', 'theme=dark');
    if (await nodeAuth.handle(req, res)) return;
    const handler = findHandler(req.url ?? '', rest.basePath, lenientRouter);
    const body = JSON.stringify(await answerAs(handler, httpAuth, req));
    res.setHeader('Content-Type', 'application/json; charset=utf-8').end(body);
  }
  const server = await listen((req, res) => {
    serve(req, res).catch((error: unknown) => {
      if (!nodeAuth.answerError(error, req, res)) res.writeHead(500).end('failed');
    });
  });
  return {
    auth,
    port: portOf(server),
    addAuthPolicy: policy => nodeAuth.addAuthPolicy(policy),
    send: (...lines) => sendRaw(server, ...lines),
    stop: () => new Promise(resolve => server.close(() => resolve())),
  };
};

function findHandler(target: string, basePath: string, lenient: boolean): string {
  const { pathname } = new URL(target.replace(/^\/+/, '/'), 'http://localhost');
  const decoded = decodeURIComponent(pathname).slice(basePath.length);
  const path = lenient ? decoded.toLowerCase().replace(/(?<=.)\/$/, '') : decoded;
  const found = routes.find(route => {
    const start = route.path.replace(':id', path.split('/')[2] || ':id');
    return path === start || (route.andBelow && path.startsWith(`${start}/`));
  });
  return found?.handler ?? 'private';
}
