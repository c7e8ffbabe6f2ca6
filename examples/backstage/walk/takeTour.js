import { startBackend, until } from './backendProcess.js';
import { staticTokens } from './callers.js';
import { compare, describeAnswer, mask } from './compare.js';
import { start } from './journeys/start.js';
import { findFreePort } from './sideServer.js';
import { step } from './step.js';
import { Walk } from './Walk.js';

/**
 * Starts a backend, takes the journeys of a tour, stops the backend.
 *
 * @param {import('./tours.js').Tour} tour
 * @param {{ implementation: string, side: object, thirdParty: object, openBrowser?: Function,
 *   onBackend?: (backend: object) => void, report: (line: { title: string, name: string, outcome: string,
 *   answer: string, differences?: string[] }) => void }} options - `openBrowser`: absent where there is none;
 *   `outcome`: `ok`, `FAILED` or `skipped`
 * @returns {Promise<string>} the log of the backend, if something failed; without tokens
 */
export async function takeTour(tour, options) {
  const { implementation, side, thirdParty, openBrowser, onBackend, report } = options;
  const port = await findFreePort();
  const backend = startBackend({ implementation, configs: tour.configs, port, sideUrl: side.url });
  const walk = new Walk({ implementation, backend, side, thirdParty });
  let failed = false;
  const tell = line => {
    failed ||= line.outcome === 'FAILED';
    report(line);
  };

  try {
    onBackend?.(backend);
    await backend.whileAlive(side.atGate());
    if (tour.journeys.includes(start)) walk.early = await start.look(walk);
    await side.openGate();
    await backend.ready();
    await entitiesAreThere(walk);
    if (tour.journeys.some(needsBrowser)) walk.browser = await openBrowser?.();
    for (const journey of tour.journeys) await takeJourney(journey, walk, tell);
    // The backend waits for open connections when it stops.
    await walk.browser?.close();
    await takeJourney(ending, walk, tell);
  } catch (error) {
    const answer = mask(String(error?.message));
    tell({ title: 'Walk', name: 'comes to its end', outcome: 'FAILED', answer });
  } finally {
    await walk.browser?.close();
    backend.kill();
  }
  return failed ? mask(backend.log()) : '';
}

const ending = {
  title: 'End',
  steps: [
    step('the backend stops when it is told to', ({ backend }) => backend.stop(), { code: 0 }),
    step(
      'no token stands in the log',
      async ({ backend, sent }) => {
        const log = backend.log();
        return {
          tokensSent: sent.size,
          inLog: [...sent].filter(token => log.includes(token)).length,
        };
      },
      { tokensSent: number => number > 3, inLog: 0 },
      { on: ['stagepass', 'minimum'] },
    ),
  ],
};

function needsBrowser({ steps }) {
  return steps.some(step => step.needsBrowser);
}

async function takeJourney({ title, steps }, walk, tell) {
  for (const step of steps) {
    if (step.on && !step.on.includes(walk.implementation)) continue;
    tell({ title, name: step.name, ...(await attempt(step, walk)) });
  }
}

async function attempt(step, walk) {
  if (step.needsBrowser && !walk.browser) return { outcome: 'skipped', answer: 'no Chromium' };
  const differs = walk.implementation === 'backstage' && 'onBackstage' in step;
  const expected = differs ? step.onBackstage : step.expected;
  try {
    const found = await step.take(walk);
    const differences = compare(expected, found);
    const answer = describeAnswer(found) + (differs ? ' (of its own)' : '');
    return { outcome: differences.length ? 'FAILED' : 'ok', answer, differences };
  } catch (error) {
    return { outcome: 'FAILED', answer: mask(String(error?.message)) };
  }
}

/** The catalog reads its entities in the background, after the start. */
async function entitiesAreThere(walk) {
  await until(async () => {
    const { body } = await walk.get('/api/catalog/entities', { bearer: staticTokens.deployBot });
    const owned = entity => entity.relations?.some(relation => relation.type === 'ownedBy');
    return Array.isArray(body) && body.length >= 5 && body.filter(owned).length === 2;
  }, 'The catalog has not read its entities');
}
