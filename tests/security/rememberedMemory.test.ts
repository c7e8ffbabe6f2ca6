import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createAuthBackend } from '@stagepass/auth-backend';
import type { AuthService } from '@stagepass/auth-node';
import { TestClock } from '@stagepass/auth-test-utils';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { silentLogger as logger } from '../databases/silentLogger';

/** More than may be remembered: from here on each further token takes the place of another. */
const FILL = 10_000;
const MORE = 5_000;
/** A token and its credentials are some 2 kB: what is kept of each further one would come to 10 MB. */
const MOST_GROWTH = 4 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapInUse(): number {
  for (let pass = 0; pass < 3; pass += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

const key = createKey('user-key');
const clock = new TestClock();
const now = Math.floor(clock.now() / 1000);

/** Writes the user token with a number; each verifies, and no two are alike. */
function write(index: number): string {
  return forge(
    { typ: 'vnd.backstage.user', alg: 'ES256', kid: 'user-key' },
    {
      sub: `user:default/u${index}`,
      aud: 'backstage',
      iat: now,
      exp: now + 3600,
      x: 'x'.repeat(600),
    },
    key.signing,
  );
}

function open(): Promise<AuthService> {
  const backend = createAuthBackend({
    clock,
    logger,
    discovery: {
      getBaseUrl: async id => `http://backend/api/${id}`,
      getExternalBaseUrl: async id => `https://example.com/api/${id}`,
    },
    fetch: async () => Response.json({ keys: [key.jwk] }),
  });
  return backend.forPlugin('scaffolder');
}

async function verifyAll(auth: AuthService, from: number, count: number): Promise<void> {
  for (let index = from; index < from + count; index += 50) {
    const batch = Array.from({ length: 50 }, (_, at) => auth.authenticate(write(index + at)));
    const [first] = await Promise.all(batch);
    expect(first).toMatchObject({ principal: { userEntityRef: `user:default/u${index}` } });
  }
}

/** A header around a token, of which only the token may be kept. */
const AROUND = 'x'.repeat(15_000);

it('CACHE-04 what tokens were cut out of takes no memory', async () => {
  const auth = await open();
  const verify = async (from: number, count: number) => {
    for (let index = from; index < from + count; index += 1) {
      await auth.authenticate(`${AROUND}${write(index)}`.slice(AROUND.length));
    }
  };
  await verify(0, 200);
  const before = heapInUse();
  await verify(200, 1_000);
  expect(heapInUse() - before).toBeLessThan(MOST_GROWTH);
});

it('CACHE-04 many thousands of different tokens, all of them good, take no memory that grows', async () => {
  const auth = await open();
  await verifyAll(auth, 0, 200);
  const before = heapInUse();
  await verifyAll(auth, 200, FILL);
  const full = heapInUse();
  expect(full - before).toBeLessThan(20 * 1024 * 1024);
  await verifyAll(auth, 200 + FILL, MORE);
  expect(heapInUse() - full).toBeLessThan(MOST_GROWTH);
  // Nor does anything wait for its end.
  expect(clock.pendingTimers).toBe(0);
});
