import {
  Installation,
  JANE,
  STATIC_TOKEN,
} from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { illegalToken } from '../../packages/auth-backend/src/testing/refusals';
import { legacyEntry, publish, signShared, ThirdParty } from './externalParties';

const service = (subject: string) => ({ principal: { type: 'service', subject } });
const urls = ({ network }: Installation) => network.requests.map(({ url }) => url);

async function setUp(parties: readonly ThirdParty[], ...entries: object[]) {
  const externalAccess = entries.length > 0 ? entries : parties.map(party => party.entry());
  const it = new Installation({ auth: { externalAccess: externalAccess as never } });
  publish(it, ...parties);
  return { it, auth: await it.plugin() };
}

describe('EXT-05 a third party token', () => {
  const idp = new ThirdParty();

  it.each<[string, (now: number) => object, string]>([
    ['no exp', () => ({ exp: undefined }), 'AUTH_CLAIM_INVALID'],
    ['an nbf ahead', now => ({ nbf: now + 61 }), 'AUTH_TOKEN_NOT_YET_VALID'],
    ['a list as subject', () => ({ sub: ['ci'] }), 'AUTH_CLAIM_INVALID'],
    ['an object as subject', () => ({ sub: {} }), 'AUTH_CLAIM_INVALID'],
    ['a number as subject', () => ({ sub: 1 }), 'AUTH_CLAIM_INVALID'],
    ['an empty subject', () => ({ sub: '' }), 'AUTH_CLAIM_INVALID'],
    ['a blank subject', () => ({ sub: ' \n' }), 'AUTH_CLAIM_INVALID'],
    ['no subject', () => ({ sub: undefined }), 'AUTH_CLAIM_INVALID'],
    ['null as subject', () => ({ sub: null }), 'AUTH_CLAIM_INVALID'],
    ['a subject of 1025 characters', () => ({ sub: 'x'.repeat(1025) }), 'AUTH_CLAIM_INVALID'],
  ])('EXT-05 is refused with %s', async (_, claims, code) => {
    const { it, auth } = await setUp([idp]);
    await expect(auth.authenticate(idp.token(it.now, claims(it.now)))).rejects.toMatchObject(
      illegalToken(code as never),
    );
  });

  it.each(['plugin:catalog', 'user:default/admin', JANE, 'external:ci', 'ci', '__proto__'])(
    'EXT-05 never names somebody inside, with the subject %s',
    async sub => {
      for (const [options, prefix] of [
        [{}, 'external:'],
        [{ subjectPrefix: 'ci' }, 'external:ci:'],
      ] as const) {
        const { it, auth } = await setUp([idp], idp.entry(options));
        const credentials = await auth.authenticate(idp.token(it.now, { sub }));
        expect(credentials).toMatchObject(service(`${prefix}${sub}`));
        expect(auth.isPrincipal(credentials, 'service')).toBe(true);
      }
    },
  );

  it('EXT-05 never names a caller of another entry', async () => {
    const other = new ThirdParty('other');
    const outer = new ThirdParty('outer');
    const fixed = { type: 'static', options: { token: STATIC_TOKEN, subject: 'external:fixed' } };
    const { it, auth } = await setUp(
      [idp, other, outer],
      idp.entry(),
      other.entry({ subjectPrefix: 'ci' }),
      outer.entry({ subjectPrefix: 'ci:deploy' }),
      fixed,
    );
    const names = (party: ThirdParty, sub: string) =>
      auth.authenticate(party.token(it.now, { sub }));
    await expect(names(other, 'x')).resolves.toMatchObject(service('external:ci:x'));
    await expect(names(outer, 'x')).resolves.toMatchObject(service('external:ci:deploy:x'));
    for (const [party, sub] of [
      [idp, 'ci:x'],
      [idp, 'ci:deploy:x'],
      [idp, 'ci:'],
      [other, 'deploy:x'],
      [idp, 'fixed'],
    ] as const) {
      await expect(names(party, sub)).rejects.toMatchObject({
        ...illegalToken('AUTH_CLAIM_INVALID'),
        reason: expect.stringMatching(
          /the subject "external:[a-z:]+" is one of backend.auth.externalAccess\[[123]\]; give/,
        ) as unknown,
      });
    }
    for (const [party, sub] of [
      [idp, 'ci'],
      [idp, 'cid:x'],
      [other, 'ci:x'],
      [other, 'fixed'],
      [outer, 'deploy:x'],
      [idp, 'fixed:x'],
    ] as const) {
      await expect(names(party, sub)).resolves.toBeDefined();
    }
  });

  it('EXT-05 of two parties of one prefix is warned about at start, unless they are one', () => {
    const other = new ThirdParty('other');
    const lines = (...externalAccess: object[]) =>
      new Installation({ auth: { externalAccess: externalAccess as never } }).logger.lines('warn');
    const warning =
      'backend.auth.externalAccess[1].options.subjectPrefix: expected one of its own, found that of backend.auth.externalAccess[0]; a caller of one can have the name of a caller of the other';
    const prefixed = { subjectPrefix: 'ci' };
    expect(lines(idp.entry(), other.entry())).toEqual([warning]);
    expect(lines(idp.entry(prefixed), other.entry(prefixed))).toEqual([warning]);
    expect(lines(idp.entry(), other.entry(prefixed))).toEqual([]);
    expect(lines(idp.entry(), idp.entry({ audience: 'other' }))).toEqual([]);
  });
});

