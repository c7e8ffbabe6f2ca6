import { issueOwn } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { segment } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { kidOf } from './UserIssuers';

const TICKS = 100;
const EACH_TICK = 1_000;

describe('A flood of 100,000 tokens of a plugin of this process, with keys that do not exist', () => {
  it('JWK-20 holds up no good token of that plugin, nor its rotation, nor its key set; nobody of it waits long', async () => {
    const installation = new Installation({ onAuthEvent: undefined });
    const { clock } = installation;
    const scaffolder = await installation.plugin();
    const search = await installation.plugin('search');
    const good = async () => issueOwn(search, 'scaffolder');
    const first = kidOf(await good());
    clock.advance({ hours: 1 });
    await scaffolder.authenticate(await good());
    const claims = { sub: 'search', aud: 'scaffolder', iat: installation.now };
    const payload = segment({ ...claims, exp: installation.now + 3600 });
    const codes = new Map<string, number>();
    let waiting = 0;
    let mostWaiting = 0;
    const send = async (kid: string) => {
      const header = segment({ typ: 'vnd.backstage.plugin', alg: 'ES256', kid });
      waiting += 1;
      const code = await scaffolder.authenticate(`${header}.${payload}.${'A'.repeat(86)}`).then(
        () => 'accepted',
        (error: { code: string }) => error.code,
      );
      waiting -= 1;
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    const listings: Array<{ ticks: number; done: Promise<unknown> }> = [];
    let tick = 0;
    for (; tick < TICKS; tick += 1) {
      for (let index = 0; index < EACH_TICK; index += 1) void send(`junk-${tick}-${index}`);
      // The clock stands still: who waited for a turn would wait for ever.
      await expect(scaffolder.authenticate(await good())).resolves.toBeDefined();
      // As often as its turn comes.
      if (tick % 10 === 0) {
        const begunAt = tick;
        const listing: { ticks: number; done: Promise<unknown> } = {
          ticks: Infinity,
          done: search.listPublicServiceKeys().then(({ keys }) => {
            listing.ticks = tick - begunAt;
            return keys.map(({ kid }) => kid);
          }),
        };
        listings.push(listing);
      }
      await settle();
      mostWaiting = Math.max(mostWaiting, waiting);
      clock.advance(100);
    }
    for (let turn = 0; turn < 30; turn += 1) {
      await settle();
      clock.advance(100);
    }
    const last = (await listings.at(-1)!.done) as string[];
    expect(waiting).toBe(0);
    expect(mostWaiting).toBeLessThanOrEqual(3 * EACH_TICK);
    expect(codes.get('accepted')).toBeUndefined();
    expect([...codes.values()].reduce((sum, count) => sum + count, 0)).toBe(TICKS * EACH_TICK);
    // Two tenths of a second: one for the read that is under way, one for the next.
    expect(Math.max(...listings.slice(0, -3).map(({ ticks }) => ticks))).toBeLessThanOrEqual(2);
    expect(last).toHaveLength(2);
    clock.advance({ minutes: 10 });
    const next = await good();
    expect(kidOf(next)).not.toBe(first);
    expect(last).toContain(kidOf(next));
    await expect(scaffolder.authenticate(next)).resolves.toBeDefined();
  });
});
