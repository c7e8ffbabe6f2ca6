import { browser } from './journeys/browser.js';
import { cookies } from './journeys/cookies.js';
import { externalCallers } from './journeys/externalCallers.js';
import { keySets } from './journeys/keySets.js';
import { openPolicy } from './journeys/openPolicy.js';
import { permissions } from './journeys/permissions.js';
import { pluginTokens } from './journeys/pluginTokens.js';
import { start } from './journeys/start.js';
import { tasksJourney } from './journeys/tasks.js';
import { users } from './journeys/users.js';

/**
 * What the backend is started with, and the journeys that are taken then.
 *
 * @typedef {{ configs: string[], journeys: { title: string, steps: import('./step.js').Step[] }[] }} Tour
 */

/** @type {Tour[]} */
export const tours = [
  {
    configs: ['app-config.yaml'],
    journeys: [
      ...[start, users, pluginTokens, externalCallers, permissions],
      ...[tasksJourney, cookies, browser, keySets],
    ],
  },
  { configs: ['app-config.yaml', 'app-config.open.yaml'], journeys: [openPolicy] },
];
