import crypto from 'node:crypto';

/** What of node:crypto is broken at the moment, by name. */
export const broken = new Set<string>();

/** What the packages use of it, and what they could. */
const names = [
  ...['generateKeyPair', 'sign', 'verify', 'createHash', 'createPublicKey', 'randomUUID'],
  'randomBytes',
] as const;

// Functions of node:crypto give their errors to a callback, or throw them.
for (const name of names) {
  const whole = crypto[name] as (...args: unknown[]) => unknown;
  const breakable = function (this: unknown, ...args: unknown[]): unknown {
    if (!broken.has(name)) return whole.apply(this, args);
    const failure = new Error(`${name} does not work on this host`);
    const callback = args.at(-1);
    if (typeof callback !== 'function') throw failure;
    return void setImmediate(callback as (error: Error) => void, failure);
  };
  // Among its members is how it is made to return a promise.
  const { name: _, length: __, ...members } = Object.getOwnPropertyDescriptors(whole);
  Object.defineProperties(breakable, members as PropertyDescriptorMap);
  Object.assign(crypto, { [name]: breakable });
}
