import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork, settle } from '../testing/FakeNetwork';
import { createKey } from '../testing/keyFixtures';
import { RecordingLogger } from '../testing/RecordingLogger';
import { illegalToken, keysUnavailable, rejectionOf } from '../testing/refusals';
import { RemoteKeySet } from './RemoteKeySet';

const one = createKey('one');
const two = createKey('two');
const unknown = illegalToken('AUTH_KEY_UNKNOWN');

function setUp(...published: unknown[]) {
  const clock = new TestClock();
  const network = new FakeNetwork(clock);
  const logger = new RecordingLogger();
  network.publish(...published);
  const keySet = new RemoteKeySet('http://catalog/jwks.json', network, logger);
  return { clock, network, logger, keySet };
}

describe('a reachable key set', () => {
  it('is fetched once for ten thousand who ask at the same time', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    const found = await Promise.all(Array.from({ length: 10_000 }, () => keySet.find('one')));
    expect(new Set(found).size).toBe(1);
    expect(found[0]?.publicKey.equals(one.publicKey)).toBe(true);
    expect(network.requests).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });

  it('answers from memory for 30 s, then refreshes without letting anybody wait', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    clock.advance(29_999);
    await keySet.find('one');
    await settle();
    expect(network.requests).toHaveLength(1);
    clock.advance(1);
    network.hang();
    for (let call = 0; call < 100; call += 1) {
      expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    }
    expect(network.requests).toHaveLength(2);
  });

  it('that nobody asked for a minute is refreshed before it answers', async () => {
    const { keySet, network, clock } = setUp(one.jwk, two.jwk);
    await keySet.find('one');
    network.publish(two.jwk);
    clock.advance(60_000);
    await expect(keySet.find('one')).rejects.toMatchObject({
      ...unknown,
      reason:
        'expected the key "one" at "http://catalog/jwks.json", found ["two"]; the token is of another installation, or older than the keys of its issuer',
    });
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
    expect(network.requests).toHaveLength(2);
  });

  it('names the keys that there are, and none that has turned out to be none', async () => {
    const pointless = { ...two.jwk, x: 'A'.repeat(43) };
    const { keySet, network, clock } = setUp(one.jwk, pointless);
    const expectFound = (kids: string) =>
      expect(keySet.find('three')).rejects.toMatchObject({
        reason: expect.stringContaining(`, found ${kids}; `) as unknown,
      });
    await expectFound('["one","two"]');
    await expect(keySet.find('two')).rejects.toMatchObject(unknown);
    await expectFound('["one"]');
    network.publish(one.jwk, createKey('four').jwk);
    clock.advance(60_000);
    await expectFound('["one","four"]');
  });

  it('refuses a withdrawn key within 60 s under steady use', async () => {
    const { keySet, network, clock } = setUp(one.jwk, two.jwk);
    await keySet.find('one');
    network.publish(two.jwk);
    let acceptedFor = 0;
    for (; acceptedFor < 120; acceptedFor += 1) {
      const outcome = await keySet.find('one').catch((error: unknown) => error);
      if (outcome instanceof Error) break;
      await settle();
      clock.advance(1_000);
    }
    expect(acceptedFor).toBeLessThanOrEqual(60);
  });

  it('takes the key set of another moment: nothing is believed for ever that was there once', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    const first = await keySet.find('one');
    const changed = createKey('one');
    network.publish(changed.jwk);
    clock.advance(60_000);
    const second = await keySet.find('one');
    expect(second).not.toBe(first);
    expect(second.publicKey.equals(changed.publicKey)).toBe(true);
  });

  it('skips what is no key and uses the others', async () => {
    const bad = [
      null,
      1,
      'x',
      [],
      {},
      { ...two.jwk, d: 'c2VjcmV0' },
      { ...two.jwk, kty: 'constructor' },
    ];
    const { keySet, logger } = setUp(...bad, one.jwk);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    await expect(keySet.find('two')).rejects.toMatchObject(unknown);
    expect(logger.lines('warn').slice(0, bad.length)).toEqual([
      'Ignoring a key of the key set at "http://catalog/jwks.json": it is not an object',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it is not an object',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it is not an object',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it has no kid',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it has no kid',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it holds a private or secret member',
      'Ignoring a key of the key set at "http://catalog/jwks.json": it has the unusable kty "constructor"',
    ]);
    expect(logger.text).not.toContain('c2VjcmV0');
  });

  it('tells each change of what it skips once, not each time', async () => {
    const { keySet, network, logger, clock } = setUp(one.jwk, null);
    await keySet.find('one');
    clock.advance(60_000);
    await keySet.find('one');
    expect(logger.lines('warn')).toHaveLength(1);
    network.publish(one.jwk, 1, null);
    clock.advance(60_000);
    await keySet.find('one');
    expect(logger.lines('warn')).toHaveLength(3);
    network.publish(one.jwk);
    clock.advance(60_000);
    await keySet.find('one');
    network.publish(one.jwk, null);
    clock.advance(60_000);
    await keySet.find('one');
    expect(logger.lines('warn')).toHaveLength(4);
  });

  it('answers a token without kid with its only key, and none where there are several', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    expect(await keySet.find(undefined)).toMatchObject({ kid: 'one' });
    network.publish(one.jwk, two.jwk);
    clock.advance(60_000);
    const error = await rejectionOf(keySet.find(undefined));
    expect(error).toMatchObject(unknown);
    expect(error.reason).toBe(
      'expected a single key, as a token without kid needs, at "http://catalog/jwks.json", found ["one","two"]; the token is of another installation, or older than the keys of its issuer',
    );
  });

  it.each(['__proto__', 'constructor', 'toString', '', '../../dev/null', "' OR 1=1--", 'x\r\ny'])(
    'has no key %j unless it is published',
    async kid => {
      const { keySet } = setUp(one.jwk);
      const error = await rejectionOf(keySet.find(kid));
      expect(error).toMatchObject(unknown);
      expect(error.reason).not.toMatch(/[\r\n]/);
    },
  );
});

