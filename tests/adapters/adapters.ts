import { onExpress } from './expressPlugin';
import { onFastify } from './fastifyPlugin';
import { onHono } from './honoPlugin';
import { onNode } from './nodePlugin';
import type { PluginOptions, RunningPlugin, StartPlugin } from './plugin';

/** The frameworks that have an adapter, each with the same plugin on it. */
export const adapters: Readonly<Record<string, StartPlugin>> = {
  'Express 5': onExpress('express'),
  'Express 4': onExpress('express4'),
  'Fastify 5': onFastify(),
  'Hono on Node': onHono,
  'node:http': onNode,
};

/** Declares tests for every adapter; what `start` returns is stopped after each test. */
export function describeAdapters(
  concern: string,
  declare: (start: StartPlugin, name: string) => void,
  frameworks: Readonly<Record<string, StartPlugin>> = adapters,
): void {
  describe.each(Object.entries(frameworks))(`${concern} on %s`, (name, start) => {
    const running: RunningPlugin[] = [];
    afterEach(async () => {
      for (const plugin of running.splice(0)) await plugin.stop();
    });
    declare(async (options: PluginOptions) => {
      const plugin = await start(options);
      running.push(plugin);
      return plugin;
    }, name);
  });
}
