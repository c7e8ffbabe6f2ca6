import { randomBytes } from 'node:crypto';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { claimsOf, expectText } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

const elsewhere = createSigner('elsewhere-key');
const seen = 50;

export const rows = [
  sweepRow({
    name: 'size of a token',
    axis: 'KiB of the token',
    points: [0.3, 1, 4, 16, 32],
    async open(kibibytes, context) {
      const length = Math.floor(kibibytes * 1024);
      const backend = createInstallation(context, {
        keySets: { [ELSEWHERE]: [elsewhere.publicJwk] },
      });
      const auth = await backend.forPlugin(RECEIVER);
      const issue = count => Array.from({ length: count }, (_, n) => issueOfLength(length, n));
      const tokens = issue(seen);
      for (const token of tokens) await auth.authenticate(token);
      const verifying = { run: token => auth.authenticate(token), check: expectText(/elsewhere/) };
      const [header] = tokens[0].split('.');
      const refusing = junkOf => ({
        prepare: count => Array.from({ length: count }, () => freshCopy(junkOf(length))),
        run: token => auth.authenticate(token).catch(error => error.name),
        check: expectText(/^AuthenticationError$/),
      });
      return {
        lines: {
          'verify, remembered': { ...verifying, prepare: count => freshCopies(tokens, count) },
          'verify, never seen': {
            ...verifying,
            ownTurn: true,
            prepare: count => issue(count).map(freshCopy),
          },
          'refuse, junk': refusing(junk),
          'refuse, junk in three parts': refusing(
            size => `${junk(60)}.${junk(size - 148)}.${junk(86)}`,
          ),
          'refuse, junk behind a good header': refusing(
            size => `${header}.${junk(size - header.length - 88)}.${junk(86)}`,
          ),
        },
        close: () => backend.close(),
      };
    },
  }),
];

/** A token that is filled up with a claim of no meaning. */
function issueOfLength(length, n) {
  const bare = claimsOf(n);
  const left = length - elsewhere.signingInput({ ...bare, pad: '' }).length - 88;
  return elsewhere.issue({ ...bare, pad: 'x'.repeat(Math.max(0, Math.floor(left * 0.75))) });
}

function junk(length) {
  return randomBytes(length).toString('base64url').slice(0, length);
}
