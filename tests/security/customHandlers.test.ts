import { AuthenticationError, NotAllowedError } from '@stagepass/auth-node';
import type { ExternalTokenHandler } from '@stagepass/auth-backend';
import { settle } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation, STATIC_TOKEN } from '../../packages/auth-backend/src/testing/Installation';
import { illegalToken, keysUnavailable } from '../../packages/auth-backend/src/testing/refusals';
import { bearer, World } from '../refusals/World';
import { legacyEntry, ThirdParty } from './externalParties';

const TOKEN = 'canary-opaque-token';
type Verify = (token: string) => unknown;

/** What a backend needs to know of these handlers, which are called `mesh-0`, `mesh-1`, …. */
function optionsOf(...verifiers: Verify[]) {
  return {
    auth: { externalAccess: verifiers.map((_, index) => ({ type: `mesh-${index}`, options: {} })) },
    externalTokenHandlers: verifiers.map((verify, index): ExternalTokenHandler<unknown> => ({
      type: `mesh-${index}`,
      initialize: () => undefined,
      verifyToken: verify as ExternalTokenHandler<unknown>['verifyToken'],
    })),
  };
}

/** What the log says beside that the backend started. */
const told = ({ logger }: Installation) => logger.entries.filter(({ level }) => level !== 'info');

const accepts: Verify = async () => ({ subject: 'mesh-caller' });
const ignores: Verify = async () => undefined;
const forbids: Verify = () => Promise.reject(new AuthenticationError(`not ${TOKEN}`));

const faults: Array<[string, Verify, string]> = [
  [
    'throws',
    () => {
      throw new TypeError(`no ${TOKEN}`);
    },
    'failed: "TypeError"',
  ],
  ['rejects', () => Promise.reject(new Error(`no ${TOKEN}`)), 'failed: "Error"'],
  ['rejects with nothing', () => Promise.reject(undefined as never), 'failed: "undefined"'],
  [
    'forbids it',
    () => Promise.reject(new NotAllowedError(`no ${TOKEN}`)),
    'failed: "NotAllowedError"',
  ],
  ['returns {}', async () => ({}), 'cannot be used: expected a subject'],
  ["returns {subject: ''}", async () => ({ subject: '' }), 'cannot be used: expected a subject'],
  ['names a plugin', async () => ({ subject: 'plugin:x' }), 'cannot be used: expected a subject'],
  ['never answers', () => new Promise(() => {}), 'cannot be used: no answer within 5 s'],
];

describe.each(faults)('EXT-13 a custom handler that %s', (name, verify, detail) => {
  const reason = `the external token handler "mesh-0" of backend.auth.externalAccess[0] ${detail}`;

  /** Authenticates, and lets pass what time the handler is given. */
  async function authenticate(it: Installation) {
    const result = (await it.plugin()).authenticate(TOKEN);
    result.catch(() => {});
    await settle();
    if (name === 'never answers') {
      it.clock.advance(4_999);
      await settle();
      expect(it.events).toEqual([]);
      it.clock.advance(1);
    }
    return result;
  }

  it('EXT-13 decides nothing: 503 if no other accepts, remembered with its type', async () => {
    for (const others of [[], [ignores], [ignores, ignores], [forbids]]) {
      const it = new Installation(optionsOf(verify, ...others));
      await expect(authenticate(it)).rejects.toMatchObject({
        ...keysUnavailable,
        reason: expect.stringContaining(reason) as unknown,
      });
      expect(told(it).map(({ message }) => message)).toEqual([
        expect.stringContaining(`Refused by the plugin scaffolder: ${reason}`) as unknown,
      ]);
      expect(it.traces).not.toContain(TOKEN);
      expect(it.clock.pendingTimers).toBe(0);
    }
  });

  it('EXT-13 keeps no other from accepting, and is told of with its type', async () => {
    const it = new Installation(optionsOf(verify, ignores, accepts));
    await expect(authenticate(it)).resolves.toMatchObject({
      principal: { subject: 'mesh-caller' },
    });
    expect(told(it).map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^the external token handler "mesh-0" .*another method accepted/,
      ) as unknown,
    ]);
    expect(it.traces).not.toContain(TOKEN);
  });
});

