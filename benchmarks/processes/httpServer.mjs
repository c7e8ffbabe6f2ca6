import { performance } from 'node:perf_hooks';
import { createHttpAuthService } from '@stagepass/auth-http';
import { authErrorHandler, createPluginRouter } from '@stagepass/auth-http/express';
import express from 'express';
import { answerParent } from '../harness/processes.mjs';
import { createBackstageDoor } from '../subjects/backstage.mjs';
import { issueElsewhere } from '../subjects/pluginTokens.mjs';
import { listen } from '../subjects/listen.mjs';
import { createWorld, RECEIVER } from '../subjects/world.mjs';

const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
const world = await createWorld({ logger });
const getBaseUrl = async pluginId => `http://127.0.0.1/api/${pluginId}`;
const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };
const pluginId = RECEIVER;

const auth = world.ours.receiver;
const httpAuth = createHttpAuthService({ auth, discovery, pluginId, logger });
const { router } = createPluginRouter({ auth, httpAuth });
const backstage = createBackstageDoor({ auth: world.backstage.receiver, discovery, pluginId });

const answer = (req, res) => {
  res.json({ items: [{ id: 1, name: 'first' }] });
};

/** The same plugin each time, with what stands before its handlers, and what one of them asks. */
function plugin(before, httpAuth) {
  const handlers = express.Router();
  if (before) handlers.use(before);
  handlers.get('/items', answer);
  const ask = async (req, res) => {
    await httpAuth.credentials(req);
    answer(req, res);
  };
  handlers.get('/mine', httpAuth ? ask : answer);
  handlers.use(authErrorHandler());
  const app = express();
  app.use(`/api/${pluginId}`, handlers);
  return app;
}

const apps = {
  bare: plugin(),
  ours: plugin(router, httpAuth),
  backstage: plugin(backstage.router, backstage.httpAuth),
};
const ports = {};
for (const [name, app] of Object.entries(apps)) ports[name] = await listen(app);

let loop;
let cpu;
answerParent(
  {
    begin() {
      loop = performance.eventLoopUtilization();
      cpu = process.cpuUsage();
    },
    /** @returns {{ busySeconds: number, cpuMicroseconds: number }} since `begin`: of the event loop, of the process */
    end() {
      const { user, system } = process.cpuUsage(cpu);
      const { active } = performance.eventLoopUtilization(loop);
      return { busySeconds: active / 1000, cpuMicroseconds: user + system };
    },
  },
  { ports, path: `/api/${pluginId}`, tokens: issueElsewhere(world.elsewhere, 32) },
);
