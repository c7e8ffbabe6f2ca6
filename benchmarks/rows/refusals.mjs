import { randomBytes } from 'node:crypto';
import { runBursts, PER_TURN } from '../harness/bursts.mjs';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { claimsOf, expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner, takeApart, verifyRaw } from '../subjects/raw.mjs';
import { CALLER, createWorld } from '../subjects/world.mjs';

const BURST = 1000;
const JUNK_BYTES = 16 * 1024;

const stranger = createSigner('nobody-published-this');

/** What is refused: makes as many tokens, none like another. */
const kinds = {
  'an unknown key of a plugin in this process': count => strangersTokens(count, { sub: CALLER }),
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

const waits = {
  'an unknown key of a plugin in this process':
    'another replica may have published it a moment ago: it waits for the next of ten reads a second of the store',
};

const malformations = [
  token => token.slice(0, token.lastIndexOf('.')),
  token => `${token}.${token}`,
  token => `${token}=`,
  token => `x${token}`,
  token => token.replace('.', '!.'),
];

/** A text that is no token of a plugin may be one of these. */
const config = {
  backend: {
    auth: {
      externalAccess: [1, 2, 3].map(n => ({
        type: 'static',
        options: { token: randomBytes(24).toString('base64url'), subject: `external-${n}` },
      })),
    },
  },
};

/** @type {Array<import('../harness/runRow.mjs').MeasuredRow | import('../harness/runRow.mjs').OwnRow>} */
export const rows = [
  ...Object.entries(kinds).map(([kind, make]) => ({
    name: `refuse ${kind}`,
    reference: "one raw verification of node:crypto; Backstage's auth service",
    modes: ['one'],
    targets: [{ mode: 'one', reference: 'raw', atMost: 0.2, excused: waits[kind] }],
    async setUp(context) {
      const world = await createWorld(context, { config });
      const refused = ({ receiver }) => ({
        prepare: count => make(count).map(freshCopy),
        run: token => receiver.authenticate(token).then(failAccepted, tellError),
        // Backstage lets an error of jose through.
        check: expectText(/^(AuthenticationError|ServiceUnavailableError|JWTInvalid)$/),
      });
      return {
        subjects: {
          raw: rawVerification(world),
          ours: refused(world.ours),
          backstage: refused(world.backstage),
        },
        close: world.close,
      };
    },
  })),
  ...Object.entries(kinds).map(([kind, make]) => ({
    name: `refuse ${kind}, ${BURST} in turns of ${PER_TURN}`,
    reference: 'what a process may do before it looks at its sockets again',
    async run(context) {
      const world = await createWorld(context, { config });
      const { receiver } = world.ours;
      const { longestTurn, leastDisturbed } = await runBursts(
        {
          prepare: () => make(BURST).map(freshCopy),
          run: token => receiver.authenticate(token).then(failAccepted, tellError),
        },
        context.settings,
      );
      await world.close();
      return {
        figures: [{ name: 'ours, the least disturbed', value: leastDisturbed, unit: 'ms' }],
        targets: [{ name: 'longest turn', unit: 'ms', ...longestTurn, atMost: 5 }],
      };
    },
  })),
];

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

function rawVerification({ elsewhere }) {
  const tokens = issueElsewhere(elsewhere, 50);
  return {
    prepare: count => freshCopies(tokens, count).map(takeApart),
    run: parts => verifyRaw(parts, elsewhere.publicKey),
  };
}

function failAccepted(credentials) {
  throw new Error(`accepted as ${credentials}`);
}

const tellError = ({ name }) => name;
