import { ELSEWHERE, RECEIVER } from './world.mjs';

/** The claims of plugin tokens, none like another: as if issued one per second before the present. */
export function claimsOf(n, { sub = ELSEWHERE, aud = RECEIVER, obo } = {}) {
  const iat = Math.floor(Date.now() / 1000) - (n % 500);
  return { sub, aud, iat, exp: iat + 3600, ...(obo !== undefined && { obo }) };
}

/**
 * Makes plugin tokens that nobody has seen before.
 *
 * @param {{ issue(claims: object): string }} signer - the key of the plugin `elsewhere`
 * @param {number} count
 * @param {string[]} [limitedTokens] - of users, on whose behalf they are, one after the other
 */
export function issueElsewhere(signer, count, limitedTokens = []) {
  return Array.from({ length: count }, (_, n) =>
    signer.issue(claimsOf(n, { obo: limitedTokens[n % limitedTokens.length] })),
  );
}

/**
 * Checks what a subject returned, as text.
 *
 * @param {RegExp} expected
 */
export function expectText(expected) {
  return output => {
    if (!expected.test(String(output))) throw new Error(`expected ${expected}, found ${output}`);
  };
}
