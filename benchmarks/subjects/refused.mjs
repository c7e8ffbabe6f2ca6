import { randomBytes } from 'node:crypto';
import { claimsOf } from './pluginTokens.mjs';
import { createSigner } from './raw.mjs';
import { CALLER } from './world.mjs';

const JUNK_BYTES = 16 * 1024;

/** A kind that has to wait, for the next of ten reads a second of the store: another replica may have published it. */
export const WAITING = 'an unknown key of a plugin in this process';

const stranger = createSigner('nobody-published-this');

/** What is refused, by name: each makes as many tokens, none like another. */
export const kinds = {
  [WAITING]: count => strangersTokens(count, { sub: CALLER }),
  'an unknown key of a plugin elsewhere': count => strangersTokens(count),
  'a malformed token': count =>
    strangersTokens(count).map((token, n) => malformations[n % malformations.length](token)),
  '16 KiB of junk': count => Array.from({ length: count }, () => junk(JUNK_BYTES)),
  '16 KiB of junk in three parts': count =>
    Array.from({ length: count }, () => `${junk(60)}.${junk(JUNK_BYTES)}.${junk(86)}`),
  '16 KiB of junk behind a good header': count =>
    strangersTokens(count).map(token => {
      const [header, , signature] = token.split('.');
      return `${header}.${junk(JUNK_BYTES)}.${signature}`;
    }),
};

const malformations = [
  token => token.slice(0, token.lastIndexOf('.')),
  token => `${token}.${token}`,
  token => `${token}=`,
  token => `x${token}`,
  token => token.replace('.', '!.'),
];

/** A text that is no token of a plugin may be one of these. */
export const config = {
  backend: {
    auth: {
      externalAccess: [1, 2, 3].map(n => ({
        type: 'static',
        options: { token: randomBytes(24).toString('base64url'), subject: `external-${n}` },
      })),
    },
  },
};

/** Presents a token, and returns the name of the error. */
export function refuse(service, token) {
  return service.authenticate(token).then(failAccepted, tellError);
}

/** Each names a key of its own, which no key set has. */
function strangersTokens(count, claims) {
  return Array.from({ length: count }, (_, n) => {
    const kid = randomBytes(12).toString('hex');
    return stranger.issue(claimsOf(n, claims), kid);
  });
}

function junk(length) {
  return randomBytes(length).toString('base64url').slice(0, length);
}

function failAccepted(credentials) {
  throw new Error(`accepted as ${credentials}`);
}

const tellError = ({ name }) => name;
