import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate, setTimeout } from 'node:timers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { summarise } from './statistics.mjs';

/** How many operations begin in one turn of the event loop: as many as sockets may bring at once. */
export const PER_TURN = 64;

/**
 * Starts operations in bursts, {@link PER_TURN} in each turn of the event loop, and sees what that does to
 * the loop: how long its longest turn took, and how many signatures were verified in one turn outside of the
 * thread pool.
 *
 * @param {{ prepare: () => any[] | Promise<any[]>, run: (input: any) => Promise<unknown> }} subject -
 *   `prepare` makes the inputs of one burst
 * @param {import('./measure.mjs').Settings} settings
 * @param {{ prepare: () => any[], run: (input: any) => unknown }} [raw] - whose processor time that of an operation is
 *   compared with
 */
export async function runBursts(subject, settings, raw) {
  const counter = countVerifications();
  try {
    const longest = [];
    const costs = [];
    // The first bursts are for the compiler, whose work counts as the process's.
    for (let round = -settings.rounds; round < settings.rounds; round++) {
      const inputs = await makeInputs(subject);
      const turn = await burst(inputs, subject.run, counter.startTurn);
      const cost = raw && (await costOf(subject)) / (await costOf(raw));
      if (round < 0) continue;
      longest.push(turn);
      costs.push(cost);
    }
    return {
      longestTurn: summarise(longest),
      processorTime: raw && summarise(costs),
      // What else the machine does makes turns longer, and none shorter.
      leastDisturbed: Math.min(...longest),
      mostVerifications: counter.most(),
    };
  } finally {
    counter.stop();
  }
}

async function makeInputs({ prepare }) {
  const inputs = await prepare();
  for (let n = 0; n < 2; n++) globalThis.gc?.({ type: 'minor' });
  return inputs;
}

/** The microseconds of processor time that an operation of a burst takes; nobody looks at the turns meanwhile. */
async function costOf(subject) {
  const inputs = await makeInputs(subject);
  const before = process.cpuUsage();
  const outputs = [];
  for (const input of inputs) {
    outputs.push(subject.run(input));
    if (outputs.length % PER_TURN === 0) await nextTurn();
  }
  await Promise.all(outputs);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / inputs.length;
}

/** @returns {Promise<number>} the milliseconds of the longest turn, until the last operation has ended */
function burst(inputs, run, startTurn) {
  return new Promise((resolve, reject) => {
    let started = 0;
    let ended = 0;
    let longest = 0;
    // Without what the loop has waited.
    const worked = () => performance.eventLoopUtilization().active;
    let began = worked();
    const turn = () => {
      startTurn();
      const now = worked();
      longest = Math.max(longest, now - began);
      began = now;
      if (ended === inputs.length) {
        resolve(longest);
        return;
      }
      for (let n = 0; n < PER_TURN && started < inputs.length; n++) {
        run(inputs[started++]).then(() => ended++, reject);
      }
      // A loop that never waited would have its own garbage collected while all of them wait.
      if (started < inputs.length) setImmediate(turn);
      else setTimeout(turn, 1);
    };
    setImmediate(turn);
  });
}

/** Counts the verifications without a callback, whoever asks for them; exports of builtins are live bindings. */
function countVerifications() {
  const { verify } = crypto;
  let most = 0;
  let inTurn = 0;
  const replace = replacement => {
    crypto.verify = replacement;
    syncBuiltinESMExports();
  };
  replace((algorithm, data, key, signature, callback) => {
    if (callback === undefined) most = Math.max(most, ++inTurn);
    return verify(algorithm, data, key, signature, callback);
  });
  return { startTurn: () => (inTurn = 0), most: () => most, stop: () => replace(verify) };
}
