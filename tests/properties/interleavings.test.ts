import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import fc from 'fast-check';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { decode } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { explore, seed } from '../differential/engine';
import { publish, ThirdParty } from '../security/externalParties';

/** How a caller presents itself. */
type Way = 'user' | 'limited' | 'plugin for a user' | 'plugin' | 'third party';

/** A call that comes in, and how many turns it waits before each of its steps. */
interface Call {
  readonly way: Way;
  /** Which user, or which caller of the third party. */
  readonly who: number;
  readonly waits: readonly number[];
}

const calls: fc.Arbitrary<Call[]> = fc.array(
  fc.record({
    way: fc.constantFrom<Way>('user', 'limited', 'plugin for a user', 'plugin', 'third party'),
    who: fc.nat(3),
    waits: fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }),
  }),
  { minLength: 2, maxLength: 10 },
);

const idp = new ThirdParty();
const userOf = (who: number) => `user:default/u${who}`;

function write(it: Installation, { way, who }: Call): string {
  const sub = userOf(who);
  switch (way) {
    case 'user':
      return it.userToken({ sub });
    case 'limited':
      return it.limitedUserToken({ sub });
    case 'plugin for a user':
      return it.pluginToken({ obo: it.limitedUserToken({ sub }) });
    case 'plugin':
      return it.pluginToken();
    case 'third party':
      return idp.token(it.now, { sub: `ci-${who}` });
  }
}

/** Whom a call proves, said without the code under test. */
function expected({ way, who }: Call): string {
  if (way === 'plugin') return 'servicePrincipal{plugin:catalog}';
  if (way === 'third party') return `servicePrincipal{external:ci-${who}}`;
  const actor = way === 'plugin for a user' ? ',actor={servicePrincipal{plugin:catalog}}' : '';
  return `userPrincipal{${userOf(who)}${actor}}`;
}

interface Services {
  readonly scaffolder: AuthService;
  readonly search: AuthService;
}

/** What a plugin does for a call: it finds out who calls, calls another for them, and limits their token. */
async function handle(
  it: Installation,
  { scaffolder, search }: Services,
  call: Call,
  wait: (turns: number) => Promise<void>,
): Promise<void> {
  const [first = 0, second = 0, third = 0] = call.waits;
  const token = write(it, call);
  await wait(first);
  const correlationId = current.getStore();
  const options = { allowLimitedAccess: true, correlationId };
  const credentials = await (scaffolder.authenticate as AuthenticateWithId)(token, options);
  expect(String(credentials.principal)).toBe(expected(call));
  await wait(second);
  const onward = await scaffolder.getPluginRequestToken({
    onBehalfOf: credentials,
    targetPluginId: 'search',
  });
  await wait(third);
  const arrived = await search.authenticate(onward.token);
  const isUser = call.way !== 'plugin' && call.way !== 'third party';
  expect(String(arrived.principal)).toBe(
    isUser
      ? `userPrincipal{${userOf(call.who)},actor={servicePrincipal{plugin:scaffolder}}}`
      : 'servicePrincipal{plugin:scaffolder}',
  );
  if (isUser) {
    const limited = await scaffolder.getLimitedUserToken(
      credentials as BackstageCredentials<BackstageUserPrincipal>,
    );
    expect(decode(limited.token).payload.sub).toBe(userOf(call.who));
  }
  // Whatever it waited for, a call is still the same call.
  expect(current.getStore()).toBe(correlationId);
}

type AuthenticateWithId = (
  token: string,
  options: { allowLimitedAccess: boolean; correlationId: string | undefined },
) => Promise<BackstageCredentials>;

const current = new AsyncLocalStorage<string>();

describe(`Calls at the same time (STAGEPASS_SEED=${seed})`, () => {
  const seen = { served: 0, undecided: 0, requests: 0 };

  it('OBO-07 never get the caller of another, in whatever order the network answers', async () => {
    const schedules = fc.record({ all: calls, failing: fc.nat(9), schedule: fc.scheduler() });
    await explore('interleavings', schedules, 150, async ({ all, failing, schedule }) => {
      const it = new Installation({ auth: { externalAccess: [idp.entry()] } });
      publish(it, idp);
      const services = {
        scaffolder: await it.plugin('scaffolder'),
        search: await it.plugin('search'),
      };
      const { answer } = it.network;
      let request = 0;
      it.network.answer = async (url, init) => {
        request += 1;
        const failed = request === failing + 1;
        await schedule.schedule(Promise.resolve(), `answer ${request} of ${url}`);
        if (failed) throw new TypeError('fetch failed');
        return answer(url, init);
      };
      const wait = async (turns: number) => {
        for (let turn = 0; turn < turns; turn += 1) {
          await schedule.schedule(Promise.resolve(), `turn of ${current.getStore()}`);
        }
      };
      const handled = all.map((call, index) =>
        current.run(`call-${index}`, () => handle(it, services, call, wait)),
      );
      const outcomes = await schedule.waitFor(Promise.allSettled(handled));
      for (const outcome of outcomes) {
        // Where the network failed nobody is anybody, rather than somebody else.
        if (outcome.status === 'rejected') {
          expect(outcome.reason).toMatchObject({ code: 'AUTH_KEYS_UNAVAILABLE' });
        }
        seen[outcome.status === 'fulfilled' ? 'served' : 'undecided'] += 1;
      }
      for (const event of it.events) {
        if (event.type !== 'verified' || event.pluginId !== 'scaffolder') continue;
        const index = Number(event.correlationId?.split('-')[1]);
        expect(event.principal).toBe(expected(all[index]!));
      }
      seen.requests += request;
    });
  });

  it('have been tried with calls that were served, and with some that could not be', () => {
    expect(seen.served).toBeGreaterThan(300);
    expect(seen.undecided).toBeGreaterThan(20);
    expect(seen.requests).toBeGreaterThan(200);
  });
});
