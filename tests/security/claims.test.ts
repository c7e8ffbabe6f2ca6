import { createAuthBackend } from '@stagepass/auth-backend';
import { TestClock } from '@stagepass/auth-test-utils';
import { FakeNetwork } from '../../packages/auth-backend/src/testing/FakeNetwork';
import { Installation, JANE } from '../../packages/auth-backend/src/testing/Installation';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { RecordingLogger } from '../../packages/auth-backend/src/testing/RecordingLogger';
import { issue } from '../../packages/auth-backend/src/testing/credentialFixtures';
import { decode, forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import { openThirdParty } from './openThirdParty';
import { expectRefused, openReceiver, type Receiver } from './refusal';

const INVALID = 'AUTH_CLAIM_INVALID';

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver(new Installation());
});

/** A user or limited token with these claims as they are, whatever their type. */
function userToken(typ: string, claims: object): string {
  const { userKey, now } = receiver.installation;
  return forge(
    { typ, alg: 'ES256', kid: 'user-key' },
    { sub: JANE, aud: 'backstage', iat: now, exp: now + 3600, uip: 'AA', ...claims },
    userKey.signing,
  );
}

const kinds = {
  plugin: (claims: object) => receiver.installation.pluginToken(claims),
  user: (claims: object) => userToken('vnd.backstage.user', claims),
  limited: (claims: object) => userToken('vnd.backstage.limited-user', claims),
};
const kindNames = Object.keys(kinds) as Array<keyof typeof kinds>;

describe('the subject of a token', () => {
  it.each<[string, unknown]>([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['blank', ' '],
    ['a line break', '\n'],
    ['a number', 1],
    ['zero', 0],
    ['a boolean', true],
    ['a list', ['catalog']],
    ['an object', {}],
    ['10 kB', 'x'.repeat(10_240)],
  ])('CLM-01 that is %s is refused in every kind of token', async (_, sub) => {
    for (const kind of kindNames) {
      await expectRefused(receiver, kinds[kind]({ sub }), INVALID, { allowLimitedAccess: true });
    }
    const idp = await openThirdParty([]);
    await expectRefused(idp, idp.sign({ alg: 'ES256', kid: 'good' }, undefined, { sub }), INVALID, {
      requests: 1,
    });
  });

  it('CLM-01 that is NaN is no JSON', async () => {
    const { catalogKey, now } = receiver.installation;
    const claims = `{"sub":NaN,"aud":"scaffolder","iat":${now},"exp":${now + 3600}}`;
    const header = { typ: 'vnd.backstage.plugin', alg: 'ES256', kid: 'catalog-key' };
    await expectRefused(receiver, forge(header, claims, catalogKey.signing));
  });
});

describe('a required claim', () => {
  it.each([null, '', '1', true, [], {}])('CLM-02 is not there when it is %j', async value => {
    for (const kind of kindNames) {
      for (const name of ['iat', 'exp', 'nbf']) {
        await expectRefused(receiver, kinds[kind]({ [name]: value }), INVALID, {
          allowLimitedAccess: true,
        });
      }
    }
    for (const name of ['iat', 'exp', 'nbf', 'sub']) {
      const isSubject = name === 'sub' && value === '1';
      const idp = await openThirdParty([]);
      const token = idp.sign({ alg: 'ES256', kid: 'good' }, undefined, { [name]: value });
      if (!isSubject) await expectRefused(idp, token, INVALID, { requests: 1 });
    }
    await expectRefused(receiver, kinds.plugin({ aud: value }), 'AUTH_AUDIENCE_MISMATCH');
    if (value !== '1') await expectRefused(receiver, kinds.plugin({ obo: value }), INVALID);
  });

  it('CLM-02 is not there when it is missing', async () => {
    for (const kind of kindNames) {
      for (const name of ['iat', 'exp']) {
        await expectRefused(receiver, kinds[kind]({ [name]: undefined }), INVALID, {
          allowLimitedAccess: true,
        });
      }
    }
  });
});

