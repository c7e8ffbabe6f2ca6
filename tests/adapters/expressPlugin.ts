import type { AuthRequest } from '@stagepass/auth-node';
import type express from 'express';
import { loadExpress } from '../../packages/auth-http/src/testing/expressPlugin';
import { answerAs, prepare, routes, type StartPlugin } from './plugin';

/** Makes the plugin on Express, of the copy that has the name. */
export function onExpress(name: 'express' | 'express4'): StartPlugin {
  const { framework, adapter, start, stop } = loadExpress(name);
  return async options => {
    const { auth, httpAuth, config, policies, basePath, lenientRouter } = prepare(options);
    const { router, addAuthPolicy } = adapter.createPluginRouter({ auth, httpAuth, config });
    policies.forEach(addAuthPolicy);

    const answer =
      (handler: string): express.RequestHandler =>
      (req, res, next) => {
        answerAs(handler, httpAuth, req as AuthRequest).then(body => void res.json(body), next);
      };
    const plugin = framework.Router({ caseSensitive: !lenientRouter, strict: !lenientRouter });
    plugin.use((_req, res, next) => {
      res.append('Set-Cookie', 'theme=dark');
      next();
    });
    plugin.use(router);
    for (const { handler, path, andBelow } of routes) {
      plugin[andBelow ? 'use' : 'all'](path, answer(handler));
    }
    plugin.use(answer('private'));

    const app = framework();
    app.use(basePath || '/', plugin);
    app.use(adapter.authErrorHandler());
    const send = await start(app);
    return { auth, addAuthPolicy, send, port: send.port, stop };
  };
}