describe('EXT-07 the issuer says whose keys verify', () => {
  it('EXT-07 and no other party is asked, not even for a key of the same id', async () => {
    const [first, second] = [new ThirdParty('first', 'one-id'), new ThirdParty('second', 'one-id')];
    const { it, auth } = await setUp([first, second]);
    const from = (claims: object, party: ThirdParty) => party.token(it.now, claims);
    await expect(auth.authenticate(from({ iss: second.issuer }, first))).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
    expect(urls(it)).toEqual([second.url]);
    await expect(auth.authenticate(from({ iss: first.issuer }, second))).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
    expect(urls(it)).toEqual([second.url, first.url]);
    for (const party of [first, second]) {
      await expect(auth.authenticate(from({}, party))).resolves.toMatchObject(
        service('external:ci'),
      );
    }
    for (const iss of ['https://third.example', '', null, undefined, 1, [first.issuer]]) {
      await expect(auth.authenticate(from({ iss }, first))).rejects.toMatchObject(
        illegalToken('AUTH_ISSUER_MISMATCH'),
      );
    }
    expect(urls(it)).toEqual([second.url, first.url]);
  });

  it('EXT-07 and a key of one that the other does not publish verifies nothing there', async () => {
    const [first, second] = [new ThirdParty('first'), new ThirdParty('second')];
    const { it, auth } = await setUp([first, second]);
    await expect(
      auth.authenticate(second.token(it.now, { iss: first.issuer })),
    ).rejects.toMatchObject(illegalToken('AUTH_KEY_UNKNOWN'));
    const posing = second.token(it.now, { iss: first.issuer }, { kid: 'first-key' });
    await expect(auth.authenticate(posing)).rejects.toMatchObject(
      illegalToken('AUTH_SIGNATURE_INVALID'),
    );
    expect(urls(it)).not.toContain(second.url);
  });
});

