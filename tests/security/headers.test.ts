import { createHash, createPublicKey } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { createCertificate } from './certificate';
import { openThirdParty } from './openThirdParty';
import { expectRefused, openReceiver, type Receiver } from './refusal';

const RESTRICTIONS = 'urn:stagepass:access-restrictions';

const attacker = createKey('catalog-key');

let receiver: Receiver;

beforeEach(async () => {
  receiver = await openReceiver(new Installation());
});

/** A token of each kind with a changed header, signed by the right key, or by the one given. */
function kinds(header: object, key?: KeyFixture): string[] {
  const { installation } = receiver;
  return [
    installation.pluginToken({}, header, key),
    installation.userToken({}, header, key),
    installation.limitedUserToken({}, header, key),
  ];
}

/**
 * Expects a header member to choose nothing: with it the issuer's own tokens are accepted, those of the attacker are
 * not, and nobody is asked for anything.
 */
async function expectUnused(member: object): Promise<void> {
  const { auth, installation } = receiver;
  const asked = installation.network.requests.length;
  for (const token of kinds(member)) {
    expect(await auth.authenticate(token, { allowLimitedAccess: true })).toBeDefined();
  }
  for (const token of kinds(member, attacker)) {
    await expectRefused(receiver, token, 'AUTH_SIGNATURE_INVALID', { allowLimitedAccess: true });
  }
  expect(installation.network.requests).toHaveLength(asked);
}

describe('a key that a token brings', () => {
  it('HDR-01 is not used, whatever id it has', async () => {
    for (const kid of ['catalog-key', 'user-key', undefined]) {
      await expectUnused({ jwk: { ...attacker.jwk, kid } });
    }
    const idp = await openThirdParty([]);
    const header = { alg: 'ES256', kid: 'good' };
    await idp.accepts({ ...header, jwk: attacker.jwk });
    const token = idp.sign({ ...header, jwk: { ...attacker.jwk, kid: 'good' } }, attacker);
    await expectRefused(idp, token, 'AUTH_SIGNATURE_INVALID');
  });

  it('HDR-02 is not fetched, from wherever: the listener hears of nobody', async () => {
    let connections = 0;
    const listener = createServer(socket => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    try {
      for (const url of [
        `http://127.0.0.1:${port}/keys`,
        `https://127.0.0.1:${port}/keys`,
        `http://169.254.169.254/latest/meta-data`,
        'file:///etc/passwd',
        `data:application/json,${JSON.stringify({ keys: [attacker.jwk] })}`,
        '//127.0.0.1/keys',
        '',
      ]) {
        for (const name of ['jku', 'x5u']) await expectUnused({ [name]: url });
        await expectUnused({ jku: [url], x5u: { url } });
      }
      expect(connections).toBe(0);
    } finally {
      await new Promise(resolve => listener.close(resolve));
    }
  });

  it('HDR-03 is not used as a certificate', async () => {
    const certificate = createCertificate('catalog', attacker.privateKey);
    expect(certificate.verify(createPublicKey(attacker.privateKey))).toBe(true);
    const digest = (name: string) => createHash(name).update(certificate.raw).digest('base64url');
    const members = {
      x5c: [certificate.raw.toString('base64')],
      x5t: digest('sha1'),
      'x5t#S256': digest('sha256'),
    };
    for (const [name, value] of Object.entries(members)) await expectUnused({ [name]: value });
    await expectUnused(members);
  });
});

describe('critical header parameters', () => {
  it.each<[string, object]>([
    ['exp', { crit: ['exp'] }],
    ['exp, present', { crit: ['exp'], exp: 1 }],
    ['one of a name, present', { crit: ['x'], x: 1 }],
    ['none', { crit: [] }],
    ['a text', { crit: 'b64' }],
    ['null', { crit: null }],
    ['b64, false', { crit: ['b64'], b64: false }],
    ['b64, true', { crit: ['b64'], b64: true }],
    ['a name twice', { crit: ['x', 'x'], x: 1 }],
    ['a standard name', { crit: ['alg'] }],
    ['a name that every object has', { crit: ['constructor'] }],
    ['a list in a list', { crit: [['x']], x: 1 }],
    [
      'restrictions twice',
      { crit: [RESTRICTIONS, RESTRICTIONS], [RESTRICTIONS]: { scaffolder: {} } },
    ],
    ['restrictions, absent', { crit: [RESTRICTIONS] }],
    [
      'restrictions and another',
      { crit: [RESTRICTIONS, 'x'], x: 1, [RESTRICTIONS]: { scaffolder: {} } },
    ],
  ])('HDR-04 of %s are refused in every token', async (_, header) => {
    for (const token of kinds(header)) {
      await expectRefused(receiver, token, 'AUTH_TOKEN_MALFORMED', { allowLimitedAccess: true });
    }
    const idp = await openThirdParty([]);
    await expectRefused(idp, idp.sign({ alg: 'ES256', kid: 'good', ...header }));
  });

  it('HDR-04 are access restrictions of a plugin token alone', async () => {
    const header = { crit: [RESTRICTIONS], [RESTRICTIONS]: { scaffolder: {} } };
    const [plugin, ...users] = kinds(header);
    expect(await receiver.auth.authenticate(plugin!)).toMatchObject({
      principal: { subject: 'plugin:catalog', accessRestrictions: {} },
    });
    for (const token of users) {
      await expectRefused(receiver, token, 'AUTH_TOKEN_MALFORMED', { allowLimitedAccess: true });
    }
    const idp = await openThirdParty([]);
    await expectRefused(idp, idp.sign({ alg: 'ES256', kid: 'good', ...header }));
  });
});

describe('the type of a token', () => {
  const odd = [
    'VND.BACKSTAGE.PLUGIN',
    'Vnd.Backstage.Plugin',
    'application/vnd.backstage.plugin',
    'vnd.backstage.plugin ',
    ' vnd.backstage.plugin',
    'vnd.backstage.plugin\u0000',
    'vnd.backstage.plugin; v=1',
    'vnd.backstage.plugins',
    'JWT',
    'at+jwt',
    '',
    undefined,
  ];

  it.each(odd)('HDR-09 %j is no plugin token', async typ => {
    const token = receiver.installation.pluginToken({}, { typ });
    await expectRefused(receiver, token, 'AUTH_TOKEN_TYPE_UNKNOWN');
    const user = typ?.replace(/plugin/i, 'user');
    for (const it of [
      receiver.installation.userToken({}, { typ: user }),
      receiver.installation.limitedUserToken({}, { typ: typ?.replace(/plugin/i, 'limited-user') }),
    ]) {
      await expectRefused(receiver, it, 'AUTH_TOKEN_TYPE_UNKNOWN', { allowLimitedAccess: true });
    }
  });

  it.each([[['vnd.backstage.plugin']], [null], [1], [{}], [true]])(
    'HDR-09 %j is no type at all',
    async typ => {
      for (const token of kinds({ typ })) await expectRefused(receiver, token);
    },
  );
});
