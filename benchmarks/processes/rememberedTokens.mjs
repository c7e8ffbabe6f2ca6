import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthBackend, createUserTokenIssuer } from '@stagepass/auth-backend';
import { answerParent } from '../harness/processes.mjs';
import { startKeySetServer } from '../subjects/keySetServer.mjs';
import { claimsOf } from '../subjects/pluginTokens.mjs';
import { createSigner } from '../subjects/raw.mjs';
import { ELSEWHERE, RECEIVER } from '../subjects/world.mjs';

/** Together with what else is in a user token: 8 KiB. */
const GROUPS = 180;
const AT_ONCE = 64;
const MEBIBYTE = 1024 * 1024;

const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
const keySets = await startKeySetServer();
const { discovery } = keySets;
const signer = createSigner('elsewhere-key');
keySets.plugins.set(ELSEWHERE, async () => ({ keys: [signer.publicJwk] }));
const issuer = await createUserTokenIssuer({
  issuer: await discovery.getExternalBaseUrl('auth'),
  omitOwnershipClaim: false,
  logger,
});
const open = () => createAuthBackend({ discovery, userTokenIssuer: issuer, logger });

/** Each makes a token that no other is like. */
const kinds = {
  plugin: async n => signer.issue(claimsOf(n)),
  async user() {
    const sub = 'user:default/of-many-groups';
    const ent = Array.from(
      { length: GROUPS },
      () => `group:default/${randomBytes(8).toString('hex')}`,
    );
    return (await issuer.issueToken({ claims: { sub, ent } })).token;
  },
};

answerParent({
  /** Authenticates so many tokens, and looks at the heap that often: in MiB, the first before the first token. */
  async authenticate({ kind, count, samples }) {
    let issued = 0;
    let characters = 0;
    const authenticateWith = auth => async () => {
      const token = await kinds[kind](issued++);
      characters += token.length;
      // A plugin's token is remembered when it comes again.
      for (let time = 0; time < 2; time++) await auth.authenticate(token);
    };
    // For the compiler, by a backend that takes what it remembers with it: no variable here may hold it.
    await useOnce(auth => inFlight(1000, authenticateWith(auth)));
    const one = authenticateWith(await open().forPlugin(RECEIVER));
    const heap = [await settled()];
    for (let sample = 0; sample < samples; sample++) {
      await inFlight(Math.ceil(count / samples), one);
      heap.push(inUse());
    }
    return { heap, tokenKibibytes: characters / issued / 1024 };
  },
});

async function useOnce(use) {
  const backend = open();
  await use(await backend.forPlugin(RECEIVER));
  await backend.close();
}

async function inFlight(count, run) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await run();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** What is in use when all that has ended has let go of what it held, which takes a while and more than one collection. */
async function settled() {
  for (let last = Infinity, now = inUse(); ; last = now, now = inUse()) {
    if (now > last - 0.1) return now;
    await sleep(20);
  }
}

function inUse() {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MEBIBYTE;
}
