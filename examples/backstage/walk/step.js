/**
 * One step of a journey.
 *
 * @typedef {object} Step
 * @property {string} name - what is promised
 * @property {(walk: import('./Walk.js').Walk) => Promise<unknown>} take - does it, and returns what came of it
 * @property {unknown} expected - see `compare.js`
 * @property {unknown} [onBackstage] - what is expected of Backstage's own implementation, where it differs
 * @property {string[]} [on] - the implementations of which it is expected; default all
 * @property {boolean} [needsBrowser]
 */

/**
 * @param {string} name
 * @param {Step['take']} take
 * @param {unknown} expected
 * @param {Partial<Step>} [more]
 * @returns {Step}
 */
export function step(name, take, expected, more = {}) {
  return { name, take, expected, ...more };
}

/** The answer 200 with this body. */
export function ok(body) {
  return { status: 200, body };
}

/** The answer to somebody whose credentials are missing or worth nothing. */
export function unauthenticated(message = 'Illegal token') {
  return { status: 401, body: { error: { name: 'AuthenticationError', message } } };
}

/** The answer to somebody who is known, and may not. */
export function notAllowed(message) {
  return { status: 403, body: { error: { name: 'NotAllowedError', message } } };
}
