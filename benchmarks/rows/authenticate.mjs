import { freshCopies } from '../harness/freshStrings.mjs';
import { createFastJwtVerifier } from '../subjects/fastJwt.mjs';
import { createJoseVerifier } from '../subjects/jose.mjs';
import { expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createWorld, RECEIVER } from '../subjects/world.mjs';

/** How many tokens come again and again. */
const DISTINCT = 50;

const modes = ['one', 'inFlight'];
const targets = modes.map(mode => ({ mode, reference: 'backstage', atLeast: 100 }));
const reference =
  "Backstage's auth service; jose, which verifies each time; fast-jwt, which remembers";

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    name: 'authenticate a plugin token, seen before',
    reference,
    modes,
    targets,
    async setUp(context) {
      const world = await createWorld(context);
      const tokens = issueElsewhere(world.elsewhere, DISTINCT);
      return compareVerifiers(world, tokens, {
        printed: /^backstageCredentials\{servicePrincipal\{plugin:elsewhere\}\}$/,
        publicJwk: world.elsewhere.publicJwk,
        joseOptions: { typ: 'vnd.backstage.plugin', audience: RECEIVER },
      });
    },
  },
  {
    name: 'authenticate a user token, seen before',
    reference,
    modes,
    targets,
    async setUp(context) {
      const world = await createWorld(context);
      const tokens = await world.signIn(DISTINCT);
      const { keys } = await world.issuer.listPublicKeys();
      return compareVerifiers(world, tokens, {
        printed: /^backstageCredentials\{userPrincipal\{user:default\/user-0\}\}$/,
        publicJwk: keys[0],
        joseOptions: { typ: 'vnd.backstage.user' },
      });
    },
  },
];

async function compareVerifiers(world, tokens, { printed, publicJwk, joseOptions }) {
  const subject = run => ({ prepare: count => freshCopies(tokens, count), run });
  const authenticated = ({ receiver }) => ({
    ...subject(token => receiver.authenticate(token)),
    check: expectText(printed),
  });
  return {
    subjects: {
      ours: authenticated(world.ours),
      backstage: authenticated(world.backstage),
      jose: subject(await createJoseVerifier(publicJwk, joseOptions)),
      'fast-jwt': subject(createFastJwtVerifier(publicJwk)),
    },
    close: world.close,
  };
}
