import { setImmediate } from 'node:timers/promises';
import { summarise } from './statistics.mjs';

/** Shorter than those of rows: a sweep measures each of its lines at every point. */
const settings = { rounds: 9, roundMs: 30, warmUpMs: 150, longestRoundMs: 120 };

/**
 * What is measured with ever more of something.
 *
 * @typedef {object} Sweep
 * @property {string} name - of what there is ever more
 * @property {string} axis - the same, with its unit, for the plot
 * @property {number[]} points - from the least
 * @property {(context: import('./runRow.mjs').Context, points: number[]) => Promise<any>} [setUp] - makes what all
 *   points share
 * @property {(point: number, context: import('./runRow.mjs').Context, shared: any) => Promise<Opened>} open -
 *   sets up one point, and has everything done once that is to be remembered
 *
 * @typedef {object} Opened
 * @property {Record<string, import('./measure.mjs').Subject & { ownTurn?: boolean }>} lines - by name, the same at
 *   each point
 * @property {() => unknown} [close]
 *
 * @typedef {import('./runRow.mjs').Figure & { at: number }} Point - one point of the line `name`
 */

/**
 * Makes a row of a sweep, as {@link Sweep} describes it. Its figures are the {@link Point}s of all lines, its targets
 * how much the last point takes of the first: printed, and judged by nobody.
 *
 * @param {Sweep} sweep
 */
export function sweepRow(sweep) {
  return { name: sweep.name, reference: sweep.axis, run: context => runSweep(sweep, context) };
}

async function runSweep({ points: all, setUp, open }, context) {
  const points = context.quick ? all.slice(0, 2) : all;
  const shared = await setUp?.(context, points);
  // What the first of all leaves behind is compiled code, and no growth.
  await (await open(points[0], context, shared)).close?.();
  const opened = [];
  const heap = [];
  for (const at of points) {
    const before = await heapInUse();
    opened.push(await open(at, context, shared));
    const value = ((await heapInUse()) - before) / 1e6;
    heap.push({ name: 'heap', unit: 'MB', at, value });
  }
  const figures = [];
  for (const name of Object.keys(opened[0].lines)) {
    const lines = opened.map(({ lines }) => lines[name]);
    figures.push(...(await measureLine(name, points, lines, context)));
  }
  for (const { close } of opened) await close?.();
  return { figures: [...figures, ...heap] };
}

/** Goes over all points in each round, so that what else the machine does is no growth. */
async function measureLine(name, points, lines, context) {
  const subjects = Object.fromEntries(lines.map((line, index) => [`at ${points[index]}`, line]));
  const rounds = await context.measure(subjects, {
    mode: 'one',
    ownTurn: lines[0].ownTurn,
    settings: context.quick ? context.settings : settings,
  });
  const first = `at ${points[0]}`;
  return points.map(at => {
    const growth = rounds.map(({ [first]: least, [`at ${at}`]: own }) => own / least);
    const times = rounds.map(({ [`at ${at}`]: own }) => own);
    return { name, unit: 'µs', at, ...summarise(times), growth: summarise(growth).value };
  });
}

async function heapInUse() {
  for (let n = 0; n < 3; n++) {
    await setImmediate();
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed;
}
