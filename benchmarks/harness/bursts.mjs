import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setImmediate, setTimeout } from 'node:timers';
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
export async function runBursts({ prepare, run }, settings, raw) {
  const counter = countVerifications();
  try {
    const longest = [];
    const costs = [];
    // The first bursts are for the compiler.
    const warmUps = Math.floor(settings.rounds / 5);
    for (let round = -warmUps; round < settings.rounds; round++) {
      const inputs = await prepare();
      for (let n = 0; n < 2; n++) globalThis.gc?.({ type: 'minor' });
      const before = process.cpuUsage();
      const turn = await burst(inputs, run, counter.startTurn);
      const cost = microsecondsSince(before) / inputs.length;
      if (round < 0) continue;
      longest.push(turn);
      if (raw) costs.push(cost / costOf(raw));
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

function costOf({ prepare, run }) {
  const inputs = prepare();
  const before = process.cpuUsage();
  for (const input of inputs) run(input);
  return microsecondsSince(before) / inputs.length;
}

function microsecondsSince(before) {
  const { user, system } = process.cpuUsage(before);
  return user + system;
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
