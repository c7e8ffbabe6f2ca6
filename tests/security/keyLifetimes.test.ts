import { signIn, UserIssuers } from './UserIssuers';

const HOUR = 60 * 60 * 1000;
const jane = {
  $$type: '@backstage/BackstageCredentials',
  principal: { type: 'user', userEntityRef: 'user:default/jane' },
};

describe('KEY-05 a token of the last millisecond in which its key signs', () => {
  it.each([
    [{ minutes: 10 }, 10, 5],
    [{ hours: 1 }, 60, 10],
    [{ hours: 24 }, 1440, 10],
  ])('that lives for %j is accepted until it expires', async (tokenLifetime, minutes, ahead) => {
    const world = new UserIssuers();
    const replica = await world.start({ tokenLifetime });
    const life = minutes * 60_000;
    // No next key can be stored, so that the first one signs for as long as it may.
    world.store.failure = new Error('connection refused');
    world.clock.advance(ahead * 60_000 + life + HOUR - 1);
    const failed = world.store.next('addKey');
    const { token, expiresAt } = await replica.issueToken({ claims: { sub: 'user:default/jane' } });
    await failed;
    world.store.failure = undefined;
    expect(+expiresAt).toBeGreaterThan(world.clock.now() + life - 1_000);

    world.clock.advance(+expiresAt - world.clock.now() - 1);
    // Who has never seen the key, at a replica that has not signed with it.
    world.replicas.length = 0;
    await world.start({ tokenLifetime });
    const verifier = await world.startVerifier();
    expect(await verifier.authenticate(token)).toMatchObject(jane);
    world.clock.advance(1);
    await expect(verifier.authenticate(token)).rejects.toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_TOKEN_EXPIRED',
      message: 'Illegal token',
    });
  });

  it('is the last token of its key', async () => {
    const world = new UserIssuers();
    const replica = await world.start();
    world.store.failure = new Error('connection refused');
    world.clock.advance(10 * 60_000 + 2 * HOUR - 1);
    const failed = world.store.next('addKey');
    await signIn(replica);
    await failed;
    world.clock.advance(1);
    await expect(signIn(replica)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      code: 'AUTH_KEYS_UNAVAILABLE',
      message: 'Credentials cannot be verified at the moment',
    });
  });
});

describe('KEY-06 a token lifetime above that of keys', () => {
  it.each([{ hours: 24 }, { days: 30 }])(
    'of %j is followed by the retention of each key, however long',
    async tokenLifetime => {
      const world = new UserIssuers();
      const replica = await world.start({ tokenLifetime });
      const [stored] = await world.store.listKeys();
      const last = world.clock.now() + 10 * 60_000 + 24 * HOUR + HOUR;
      world.store.failure = new Error('connection refused');
      world.clock.advance(last - 1 - world.clock.now());
      const { expiresAt } = await replica.issueToken({ claims: { sub: 'user:default/jane' } });
      expect(+stored!.expiresAt).toBeGreaterThan(+expiresAt + 2 * 60_000);
    },
  );
});
