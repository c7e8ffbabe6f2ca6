// Before the packages.
import { believing } from '../subjects/believing.mjs';
import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { CALLER, ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

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
      await believing(() => present(backend, count));
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

/** Presents as many tokens of a plugin in this process, none like another. */
async function present(backend, count) {
  const receiver = await backend.forPlugin(RECEIVER);
  const caller = await backend.forPlugin(CALLER);
  const onBehalfOf = await caller.getOwnServiceCredentials();
  const { token } = await caller.getPluginRequestToken({ onBehalfOf, targetPluginId: RECEIVER });
  const signingInput = token.slice(0, token.lastIndexOf('.'));
  const signature = Buffer.alloc(64);
  for (let n = 0; n < count; n++) {
    signature.writeUInt32BE(n, 60);
    await receiver.authenticate(freshCopy(`${signingInput}.${signature.toString('base64url')}`));
    // Whoever waits for a turn of the event loop gets one.
    if (n % 1000 === 0) await setImmediate();
  }
}