describe('EXT-13 the statuses', () => {
  it.each<[string, Verify[], number]>([
    ['one fails', [() => Promise.reject(new Error('x'))], 503],
    ['one refuses', [forbids], 401],
    ['one refuses, one fails', [forbids, () => Promise.reject(new Error('x'))], 503],
    ['one fails, one refuses', [() => Promise.reject(new Error('x')), forbids], 503],
    ['one fails, one accepts', [() => Promise.reject(new Error('x')), accepts], 200],
    ['one refuses, one accepts', [forbids, accepts], 200],
    ['all ignore it', [ignores, ignores], 401],
  ])('EXT-13 %s: %#', async (_, verifiers, status) => {
    const { auth, externalTokenHandlers } = optionsOf(...verifiers);
    const world = await new World(auth, { externalTokenHandlers }).start();
    const answer = await world.send({ headers: bearer(TOKEN) });
    await world.stop();
    expect(answer.status).toBe(status);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '10' : undefined);
  });

  it('EXT-13 a flood of failures beside good answers is counted in the log', async () => {
    const it = new Installation(optionsOf(() => Promise.reject(new Error('x')), accepts));
    const auth = await it.plugin();
    for (let call = 0; call < 100; call += 1) await auth.authenticate(TOKEN);
    expect(told(it)).toHaveLength(1);
    it.clock.advance({ seconds: 10 });
    expect(told(it).at(-1)?.meta).toMatchObject({ count: 99 });
    expect(told(it)).toHaveLength(2);
  });
});

describe('EXT-15 a garbage token', () => {
  const parties = ['one', 'two', 'three'].map(name => new ThirdParty(name));
  const { auth, externalTokenHandlers } = optionsOf(ignores, ignores, ignores);
  const externalAccess = [
    { type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } },
    legacyEntry,
    { type: 'legacy', options: { secret: 'A'.repeat(44), subject: 'other' } },
    ...parties.map((party, index) => party.entry({ subjectPrefix: `p${index}` })),
    ...auth.externalAccess,
  ];

  it.each([
    ['opaque', 'garbage'],
    ['of three segments', 'gar.ba.ge'],
    ['of ES256', 'eyJhbGciOiJFUzI1NiJ9.e30.AAAA'],
    ['of HS256', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJiYWNrc3RhZ2Utc2VydmVyIn0.AAAA'],
    ['of none', 'eyJhbGciOiJub25lIn0.e30.AAAA'],
  ])(
    'EXT-15 that is %s is one 401 and one line, however many callers there are',
    async (_, token) => {
      const world = await new World({ externalAccess } as never, { externalTokenHandlers }).start();
      const { installation: it, events } = world;
      const answer = await world.send({ headers: bearer(token) });
      await world.stop();
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.body)).toMatchObject({ error: { message: 'Illegal token' } });
      expect(told(it)).toEqual([
        expect.objectContaining({
          level: 'warn',
          message: expect.stringMatching(/^Refused by the plugin scaffolder: /) as unknown,
        }) as unknown,
      ]);
      expect(events.map(({ type }) => type)).toEqual(['refused']);
      expect(it.network.requests).toEqual([]);
    },
  );

  it('EXT-15 is refused with one error, of the method that came furthest', async () => {
    const it = new Installation({
      auth: { externalAccess: externalAccess as never },
      externalTokenHandlers,
    });
    await expect(
      (await it.plugin()).authenticate(parties[1]!.token(it.now, { aud: 'x' })),
    ).rejects.toMatchObject(illegalToken('AUTH_AUDIENCE_MISMATCH'));
    expect(told(it)).toHaveLength(1);
  });
});
