import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '@backstage/types';
import { PluginProcesses } from './PluginProcesses';

const CRITICAL = 'urn:stagepass:access-restrictions';
const everything = ['thing.create', 'thing.read', 'thing.list', 'thing.update'];

/** The callers from outside, and how far each may go. All of them come to the plugin `a`. */
const callers = {
  reader: [
    { plugin: 'a' },
    { plugin: 'b', permission: ['thing.read', 'thing.update'] },
    { plugin: 'c', permission: 'thing.read thing.update', permissionAttribute: { action: 'read' } },
    { plugin: 'backstage' },
  ],
  nearby: [{ plugin: 'a' }, { plugin: 'b' }],
  outsider: [{ plugin: 'c' }],
  free: undefined,
};
const tokenOf = (caller: keyof typeof callers) => `static-token-of-${caller}`;

/** The key of `a`, so that the test can sign what `a` never would. */
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const folder = mkdtempSync(join(tmpdir(), 'stagepass-key-'));
const publicKeyFile = join(folder, 'public.pem');
const privateKeyFile = join(folder, 'private.pem');
writeFileSync(publicKeyFile, publicKey.export({ type: 'spki', format: 'pem' }));
writeFileSync(privateKeyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));

const ofA = {
  pluginKeyStore: {
    type: 'static',
    static: { keys: [{ keyId: 'key-of-a', publicKeyFile, privateKeyFile }] },
  },
  externalAccess: Object.entries(callers).map(([subject, accessRestrictions]) => ({
    type: 'static',
    options: { token: `static-token-of-${subject}`, subject },
    ...(accessRestrictions && { accessRestrictions }),
  })),
} as unknown as JsonObject;
const plugin = (pluginId: string, auth: JsonObject = {}) => ({
  pluginId,
  implementation: 'ours' as const,
  config: { backend: { auth } },
});
const backstage = { ...plugin('backstage'), implementation: 'theirs' as const };

afterAll(() => rmSync(folder, { recursive: true }));