describe('the audience of a plugin token', () => {
  it.each<[unknown]>([
    [undefined],
    [null],
    [''],
    ['catalog'],
    [['scaffolder']],
    [['x', 'scaffolder']],
    [['scaffolder', 'scaffolder']],
    [[['scaffolder']]],
    [{ 0: 'scaffolder' }],
    [{ scaffolder: true }],
    ['scaffolder '],
    [' scaffolder'],
    ['Scaffolder'],
    ['SCAFFOLDER'],
    ['scaff'],
    ['scaffolder2'],
    ['scaffolder,catalog'],
    ['plugin:scaffolder'],
    ['*'],
    [true],
    [1],
  ])('CLM-03 is the plugin, as one text: %j is refused', async aud => {
    await expectRefused(receiver, kinds.plugin({ aud }), 'AUTH_AUDIENCE_MISMATCH');
  });

  it('CLM-04 is no plugin of the same id in another deployment', async () => {
    const clock = new TestClock();
    const network = new FakeNetwork(clock);
    const open = () => {
      const logger = new RecordingLogger();
      const backend = createAuthBackend({
        discovery: {
          getBaseUrl: async id => `http://backend/api/${id}`,
          getExternalBaseUrl: async id => `https://example.com/api/${id}`,
        },
        logger,
        clock,
        fetch: network.fetch,
      });
      return { backend, logger };
    };
    const [here, there] = [open(), open()];
    const tokenOf = async ({ backend }: typeof here) => {
      const catalog = await backend.forPlugin('catalog');
      return issue(catalog, await catalog.getOwnServiceCredentials(), 'scaffolder');
    };
    const auth = await here.backend.forPlugin('scaffolder');
    expect(await auth.authenticate(await tokenOf(here))).toMatchObject({
      principal: { subject: 'plugin:catalog' },
    });
    await expect(auth.authenticate(await tokenOf(there))).rejects.toMatchObject({
      code: 'AUTH_KEY_UNKNOWN',
      message: 'Illegal token',
    });
    // One that takes over the id of a key does not come further.
    const [{ kid = '' } = {}] = (
      await (await here.backend.forPlugin('catalog')).listPublicServiceKeys()
    ).keys as Array<{ kid?: string }>;
    const { header, payload } = decode(await tokenOf(there));
    const posing = forge({ ...header, kid }, payload, createKey(kid).signing);
    await expect(auth.authenticate(posing)).rejects.toMatchObject({
      code: 'AUTH_SIGNATURE_INVALID',
      message: 'Illegal token',
    });
  });
});

describe('claims that nobody asked for', () => {
  const CANARY = 'canary-claim';
  const many = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`${CANARY}-${index}`, index]),
  );
  const odd = { [CANARY]: { roles: ['admin'], __proto__: { sub: 'x' } }, permissions: ['*'] };

  it.each<[string, object]>([
    ['a thousand', many],
    ['one of 10 kB', { [CANARY]: 'x'.repeat(10_240) }],
    [
      'some that mean something elsewhere',
      { ...odd, admin: true, scope: CANARY, act: { sub: CANARY } },
    ],
  ])(
    'CLM-07 %s are ignored: they stand in no credentials, log or token onward',
    async (_, claims) => {
      const { auth, installation } = receiver;
      installation.network.publish(installation.catalogKey.jwk, installation.userKey.jwk);
      for (const kind of kindNames) {
        const credentials = await auth.authenticate(kinds[kind](claims), {
          allowLimitedAccess: true,
        });
        const plain = await auth.authenticate(kinds[kind]({}), { allowLimitedAccess: true });
        expect(credentials).toEqual(plain);
        expect(Object.keys(Object(credentials.principal))).toEqual(
          Object.keys(Object(plain.principal)),
        );
        const told = `${JSON.stringify(credentials)} ${String(credentials)} ${installation.traces}`;
        expect(told).not.toContain(CANARY);
        const { payload } = decode(await issue(auth, credentials));
        const members = { plugin: [], user: ['obo'], limited: ['obo'] }[kind];
        expect(Object.keys(payload).sort()).toEqual(['aud', 'exp', 'iat', ...members, 'sub']);
        // A limited token is the auth plugin's to the byte, and goes on as it came.
        if (kind !== 'user') continue;
        expect(Object.keys(decode(payload.obo as string).payload)).toEqual(['sub', 'iat', 'exp']);
      }
    },
  );
});