describe('unknown key ids', () => {
  it('ask the issuer five times at once and then every ten seconds', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    for (let second = 0; second < 60; second += 1) {
      for (let junk = 0; junk < 100; junk += 1) {
        await expect(keySet.find(`junk-${second}-${junk}`)).rejects.toMatchObject(unknown);
      }
      clock.advance(1_000);
    }
    expect(network.requests.length).toBeLessThanOrEqual(1 + 4 + 6);
  });

  it('do not delay the new key of an issuer by more than ten seconds', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    for (let junk = 0; junk < 100; junk += 1) await keySet.find(`junk-${junk}`).catch(() => {});
    network.publish(one.jwk, two.jwk);
    let waited = 0;
    while ((await keySet.find('two').catch(() => undefined)) === undefined) {
      for (let junk = 0; junk < 100; junk += 1) await keySet.find(`late-${junk}`).catch(() => {});
      clock.advance(1_000);
      waited += 1;
      expect(waited).toBeLessThanOrEqual(10);
    }
  });

  it('JWK-01 let a hundred callers wait for one request, and no more', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    const answers: Array<(response: Response) => void> = [];
    network.answer = () => new Promise(resolve => answers.push(resolve));
    const waiting = Array.from({ length: 100 }, () => keySet.find('two'));
    await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    answers[0]!(Response.json({ keys: [one.jwk, two.jwk] }));
    for (const found of await Promise.all(waiting)) expect(found).toMatchObject({ kid: 'two' });
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
    expect(network.requests).toHaveLength(2);
    expect(clock.pendingTimers).toBe(0);
  });

  it('are asked for only as far as others allow it, and undecided until then', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    for (let call = 0; call < 20; call += 1) {
      await expect(keySet.find('one', () => false)).rejects.toMatchObject({
        ...keysUnavailable,
        reason:
          'the key set at "http://catalog/jwks.json" cannot be fetched now; tokens of plugins that are not known have caused too many requests',
      });
    }
    expect(network.requests).toEqual([]);
    // What was not asked has not used up what the issuer may be asked.
    expect(await keySet.find('one', () => true)).toMatchObject({ kid: 'one' });
    // A key that may have been withdrawn is not believed because nobody may ask.
    clock.advance(60_000);
    await expect(keySet.find('one', () => false)).rejects.toMatchObject(keysUnavailable);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    expect(network.requests).toHaveLength(2);
  });

  it('find a key that was published since, at once', async () => {
    const { keySet, network } = setUp();
    await expect(keySet.find('one')).rejects.toMatchObject({
      ...unknown,
      reason: expect.stringMatching(
        /, found \[\]; the token is of another installation/,
      ) as unknown,
    });
    network.publish(one.jwk);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
  });

  it('are asked for without limit as long as the issuer has published them', async () => {
    const { keySet, network } = setUp();
    for (let replica = 1; replica <= 50; replica += 1) {
      const kid = `of replica ${replica}`;
      network.publish({ ...one.jwk, kid });
      expect(await keySet.find(kid)).toMatchObject({ kid });
    }
    for (let guess = 1; guess <= 50; guess += 1) {
      await expect(keySet.find(`guess ${guess}`)).rejects.toMatchObject(unknown);
    }
    expect(network.requests).toHaveLength(55);
  });

  it('find a key that was published while a request without it was under way', async () => {
    const { keySet, network } = setUp();
    const answers: Array<(response: Response) => void> = [];
    network.answer = () => new Promise(resolve => answers.push(resolve));
    const first = keySet.find('one');
    await settle();
    network.publish(one.jwk, two.jwk);
    const second = keySet.find('two');
    answers[0]!(Response.json({ keys: [one.jwk] }));
    expect(await first).toMatchObject({ kid: 'one' });
    expect(await second).toMatchObject({ kid: 'two' });
    expect(network.requests).toHaveLength(2);
  });

  it('are undecided, not unknown, in an outage, also when the issuer was asked too often', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    for (let guess = 0; guess < 6; guess += 1) {
      await expect(keySet.find(`guess ${guess}`)).rejects.toMatchObject(unknown);
    }
    network.goDown();
    clock.advance(60_000);
    await keySet.find('one');
    for (let second = 0; second < 40; second += 1) {
      await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
      clock.advance(1_000);
    }
  });

  it('of a plugin that publishes nothing yet are unknown, not unavailable', async () => {
    const { keySet, network } = setUp();
    network.answer = () => new Response('', { status: 404 });
    await expect(keySet.find('one')).rejects.toMatchObject(unknown);
  });
});