describe('Three plugins in three processes', () => {
  const plugins = new PluginProcesses();
  beforeAll(() => plugins.start([plugin('a', ofA), plugin('b'), plugin('c'), backstage]));
  afterAll(() => plugins.stop());

  it('RST-02 call each other for a restricted caller, each within its part of the restrictions', async () => {
    expect(await plugins.relay(tokenOf('reader'), 'a', 'b', 'c')).toEqual([
      { plugin: 'a', caller: 'reader', may: everything },
      { plugin: 'b', caller: 'plugin:a', may: ['thing.read', 'thing.update'] },
      { plugin: 'c', caller: 'plugin:b', may: ['thing.read'] },
    ]);
  });

  it('RST-02 do not get rid of the restrictions by calling back', async () => {
    expect(await plugins.relay(tokenOf('reader'), 'a', 'b', 'c', 'b', 'a', 'c')).toEqual([
      { plugin: 'a', caller: 'reader', may: everything },
      { plugin: 'b', caller: 'plugin:a', may: ['thing.read', 'thing.update'] },
      { plugin: 'c', caller: 'plugin:b', may: ['thing.read'] },
      { plugin: 'b', caller: 'plugin:c', may: ['thing.read', 'thing.update'] },
      { plugin: 'a', caller: 'plugin:b', may: everything },
      { plugin: 'c', caller: 'plugin:a', may: ['thing.read'] },
    ]);
  });

  it('refuse where the restrictions end, at the first hop and at the second', async () => {
    const message = 'This call may not be made for its caller';
    expect(await plugins.relay(tokenOf('nearby'), 'a', 'c')).toEqual([
      { plugin: 'a', status: 403, message },
    ]);
    expect(await plugins.relay(tokenOf('nearby'), 'a', 'b', 'c')).toEqual([
      { plugin: 'a', caller: 'nearby', may: everything },
      { plugin: 'b', status: 403, message },
    ]);
  });

  it('RST-01 refuse a caller who may use others only', async () => {
    expect(await plugins.relay(tokenOf('outsider'), 'a', 'c')).toEqual([
      { plugin: 'a', status: 403, message: 'Access to this plugin is restricted' },
    ]);
  });

  it('call each other without limits for who has none', async () => {
    expect(await plugins.relay(tokenOf('free'), 'a', 'b', 'backstage', 'c')).toEqual([
      { plugin: 'a', caller: 'free', may: everything },
      { plugin: 'b', caller: 'plugin:a', may: everything },
      { plugin: 'backstage', caller: 'plugin:b', may: everything },
      { plugin: 'c', caller: 'plugin:backstage', may: everything },
    ]);
  });

  it('RST-02 are refused for a restricted caller by a process of Backstage, which does not know the header', async () => {
    expect(await plugins.relay(tokenOf('reader'), 'a', 'backstage')).toEqual([
      { plugin: 'a', caller: 'reader', may: everything },
      { plugin: 'backstage', status: 401, message: 'Failed plugin token verification' },
    ]);
    expect(await plugins.relay(tokenOf('reader'), 'a', 'b', 'backstage')).toMatchObject([
      { plugin: 'a' },
      { plugin: 'b' },
      { plugin: 'backstage', status: 401 },
    ]);
  });

  describe('given a token that was made for a restricted caller', () => {
    let token: string;
    let header: Record<string, unknown>;
    beforeAll(async () => {
      token = (await plugins.get('a', '/token/b', tokenOf('reader'))).text;
      header = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()) as never;
    });
    const signed = (changed: object, key: KeyObject = privateKey) => {
      const input = `${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${token.split('.')[1]}`;
      const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    };
    const unsigned = (changed: object) =>
      [signed(changed).split('.')[0], ...token.split('.').slice(1)].join('.');

    it('accept it as it is', async () => {
      expect(header[CRITICAL]).toEqual({
        a: {},
        b: { permissionNames: ['thing.read', 'thing.update'] },
        c: {
          permissionNames: ['thing.read', 'thing.update'],
          permissionAttributes: { action: ['read'] },
        },
        backstage: {},
      });
      expect((await plugins.get('b', '/relay', token)).status).toBe(200);
      expect((await plugins.get('b', '/relay', signed(header))).status).toBe(200);
    });

    it('refuse it where it is not for them', async () => {
      expect((await plugins.get('c', '/relay', token)).status).toBe(401);
    });

    it.each<[string, number, () => string]>([
      [
        'without the restrictions',
        401,
        () => unsigned({ ...header, crit: undefined, [CRITICAL]: undefined }),
      ],
      ['with wider ones', 401, () => unsigned({ ...header, [CRITICAL]: { b: {} } })],
      ['signed by somebody else', 401, () => signed(header, stranger)],
      [
        'signed, with restrictions that are not critical',
        401,
        () => signed({ ...header, crit: undefined }),
      ],
      [
        'signed, with critical ones that are not there',
        401,
        () => signed({ ...header, [CRITICAL]: undefined }),
      ],
      [
        'signed, with ones that nobody understands',
        401,
        () => signed({ ...header, [CRITICAL]: { b: { until: 1 } } }),
      ],
      [
        'signed, with none for the plugin',
        403,
        () => signed({ ...header, [CRITICAL]: { a: {}, c: {} } }),
      ],
    ])('RST-02 HDR-04 refuse it %s: %d', async (_, status, tokenOfThat) => {
      expect((await plugins.get('b', '/relay', tokenOfThat())).status).toBe(status);
    });
  });
});

describe('Two plugins in two processes', () => {
  const plugins = new PluginProcesses();
  beforeAll(() => plugins.start([plugin('a', ofA), plugin('b')]));
  afterAll(() => plugins.stop());

  it('TIM-01 accept a token for a restricted caller for an hour, and no longer', async () => {
    const { text: token } = await plugins.get('a', '/token/b', tokenOf('reader'));
    await plugins.advance('b', 3_598_000);
    expect((await plugins.get('b', '/relay', token)).status).toBe(200);
    await plugins.advance('b', 2_000);
    expect((await plugins.get('b', '/relay', token)).status).toBe(401);
    await plugins.advance('a', 3_600_000);
    expect(await plugins.relay(tokenOf('reader'), 'a', 'b')).toMatchObject([
      { plugin: 'a' },
      { plugin: 'b', may: ['thing.read', 'thing.update'] },
    ]);
  });
});
