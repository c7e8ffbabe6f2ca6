import { Buffer } from 'node:buffer';
import { freshCopies, freshCopy } from '../harness/freshStrings.mjs';
import { createJoseIssuer } from '../subjects/jose.mjs';
import { claimsOf } from '../subjects/pluginTokens.mjs';
import { signRaw, signRawInPool } from '../subjects/raw.mjs';
import { CALLER, createWorld, RECEIVER } from '../subjects/world.mjs';

const USERS = 50;

const modes = ['one', 'inFlight'];

/** What the rows have in common that issue what was never issued before. */
const neverIssued = {
  reference: "one raw signature of the same bytes; jose; Backstage's auth service",
  modes,
  ownTurn: true,
  targets: [
    { mode: 'one', reference: 'raw', atMost: 1.3 },
    { mode: 'inFlight', reference: 'jose', atLeast: 1 },
  ],
};

/** @type {import('../harness/runRow.mjs').MeasuredRow[]} */
export const rows = [
  {
    name: 'issue a service token, steady state',
    reference: "Backstage's auth service",
    modes,
    targets: modes.map(mode => ({ mode, reference: 'backstage', atLeast: 100 })),
    async setUp(context) {
      const world = await createWorld(context);
      const issuing = ({ caller }) => ({
        prepare: count => Array.from({ length: count }, () => RECEIVER),
        run: targetPluginId => issueOwn(caller, targetPluginId),
        check: ({ token }) => expectClaims(token, { sub: CALLER, aud: RECEIVER }),
      });
      return { subjects: bothServices(world, issuing), close: world.close };
    },
  },
  {
    name: `issue a token on behalf of, ${USERS} users, steady state`,
    reference: "Backstage's auth service",
    modes,
    targets: modes.map(mode => ({ mode, reference: 'backstage', atLeast: 60 })),
    async setUp(context) {
      const world = await createWorld(context);
      const tokens = await world.signIn(USERS);
      const issuing = ({ caller }) => ({
        // Each request has credentials of its own, from a token of its own.
        prepare: count => authenticateAll(caller, freshCopies(tokens, count)),
        run: credentials => issueOnBehalfOf(caller, credentials),
        check: ({ token }) => expectObo(token),
      });
      return { subjects: bothServices(world, issuing), close: world.close };
    },
  },
  {
    name: 'issue a service token, never issued before',
    ...neverIssued,
    async setUp(context) {
      const world = await createWorld(context);
      const nextTarget = countTargets();
      const issuing = ({ caller }) => ({
        prepare: count => Array.from({ length: count }, nextTarget),
        run: targetPluginId => issueOwn(caller, targetPluginId),
        check: ({ token }) => expectClaims(token, { sub: CALLER, aud: 'target-1' }),
      });
      const claims = count =>
        Array.from({ length: count }, (_, n) => claimsOf(n, { sub: CALLER, aud: nextTarget() }));
      return { subjects: await besideRaw(world, context, issuing, claims), close: world.close };
    },
  },
  {
    name: 'issue a token on behalf of, never issued before',
    ...neverIssued,
    async setUp(context) {
      const world = await createWorld(context);
      const issuing = ({ caller }) => ({
        // The same users sign in again and again, each time with a token that nobody has seen.
        prepare: async count => authenticateAll(caller, (await world.signIn(count)).map(freshCopy)),
        run: credentials => issueOnBehalfOf(caller, credentials),
        check: ({ token }) => expectObo(token),
      });
      const { caller } = world.ours;
      const [credentials] = await authenticateAll(caller, await world.signIn(1));
      const obo = (await caller.getLimitedUserToken(credentials)).token;
      const claims = count =>
        Array.from({ length: count }, (_, n) => claimsOf(n, { sub: CALLER, obo }));
      return { subjects: await besideRaw(world, context, issuing, claims), close: world.close };
    },
  },
];

/** Subjects of which none issues what was issued before; `claims` makes those of so many tokens. */
async function besideRaw(world, { mode }, issuing, claims) {
  return {
    raw: rawSignature(world.elsewhere, claims, mode),
    ...bothServices(world, issuing),
    jose: { prepare: claims, run: await createJoseIssuer(world.elsewhere) },
  };
}

function bothServices(world, subject) {
  return { ours: subject(world.ours), backstage: subject(world.backstage) };
}

/** Credentials as a plugin asks for them when it calls another for itself. */
async function issueOwn(caller, targetPluginId) {
  const onBehalfOf = await caller.getOwnServiceCredentials();
  return caller.getPluginRequestToken({ onBehalfOf, targetPluginId });
}

function issueOnBehalfOf(caller, onBehalfOf) {
  return caller.getPluginRequestToken({ onBehalfOf, targetPluginId: RECEIVER });
}

async function authenticateAll(service, tokens) {
  const credentials = [];
  for (const token of tokens) credentials.push(await service.authenticate(token));
  return credentials;
}

function countTargets() {
  let n = 0;
  return () => `target-${++n}`;
}

function rawSignature(signer, claims, mode) {
  const sign = mode === 'one' ? signRaw : signRawInPool;
  return {
    prepare: count => claims(count).map(each => Buffer.from(signer.signingInput(each))),
    run: data => sign(data, signer.privateKey),
  };
}

function claimsIn(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

function expectClaims(token, { sub, aud }) {
  const claims = claimsIn(token);
  if (claims.sub !== sub || !claims.aud.startsWith(aud.slice(0, 6))) {
    throw new Error(`expected sub ${sub} and aud ${aud}, found ${JSON.stringify(claims)}`);
  }
}

function expectObo(token) {
  if (typeof claimsIn(token).obo !== 'string') throw new Error('expected obo in the token');
}
