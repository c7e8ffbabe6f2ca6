import { Buffer } from 'node:buffer';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { claimsOf, expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner, signRawInPool } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

const IN_FLIGHT = 256;

const elsewhere = createSigner('elsewhere-key');

export const rows = [
  sweepRow({
    name: 'distinct tokens',
    axis: 'distinct tokens that were presented before',
    points: [1, 10, 100, 1000, 10_000, 100_000, 1_000_000],
    async open(count, context) {
      const backend = createInstallation(context, {
        keySets: { [ELSEWHERE]: [elsewhere.publicJwk] },
      });
      const auth = await backend.forPlugin(RECEIVER);
      await present(auth, count);
      const verifying = { run: token => auth.authenticate(token), check: expectText(/elsewhere/) };
      const again = issueElsewhere(elsewhere, 1);
      return {
        lines: {
          'verify, never seen': {
            ...verifying,
            ownTurn: true,
            prepare: count => issueElsewhere(elsewhere, count).map(freshCopy),
          },
          'verify, remembered': { ...verifying, prepare: count => freshCopies(again, count) },
        },
        close: () => backend.close(),
      };
    },
  }),
];

/** Has as many tokens verified, none like another; they are signed on the thread pool meanwhile. */
async function present(auth, count) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await auth.authenticate(await issue(left));
  };
  await Promise.all(Array.from({ length: Math.min(count, IN_FLIGHT) }, worker));
}

async function issue(n) {
  const input = elsewhere.signingInput(claimsOf(n));
  const signature = await signRawInPool(Buffer.from(input), elsewhere.privateKey);
  return freshCopy(`${input}.${signature.toString('base64url')}`);
}
