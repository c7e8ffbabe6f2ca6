import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
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
 */
export async function runBursts({ prepare, run }, settings) {
  const counter = countVerifications();
  try {
    const longest = [];
    // The first bursts are for the compiler.
    const warmUps = Math.floor(settings.rounds / 5);
    for (let round = -warmUps; round < settings.rounds; round++) {
      const inputs = await prepare();
      for (let n = 0; n < 2; n++) globalThis.gc?.({ type: 'minor' });
      const turn = await burst(inputs, run, counter.startTurn);
      if (round >= 0) longest.push(turn);
    }
    return {
      longestTurn: summarise(longest),
      // What else the machine does makes turns longer, and none shorter.
      leastDisturbed: Math.min(...longest),
      mostVerifications: counter.most(),
    };
  } finally {
    counter.stop();
  }
}

/** @returns {Promise<number>} the milliseconds of the longest turn, until the last operation has ended */
function burst(inputs, run, startTurn) {
  return new Promise((resolve, reject) => {
    let started = 0;
    let ended = 0;
    let longest = 0;
    let began = performance.now();
    const turn = () => {
      startTurn();
      const now = performance.now();
      longest = Math.max(longest, now - began);
      began = now;
      if (ended === inputs.length) {
        resolve(longest);
        return;
      }
      for (let n = 0; n < PER_TURN && started < inputs.length; n++) {
        run(inputs[started++]).then(() => ended++, reject);
      }
      // The loop never waits: what passes between two turns is work.
      setImmediate(turn);
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
