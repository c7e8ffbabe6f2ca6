import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** How many operations are under way at once in the mode `inFlight`. */
export const IN_FLIGHT = 64;

/** More inputs than these are never prepared for one round: a token that just arrived is in the cache, too. */
const MOST_OPERATIONS = 10_000;

/**
 * One at a time, a round has no fewer operations than these, unless it would last longer than this: what waits
 * for a turn of its own now and then must not find that the pause between two rounds was long enough.
 */
const FEWEST_OPERATIONS = 16;
const LONGEST_ROUND_MS = 2000;

/** How many times as long the warm-up is where each operation has a turn of its own: cryptography takes most of it. */
const OWN_TURN_WARM_UP = 5;

/**
 * How long is measured. `quick` shows that everything works; its figures say nothing.
 *
 * @typedef {{ rounds: number, roundMs: number, warmUpMs: number, longestRoundMs?: number }} Settings
 * @type {Record<'full' | 'quick', Settings>}
 */
export const settings = {
  full: { rounds: 15, roundMs: 60, warmUpMs: 300 },
  quick: { rounds: 3, roundMs: 5, warmUpMs: 5 },
};

/**
 * One of those that are compared.
 *
 * @typedef {object} Subject
 * @property {(count: number) => unknown[] | Promise<unknown[]>} prepare - makes the inputs of that many
 *   operations, before the clock starts
 * @property {(input: any) => unknown} run - one operation; a promise is awaited, in both modes
 * @property {(output: any) => void} [check] - throws where the output of an operation is not what it should
 *   be; asked once, before anything is measured
 *
 * @typedef {'one' | 'inFlight'} Mode - one operation at a time, or {@link IN_FLIGHT}
 *
 * @typedef {object} How
 * @property {Mode} mode
 * @property {boolean} [ownTurn] - one at a time: each operation begins in a turn of the event loop of its
 *   own, as requests do; waiting for the turn is not measured
 * @property {Settings} settings
 */

/**
 * Measures subjects in alternating rounds, so that what else the machine does meets all of them alike.
 *
 * @param {Record<string, Subject>} subjects
 * @param {How} how
 * @returns {Promise<Array<Record<string, number>>>} for each round the microseconds per operation, by subject
 */
export async function measure(subjects, how) {
  const names = Object.keys(subjects);
  // What was measured before is not what this has to clear away.
  globalThis.gc?.();
  const counts = {};
  for (const name of names) counts[name] = await warmUp(subjects[name], how);
  const rounds = [];
  for (let round = 0; round < how.settings.rounds; round++) {
    const times = {};
    // There and back again: no subject has the same one before it always.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      times[name] = (await time(subjects[name], counts[name], how)) / counts[name];
      counts[name] = fill(how, times[name] / 1000);
    }
    rounds.push(times);
  }
  return rounds;
}

/** Runs a subject until its code is compiled, and tells how many operations of it fill a round. */
async function warmUp(subject, how) {
  const [input] = await subject.prepare(1);
  const output = await subject.run(input);
  subject.check?.(output);
  const warmUpMs = how.settings.warmUpMs * (how.ownTurn ? OWN_TURN_WARM_UP : 1);
  let passed = 0;
  for (let count = how.mode === 'inFlight' ? IN_FLIGHT : 1; ; count *= 2) {
    const lasted = (await time(subject, count, how)) / 1000;
    passed += lasted;
    // The first few of an operation tell nothing, unless they take very long.
    const isWarm = passed >= warmUpMs && (count >= IN_FLIGHT || passed >= 10 * warmUpMs);
    if (isWarm || count * 2 > MOST_OPERATIONS) return fill(how, lasted / count);
  }
}

function fill({ mode, settings: { roundMs, longestRoundMs = LONGEST_ROUND_MS } }, operationMs) {
  const fewest =
    mode === 'inFlight'
      ? IN_FLIGHT
      : Math.min(FEWEST_OPERATIONS, Math.ceil(longestRoundMs / operationMs));
  return Math.min(MOST_OPERATIONS, Math.max(fewest, Math.round(roundMs / operationMs)));
}

/** @returns {Promise<number>} microseconds that `count` operations took together */
async function time(subject, count, { mode, ownTurn }) {
  const inputs = await subject.prepare(count);
  // The inputs, and what preparing left behind, are not what the operations have to clear away. A full
  // collection would have the compiled code thrown out, and the next thousand operations pay for it.
  for (let n = 0; n < 2; n++) globalThis.gc?.({ type: 'minor' });
  const run = mode === 'inFlight' ? runInFlight : ownTurn ? runInTurns : runInSequence;
  return (await run(subject, inputs)) * 1000;
}

async function runInSequence(subject, inputs) {
  const began = performance.now();
  for (const input of inputs) await subject.run(input);
  return performance.now() - began;
}

async function runInTurns(subject, inputs) {
  let passed = 0;
  for (const input of inputs) {
    await setImmediate();
    const began = performance.now();
    await subject.run(input);
    passed += performance.now() - began;
  }
  return passed;
}

async function runInFlight(subject, inputs) {
  let next = 0;
  const worker = async () => {
    while (next < inputs.length) await subject.run(inputs[next++]);
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return performance.now() - began;
}