describe('EXT-08 what one plugin accepted', () => {
  const idp = new ThirdParty();
  const forA = idp.entry({ audience: 'a' }, { accessRestrictions: [{ plugin: 'plugin-a' }] });
  const forB = idp.entry({ audience: 'b' }, { accessRestrictions: [{ plugin: 'plugin-b' }] });

  it('EXT-08 is decided again by the next, by its own entry', async () => {
    const { it } = await setUp([idp], forA, forB);
    const [a, b] = [await it.plugin('plugin-a'), await it.plugin('plugin-b')];
    const token = idp.token(it.now, { aud: 'a' });
    const refusal = {
      name: 'NotAllowedError',
      code: 'AUTH_ACCESS_RESTRICTED',
      message: 'Access to this plugin is restricted',
    };
    for (let again = 0; again < 3; again += 1) {
      await expect(a.authenticate(token)).resolves.toMatchObject(service('external:ci'));
      await expect(b.authenticate(token)).rejects.toMatchObject(refusal);
    }
    await expect(b.authenticate(idp.token(it.now, { aud: 'b' }))).resolves.toBeDefined();
  });

  it('EXT-08 is unknown to another backend of the same process', async () => {
    const [one, other] = [await setUp([idp], forA), await setUp([idp], forB)];
    const token = idp.token(one.it.now, { aud: 'a' });
    await expect((await one.it.plugin('plugin-a')).authenticate(token)).resolves.toBeDefined();
    for (const pluginId of ['plugin-a', 'plugin-b']) {
      await expect((await other.it.plugin(pluginId)).authenticate(token)).rejects.toMatchObject(
        illegalToken('AUTH_AUDIENCE_MISMATCH'),
      );
    }
  });
});

it.each([
  'https://idp.example/',
  'http://idp.example',
  'https://IDP.example',
  'HTTPS://idp.example',
  'https://idp.example:443',
  'https://idp.example/realm',
  'https://idp.example?x',
  'https://idp.example#x',
  'https://idp.example.',
  ' https://idp.example',
  'https://idp.exampl\u0435',
  'idp.example',
])('EXT-09 the issuer %s is not https://idp.example', async iss => {
  const idp = new ThirdParty();
  const { it, auth } = await setUp([idp]);
  await expect(auth.authenticate(idp.token(it.now, { iss }))).rejects.toMatchObject(
    illegalToken('AUTH_ISSUER_MISMATCH'),
  );
  expect(urls(it)).toEqual([]);
  // The other way round too: compared is what is configured, to the letter.
  const strict = await setUp([idp], idp.entry({ issuer: iss.trim() }));
  const mismatch = strict.auth.authenticate(idp.token(it.now));
  await (iss.trim() === idp.issuer
    ? expect(mismatch).resolves.toBeDefined()
    : expect(mismatch).rejects.toMatchObject(illegalToken('AUTH_ISSUER_MISMATCH')));
});

it('EXT-11 a third party that does not answer keeps nobody else waiting', async () => {
  const [down, up] = [new ThirdParty('down'), new ThirdParty('up')];
  const fixed = { type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } };
  const { it, auth } = await setUp([up], down.entry(), legacyEntry, up.entry(), fixed);
  const { answer } = it.network;
  let hanging = 0;
  it.network.answer = (url, init) => {
    if (url !== down.url) return answer(url, init);
    hanging += 1;
    return new Promise<Response>(() => {});
  };
  const waiting = auth.authenticate(down.token(it.now));
  const refused = expect(waiting).rejects.toMatchObject({
    name: 'ServiceUnavailableError',
    code: 'AUTH_KEYS_UNAVAILABLE',
  });
  // Time stands still: whoever waits for the party would never be answered.
  for (const [token, principal] of [
    [it.pluginToken(), { subject: 'plugin:catalog' }],
    [it.userToken(), { userEntityRef: JANE }],
    [it.pluginToken({ obo: it.limitedUserToken() }), { userEntityRef: JANE }],
    [STATIC_TOKEN, { subject: 'ci' }],
    [signShared({ sub: 'backstage-server', exp: it.now + 60 }), { subject: 'old-caller' }],
    [up.token(it.now), { subject: 'external:ci' }],
  ] as const) {
    await expect(auth.authenticate(token)).resolves.toMatchObject({ principal });
  }
  await expect(auth.authenticate('garbage')).rejects.toMatchObject(
    illegalToken('AUTH_TOKEN_MALFORMED'),
  );
  await expect(
    auth.authenticate(up.token(it.now, {}, {}, createKey('up-key'))),
  ).rejects.toMatchObject(illegalToken('AUTH_SIGNATURE_INVALID'));
  expect(hanging).toBe(1);
  it.clock.advance({ seconds: 5 });
  await refused;
});
