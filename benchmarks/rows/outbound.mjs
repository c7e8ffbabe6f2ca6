import { randomBytes } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { createAuthBackend } from '@stagepass/auth-backend';
import { freshCopy } from '../harness/freshStrings.mjs';
import { createBackstageAuth } from '../subjects/backstage.mjs';
import { startKeySetServer } from '../subjects/keySetServer.mjs';
import { claimsOf, issueElsewhere } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

const STRANGERS = 1000;

const getBaseUrl = async pluginId => `http://backend.example/api/${pluginId}`;
const discovery = { getBaseUrl, getExternalBaseUrl: getBaseUrl };

/** @type {import('../harness/runRow.mjs').OwnRow[]} */
export const rows = [
  {
    name: `outbound requests for ${STRANGERS} tokens of made-up issuers`,
    reference: "those of Backstage's auth service",
    async run({ logger }) {
      const network = countingNetwork();
      const clock = createClock();
      const backend = createAuthBackend({ discovery, logger, clock, fetch: network.fetch });
      const auth = await backend.forPlugin(RECEIVER);
      await expectRefusals(auth, strangersTokens());
      const atOnce = network.take();
      // One after the other, through one minute of the clock.
      for (const token of strangersTokens()) {
        clock.advance(60_000 / STRANGERS);
        await expectRefusals(auth, [token]);
      }
      const inTheNextMinute = network.take();
      const backstage = await createBackstageAuth({ pluginId: RECEIVER, discovery, logger });
      await withGlobalFetch(network, () => expectRefusals(backstage, strangersTokens()));
      const unit = 'requests';
      return {
        figures: [{ name: 'backstage, all at once', value: network.take(), unit }],
        targets: [
          { name: 'all at once', value: atOnce, unit, atMost: 10 },
          { name: 'as many in the minute after', value: inTheNextMinute, unit, atMost: 10 },
        ],
      };
    },
  },
  {
    name: 'cold start, 10,000 concurrent tokens of one issuer',
    reference: "the requests of Backstage's auth service",
    async run({ quick, logger }) {
      const signer = createSigner('elsewhere-key');
      const tokens = issueElsewhere(signer, quick ? 500 : 10_000);
      const keySets = await startKeySetServer();
      let requests = 0;
      keySets.plugins.set(ELSEWHERE, async () => {
        requests += 1;
        return { keys: [signer.publicJwk] };
      });
      const options = { pluginId: RECEIVER, discovery: keySets.discovery, logger };
      const authenticateAll = auth =>
        Promise.all(tokens.map(token => auth.authenticate(freshCopy(token))));
      await authenticateAll(await createAuthBackend(options).forPlugin(RECEIVER));
      const ours = requests;
      await authenticateAll(await createBackstageAuth(options));
      keySets.close();
      const unit = 'requests';
      return {
        figures: [{ name: 'backstage', value: requests - ours, unit }],
        targets: [{ name: 'until all are accepted', value: ours, unit, atMost: 1 }],
      };
    },
  },
];

/** Backstage's classes take no `fetch`, but the global one. */
async function withGlobalFetch(network, present) {
  const { fetch } = globalThis;
  globalThis.fetch = network.fetch;
  try {
    await present();
  } finally {
    globalThis.fetch = fetch;
  }
}

/** Knows no plugin, says so in a later turn of the event loop, and counts. */
function countingNetwork() {
  let requests = 0;
  return {
    async fetch() {
      requests += 1;
      await setImmediate();
      return new globalThis.Response('', { status: 404 });
    },
    /** How many there were since this was asked the last time. */
    take() {
      const taken = requests;
      requests = 0;
      return taken;
    },
  };
}

/** The machine's time, and what has been added to it. */
function createClock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    monotonic: () => performance.now() + ahead,
    setTimeout(callback, milliseconds) {
      const timer = globalThis.setTimeout(callback, milliseconds).unref();
      return () => globalThis.clearTimeout(timer);
    },
    advance: milliseconds => (ahead += milliseconds),
  };
}

/** Each names a plugin of its own, which does not exist. */
function strangersTokens() {
  const signer = createSigner('strangers-key');
  return Array.from({ length: STRANGERS }, (_, n) =>
    signer.issue(claimsOf(n, { sub: `plugin-${randomBytes(6).toString('hex')}` })),
  );
}

async function expectRefusals(auth, tokens) {
  const accepted = await Promise.all(
    tokens.map(token =>
      auth.authenticate(freshCopy(token)).then(
        () => true,
        () => false,
      ),
    ),
  );
  if (accepted.includes(true)) throw new Error('accepted a token of a plugin that does not exist');
}