describe('an outage', () => {
  it('keeps known keys for three hours after they were last seen, and no longer', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.goDown();
    for (let minute = 1; minute < 180; minute += 1) {
      clock.advance(60_000);
      expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    }
    clock.advance(60_000);
    await expect(keySet.find('one')).rejects.toMatchObject({
      ...keysUnavailable,
      reason:
        'the key set at "http://catalog/jwks.json" cannot be fetched now; see the warnings in the log, and whether discovery gives the right URL',
    });
  });

  it('cannot decide about an unknown key, and says so', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.goDown();
    await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
    await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
    clock.advance(60_000);
    await expect(keySet.find('two')).rejects.toMatchObject(keysUnavailable);
  });

  it('at the very start is unavailable for all who wait', async () => {
    const { keySet, network, logger } = setUp();
    network.goDown();
    const errors = await Promise.all(
      Array.from({ length: 100 }, () => rejectionOf(keySet.find('one'))),
    );
    for (const error of errors) expect(error).toMatchObject(keysUnavailable);
    expect(network.requests).toHaveLength(1);
    expect(logger.lines('warn')).toEqual([
      'The key set at "http://catalog/jwks.json" cannot be fetched: "fetch failed"',
    ]);
  });

  /** Calls ten times a second, and returns the seconds in which the issuer was asked. */
  async function probesOf(
    { network, clock }: ReturnType<typeof setUp>,
    seconds: number,
    call: () => Promise<unknown>,
  ) {
    const times: number[] = [];
    for (let tenth = 0; tenth < 10 * seconds; tenth += 1) {
      const before = network.requests.length;
      for (let caller = 0; caller < 5; caller += 1) await call().catch(() => {});
      await settle();
      expect(network.requests.length - before).toBeLessThanOrEqual(1);
      if (network.requests.length > before) times.push(tenth / 10);
      clock.advance(100);
    }
    return times;
  }

  it('is probed after 1, 2, 4, 8, 16, 30, 30 … seconds while known keys answer, whatever the load', async () => {
    const world = setUp(one.jwk);
    const { keySet, network, clock } = world;
    await keySet.find('one');
    network.goDown();
    clock.advance(30_000);
    const times = await probesOf(world, 125, () => keySet.find('one'));
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121]);
  });

  it('is probed every four seconds while somebody is refused for want of it, whatever the load', async () => {
    const world = setUp();
    world.network.goDown();
    let guess = 0;
    const times = await probesOf(world, 31, () => world.keySet.find(`guess ${(guess += 1)}`));
    expect(times).toEqual([0, 1, 3, 7, 11, 15, 19, 23, 27]);
  });

  it('is over for all within five seconds, however long it was', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.goDown();
    // Nobody is refused yet, so that the pause has grown to its limit.
    for (let second = 0; second < 3_600; second += 1) {
      clock.advance(1_000);
      await keySet.find('one');
      await settle();
    }
    network.publish(one.jwk, two.jwk);
    const healedAt = clock.monotonic();
    while ((await keySet.find('two').catch(() => undefined)) === undefined) clock.advance(100);
    expect(clock.monotonic() - healedAt).toBeLessThanOrEqual(5_000);
  });

  it('ends with the first good answer', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.goDown();
    clock.advance(60_000);
    await keySet.find('one');
    network.publish(one.jwk, two.jwk);
    clock.advance(1_000);
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
  });

  it.each<[string, () => Response]>([
    ['HTML', () => new Response('<html></html>')],
    ['an error', () => new Response('', { status: 500 })],
    ['a redirect', () => Response.redirect('http://169.254.169.254/jwks.json', 302)],
    ['no list', () => Response.json({ keys: {} })],
    ['too much', () => new Response('x'.repeat(300_000))],
  ])('of answers with %s keeps the last good keys', async (_, answer) => {
    const { keySet, network, clock, logger } = setUp(one.jwk);
    await keySet.find('one');
    network.answer = answer;
    clock.advance(60_000);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    expect(network.requests).toHaveLength(2);
    expect(logger.lines('warn')).toHaveLength(1);
  });

  it('of silence is waited for to its end at the first request, and no longer than two seconds from then on', async () => {
    const { keySet, network, clock } = setUp();
    network.hang();
    const first = rejectionOf(keySet.find('one'));
    let refused = false;
    void first.then(() => (refused = true));
    await settle();
    clock.advance(4_999);
    await settle();
    expect(refused).toBe(false);
    clock.advance(1);
    expect(await first).toMatchObject(keysUnavailable);
    const second = rejectionOf(keySet.find('one'));
    await settle();
    clock.advance(2_000);
    expect(await second).toMatchObject(keysUnavailable);
    expect(network.requests).toHaveLength(2);
  });

  it('of silence that ends after four seconds refuses nobody at a first start', async () => {
    const { keySet, network, clock } = setUp();
    const answers: Array<(response: Response) => void> = [];
    network.answer = () => new Promise(resolve => void answers.push(resolve));
    const waiting = [keySet.find('one')];
    await settle();
    clock.advance(4_000);
    waiting.push(keySet.find('one'));
    await settle();
    answers[0]!(Response.json({ keys: [one.jwk] }));
    for (const found of await Promise.all(waiting)) expect(found).toMatchObject({ kid: 'one' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('of silence lets a caller wait two seconds', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.hang();
    clock.advance(60_000);
    const known = keySet.find('one');
    const other = rejectionOf(keySet.find('two'));
    await settle();
    clock.advance(2_000);
    expect(await known).toMatchObject({ kid: 'one' });
    expect(await other).toMatchObject(keysUnavailable);
    expect(network.requests).toHaveLength(2);
    clock.advance(3_000);
    await settle();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a fetch that does not listen to its signal', () => {
  it('JWK-07 holds nobody for more than five seconds, and its late answers change nothing', async () => {
    const { keySet, network, clock } = setUp();
    const answers: Array<{ resolve: (it: Response) => void; reject: (it: Error) => void }> = [];
    network.answer = () => new Promise((resolve, reject) => void answers.push({ resolve, reject }));
    const waiting = [rejectionOf(keySet.find('one')), rejectionOf(keySet.find('one'))];
    clock.advance(5_000);
    for (const error of await Promise.all(waiting)) expect(error).toMatchObject(keysUnavailable);
    const second = keySet.find('two');
    expect(network.requests).toHaveLength(2);
    answers[1]!.resolve(Response.json({ keys: [two.jwk] }));
    expect(await second).toMatchObject({ kid: 'two' });
    // Nobody reads the body of a late one, and it holds no connection.
    let isCancelled = false;
    answers[0]!.resolve(
      new Response(new ReadableStream({ cancel: () => void (isCancelled = true) })),
    );
    await settle();
    expect(isCancelled).toBe(true);
    expect(await keySet.find('two')).toMatchObject({ kid: 'two' });
    expect(clock.pendingTimers).toBe(0);
  });

  it('JWK-06 does not decide about a key while it is under way', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    network.answer = () => new Promise(() => {});
    const asked = rejectionOf(keySet.find('two'));
    await settle();
    clock.advance(2_000);
    expect(await asked).toMatchObject(keysUnavailable);
  });
});

describe('an answer that took long', () => {
  it('JWK-14 is as old as its request: a key that was withdrawn meanwhile is refused in time', async () => {
    const { keySet, network, clock } = setUp();
    let answer: (response: Response) => void = () => {};
    network.answer = () => new Promise(resolve => (answer = resolve));
    const first = keySet.find('one');
    await settle();
    clock.advance(1_900);
    answer(Response.json({ keys: [one.jwk] }));
    await first;
    network.publish(two.jwk);
    clock.advance(58_100);
    await expect(keySet.find('one')).rejects.toMatchObject(unknown);
  });
});

describe('a stranger', () => {
  const admit = () => true;

  it.each<[string, () => Response | Promise<Response>, object]>([
    ['does not answer', () => Promise.reject(new TypeError('fetch failed')), keysUnavailable],
    ['does not exist', () => new Response('', { status: 404 }), unknown],
  ])('that %s is asked again after thirty seconds', async (_, answer, refusal) => {
    const { keySet, network, clock } = setUp();
    network.answer = answer;
    for (let second = 0; second < 30; second += 1) {
      await expect(keySet.find('one', admit)).rejects.toMatchObject(refusal);
      clock.advance(1_000);
    }
    expect(network.requests).toHaveLength(1);
    network.publish(one.jwk);
    expect(await keySet.find('one', admit)).toMatchObject({ kid: 'one' });
  });

  it('is asked at once when it has become known', async () => {
    const { keySet, network } = setUp();
    await expect(keySet.find('one', admit)).rejects.toMatchObject(unknown);
    network.publish(one.jwk);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
  });

  it('whose keys are known spends no more than the request that is made', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one', admit);
    network.hang();
    clock.advance(30_000);
    const admissions: number[] = [];
    for (let call = 0; call < 10; call += 1) {
      await keySet.find('one', () => admissions.push(call) > 0);
    }
    expect(admissions).toEqual([0]);
    expect(network.requests).toHaveLength(2);
  });
});

describe('an empty key set after a good one', () => {
  it('counts as an outage for five minutes, then is believed', async () => {
    const { keySet, network, clock, logger } = setUp(one.jwk);
    await keySet.find('one');
    network.publish();
    clock.advance(60_000);
    const doubtedSince = clock.monotonic();
    while (clock.monotonic() - doubtedSince < 5 * 60_000) {
      expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
      clock.advance(30_000);
    }
    expect(logger.lines('warn')[0]).toBe(
      'The key set at "http://catalog/jwks.json" cannot be fetched: "expected keys, found an empty set after a good one"',
    );
    await expect(keySet.find('one')).rejects.toMatchObject(unknown);
  });

  it('is forgotten when the keys are back', async () => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    for (let time = 0; time < 20; time += 1) {
      network.publish();
      clock.advance(60_000);
      expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
      network.publish(one.jwk);
      clock.advance(60_000);
      expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    }
  });
});

