import { freshCopy } from '../harness/freshStrings.mjs';
import { createJoseVerifier } from '../subjects/jose.mjs';
import { expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { takeApart, verifyRaw, verifyRawInPool } from '../subjects/raw.mjs';
import { createWorld, RECEIVER } from '../subjects/world.mjs';

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    name: 'authenticate a plugin token, never seen',
    reference: "one raw verification of node:crypto; jose; Backstage's auth service",
    modes: ['one', 'inFlight'],
    ownTurn: true,
    targets: [
      { mode: 'one', reference: 'raw', atMost: 1.25 },
      { mode: 'inFlight', reference: 'jose', atLeast: 1 },
    ],
    async setUp(context) {
      const world = await createWorld(context);
      const issue = count => issueElsewhere(world.elsewhere, count);
      const joseOptions = { typ: 'vnd.backstage.plugin', audience: RECEIVER };
      const verify = await createJoseVerifier(world.elsewhere.publicJwk, joseOptions);
      return {
        subjects: {
          raw: rawVerification(world, issue, context.mode),
          ...bothServices(world, issue, /servicePrincipal\{plugin:elsewhere\}/),
          jose: { prepare: count => issue(count).map(freshCopy), run: verify },
        },
        close: world.close,
      };
    },
  },
  {
    name: 'authenticate an on-behalf-of token, never seen, user known',
    reference: "one raw verification of node:crypto; Backstage's auth service",
    modes: ['one', 'inFlight'],
    ownTurn: true,
    targets: [{ mode: 'one', reference: 'raw', atMost: 1.3 }],
    async setUp(context) {
      const world = await createWorld(context);
      const { caller } = world.ours;
      const limitedTokens = [];
      for (const token of await world.signIn(50)) {
        const credentials = await caller.authenticate(token);
        limitedTokens.push((await caller.getLimitedUserToken(credentials)).token);
      }
      const issue = count => issueElsewhere(world.elsewhere, count, limitedTokens);
      return {
        subjects: {
          raw: rawVerification(world, issue, context.mode),
          ...bothServices(world, issue, /userPrincipal\{user:default\/user-0,actor=.*elsewhere/),
        },
        close: world.close,
      };
    },
  },
];

function rawVerification({ elsewhere }, issue, mode) {
  const verify = mode === 'one' ? verifyRaw : verifyRawInPool;
  return {
    prepare: count => issue(count).map(takeApart),
    run: parts => verify(parts, elsewhere.publicKey),
    check: expectText(/^true$/),
  };
}

function bothServices(world, issue, printed) {
  const authenticated = ({ receiver }) => ({
    prepare: count => issue(count).map(freshCopy),
    run: token => receiver.authenticate(token),
    check: expectText(printed),
  });
  return { ours: authenticated(world.ours), backstage: authenticated(world.backstage) };
}
