import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { takeApart, verifyRaw } from '../subjects/raw.mjs';
import { config, kinds, refuse, WAITING } from '../subjects/refused.mjs';
import { createWorld } from '../subjects/world.mjs';

// What one that waits costs, `bursts.mjs` measures.
const atOnce = Object.entries(kinds).filter(([kind]) => kind !== WAITING);

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = atOnce.map(([kind, make]) => ({
  name: `refuse ${kind}`,
  reference: "one raw verification of node:crypto; Backstage's auth service",
  modes: ['one'],
  targets: [{ mode: 'one', reference: 'raw', atMost: 0.2 }],
  async setUp(context) {
    const world = await createWorld(context, { config });
    const refused = ({ receiver }) => ({
      prepare: count => make(count).map(freshCopy),
      run: token => refuse(receiver, token),
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
}));

function rawVerification({ elsewhere }) {
  const tokens = issueElsewhere(elsewhere, 50);
  return {
    prepare: count => freshCopies(tokens, count).map(takeApart),
    run: parts => verifyRaw(parts, elsewhere.publicKey),
  };
}
