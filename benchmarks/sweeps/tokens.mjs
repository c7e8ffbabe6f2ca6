// Before the packages.
import { believing } from '../subjects/believing.mjs';
import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { claimsOf, expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

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
      await believing(() => present(auth, count));
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

/** Presents as many tokens, none like another. */
async function present(auth, count) {
  const header = elsewhere.issue(claimsOf(0)).split('.')[0];
  for (let n = 0; n < count; n++) {
    const claims = Buffer.from(JSON.stringify(claimsOf(n))).toString('base64url');
    const signature = randomBytes(64).toString('base64url');
    await auth.authenticate(freshCopy(`${header}.${claims}.${signature}`));
    if (n % 1000 === 0) await setImmediate();
  }
}
