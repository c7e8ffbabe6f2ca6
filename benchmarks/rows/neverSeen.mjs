import { freshCopy } from '../harness/freshStrings.mjs';
import { runBursts, PER_TURN } from '../harness/bursts.mjs';
import { createJoseVerifier } from '../subjects/jose.mjs';
import { expectText, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { takeApart, verifyRaw, verifyRawInPool } from '../subjects/raw.mjs';
import { createWorld, RECEIVER } from '../subjects/world.mjs';

const BURST = 1000;

/** @type {Array<import('../harness/runRow.mjs').MeasuredRow | import('../harness/runRow.mjs').OwnRow>} */
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
  {
    name: `authenticate ${BURST} plugin tokens, never seen, in turns of ${PER_TURN}`,
    reference: 'what a process may do before it looks at its sockets again',
    async run(context) {
      const world = await createWorld(context);
      const { elsewhere } = world;
      const issue = () => issueElsewhere(elsewhere, BURST);
      const ours = await runBursts(
        {
          prepare: () => issue().map(freshCopy),
          run: token => world.ours.receiver.authenticate(token),
        },
        context.settings,
      );
      const raw = await runBursts(
        {
          prepare: () => issue().map(takeApart),
          run: parts => verifyRawInPool(parts, elsewhere.publicKey),
        },
        context.settings,
      );
      await world.close();
      return {
        figures: [
          { name: 'ours, the least disturbed', value: ours.leastDisturbed, unit: 'ms' },
          { name: 'raw on the thread pool', unit: 'ms', ...raw.longestTurn },
        ],
        targets: [
          {
            name: 'verifications outside of the thread pool in one turn',
            unit: '',
            value: ours.mostVerifications,
            atMost: 4,
          },
          { name: 'longest turn', unit: 'ms', ...ours.longestTurn, atMost: 5 },
        ],
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
