import { randomBytes } from 'node:crypto';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { sweepRow } from '../harness/sweep.mjs';
import { createInstallation } from '../subjects/installation.mjs';
import { claimsOf, expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

export const rows = [
  sweepRow({
    name: 'keys of one key set',
    axis: 'keys that one issuer publishes',
    points: [1, 10, 100, 1000],
    async open(count, context) {
      const signers = Array.from({ length: count }, (_, n) => createSigner(`key-${n}`));
      const keys = signers.map(({ publicJwk }) => publicJwk);
      const backend = createInstallation(context, { keySets: { [ELSEWHERE]: keys } });
      const auth = await backend.forPlugin(RECEIVER);
      const last = signers.at(-1);
      const seen = issueElsewhere(last, 50);
      for (const token of seen) await auth.authenticate(token);
      const verifying = { run: token => auth.authenticate(token), check: expectText(/elsewhere/) };
      const stranger = () => last.issue(claimsOf(0), randomBytes(12).toString('hex'));
      return {
        lines: {
          'verify, remembered, by the last': {
            ...verifying,
            prepare: count => freshCopies(seen, count),
          },
          'verify, never seen, by the last': {
            ...verifying,
            ownTurn: true,
            prepare: count => issueElsewhere(last, count).map(freshCopy),
          },
          'refuse, an unknown key': {
            prepare: count => Array.from({ length: count }, () => freshCopy(stranger())),
            run: token => auth.authenticate(token).catch(error => error.name),
            check: expectText(/^(AuthenticationError|ServiceUnavailableError)$/),
          },
        },
        close: () => backend.close(),
      };
    },
  }),
];