describe('a clock that is set', () => {
  it.each(['1970-01-01', '2050-01-01'])('to %s changes nothing', async time => {
    const { keySet, network, clock } = setUp(one.jwk);
    await keySet.find('one');
    clock.setTime(time);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    expect(network.requests).toHaveLength(1);
    clock.advance(60_000);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    expect(network.requests).toHaveLength(2);
  });
});

describe('the key set of a third party', () => {
  const HOUR = 3_600_000;

  function setUpThirdParty(...published: unknown[]) {
    const { clock, network, logger } = setUp(...published);
    const keySet = new RemoteKeySet('https://idp.example/keys', network, logger, {
      algorithms: ['RS256'],
    });
    return { clock, network, logger, keySet };
  }

  it('answers from memory for five minutes, and is fetched anew after ten', async () => {
    const { keySet, network, clock } = setUpThirdParty(one.jwk);
    await keySet.find('one');
    clock.advance(299_999);
    await keySet.find('one');
    await settle();
    expect(network.requests).toHaveLength(1);
    clock.advance(1);
    await keySet.find('one');
    await settle();
    expect(network.requests).toHaveLength(2);
    network.publish(two.jwk);
    clock.advance(600_000);
    await expect(keySet.find('one')).rejects.toMatchObject(unknown);
    expect(network.requests).toHaveLength(3);
  });

  it('goes on verifying for a day without it', async () => {
    const { keySet, network, clock } = setUpThirdParty(one.jwk);
    await keySet.find('one');
    network.goDown();
    clock.advance(24 * HOUR - 1);
    expect(await keySet.find('one')).toMatchObject({ kid: 'one' });
    clock.advance(60_000);
    await expect(keySet.find('one')).rejects.toMatchObject(keysUnavailable);
  });

  it('does not count two keys without a name as one', async () => {
    const [first, second] = [createKey('a').jwk, createKey('b').jwk].map(
      ({ kid: _kid, ...bare }) => bare,
    );
    const { keySet, logger } = setUpThirdParty(first, second);
    await expect(keySet.find(undefined)).rejects.toMatchObject(unknown);
    expect(logger.lines('warn')).toEqual([
      'Ignoring a key of the key set at "https://idp.example/keys": it has no kid, like another',
    ]);
    expect(await setUpThirdParty(first, second, one.jwk).keySet.find(undefined)).toMatchObject({
      kid: 'one',
    });
  });

  it('shows no query of its URL, which can hold a secret', async () => {
    const { network, logger } = setUpThirdParty();
    const url = 'https://idp.example/keys?api_key=canary';
    const keySet = new RemoteKeySet(url, network, logger, { algorithms: ['RS256'] });
    const error = await rejectionOf(keySet.find('x'));
    expect(error.reason).toContain('"https://idp.example/keys?..."');
    network.goDown();
    const other = new RemoteKeySet(url, network, logger, { algorithms: ['RS256'] });
    const unavailable = await rejectionOf(other.find('x'));
    expect(network.requests.at(-1)?.url).toBe(url);
    network.answer = () => Promise.reject(new Error(`request to ${url} failed, reason: timeout`));
    const third = new RemoteKeySet(url, network, logger, { algorithms: ['RS256'] });
    await rejectionOf(third.find('x'));
    expect(logger.text).toContain(
      'request to https://idp.example/keys?... failed, reason: timeout',
    );
    expect(`${error.reason} ${unavailable.reason} ${logger.text}`).not.toContain('canary');
  });

  it('may have keys that name neither kid nor alg', async () => {
    const { kid: _kid, alg: _alg, ...bare } = createKey('k', 'RS256').jwk;
    const { keySet } = setUpThirdParty(bare);
    expect(await keySet.find(undefined)).toMatchObject({ kid: '', alg: 'RS256' });
    await expect(keySet.find('k')).rejects.toMatchObject(unknown);
  });
});
