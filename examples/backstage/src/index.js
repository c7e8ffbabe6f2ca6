import { parseArgs } from 'node:util';
import { createBackend } from '@backstage/backend-defaults';

const { values } = parseArgs({
  options: {
    implementation: { type: 'string', default: 'stagepass' },
    config: { type: 'string', multiple: true },
  },
});
if (!['stagepass', 'minimum', 'backstage'].includes(values.implementation)) {
  const found = JSON.stringify(values.implementation);
  throw new Error(`--implementation is stagepass, minimum or backstage, found ${found}`);
}

const backend = createBackend();

backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('./permissionPolicy.js'));
backend.add(import('./my-plugin/plugin.js'));
backend.add(import('./my-plugin/callsModule.js'));
backend.add(import('./my-plugin/pageModule.js'));
backend.add(import('./my-plugin/reportsModule.js'));
backend.add(import('./my-plugin/startModule.js'));
backend.add(import('./my-plugin/tasksModule.js'));
backend.add(import('./secondPlugin.js'));

if (values.implementation !== 'backstage') {
  const factories = await import('./stagepass.js');
  for (const factory of factories[values.implementation]) backend.add(factory);
}

await backend.start();
