import { jwtVerify } from 'jose';
import { freshCopies } from '../harness/freshStrings.mjs';
import { createWorld, ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

/** How many tokens come again and again. */
const DISTINCT = 50;

const modes = ['one', 'inFlight'];

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    name: 'authenticate a plugin token, seen before',
    reference: "Backstage's auth service; jose verifies the signature each time",
    modes,
    targets: modes.map(mode => ({ mode, reference: 'backstage', atLeast: 100 })),
    async setUp(context) {
      const world = await createWorld(context);
      const { elsewhere } = world;
      const tokens = pluginTokens(elsewhere, DISTINCT);
      const subject = run => ({ prepare: count => freshCopies(tokens, count), run });
      const authenticated = service => ({
        ...subject(token => service.receiver.authenticate(token)),
        check: expectText(`backstageCredentials{servicePrincipal{plugin:${ELSEWHERE}}}`),
      });
      return {
        subjects: {
          ours: authenticated(world.ours),
          backstage: authenticated(world.backstage),
          jose: subject(token => jwtVerify(token, elsewhere.publicKey, { audience: RECEIVER })),
        },
        close: world.close,
      };
    },
  },
];

function pluginTokens(signer, count) {
  const now = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, (_, n) =>
    signer.issue({ sub: ELSEWHERE, aud: RECEIVER, iat: now - n, exp: now + 3600 - n }),
  );
}

function expectText(expected) {
  return output => {
    if (String(output) !== expected) throw new Error(`expected ${expected}, found ${output}`);
  };
}
