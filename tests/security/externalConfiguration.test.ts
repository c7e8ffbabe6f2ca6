import type { JsonObject, JsonValue } from '@backstage/types';
import { isAuthError } from '@stagepass/auth-node';
import { Installation } from '../../packages/auth-backend/src/testing/Installation';

const IDP = { url: 'https://idp.example/keys', issuer: 'https://idp.example', audience: 'backend' };
const entry = (type: string, options: JsonValue, more: JsonObject = {}): JsonObject => ({
  externalAccess: [{ type, options, ...more }],
});
const two = (type: string, ...options: JsonObject[]): JsonObject => ({
  externalAccess: options.map(it => ({ type, options: it })),
});
const token = (value: JsonValue) => entry('static', { token: value, subject: 'ci' });
const secret = (value: JsonValue) => entry('legacy', { secret: value, subject: 'ci' });
const jwks = (options: JsonObject) => entry('jwks', { ...IDP, ...options });
const limited = (accessRestrictions: JsonValue) =>
  entry('static', { token: 'some-good-token', subject: 'ci' }, { accessRestrictions });

const ENTRY = 'backend.auth.externalAccess[0]';
const TOKEN = `${ENTRY}.options.token`;
const SECRET = `${ENTRY}.options.secret`;

/** Starts a backend; returns what it ends with, or the warnings. */
function start(auth: JsonObject): Error | string[] {
  try {
    return new Installation({ auth }).logger.lines('warn');
  } catch (error) {
    return error as Error;
  }
}

/** Expects a refusal that begins with the place, and does not show the value. */
function expectRefusal(auth: JsonObject, place: string, value?: JsonValue): void {
  const error = start(auth);
  expect(isAuthError(error)).toBe(true);
  expect(error).toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
  const { message, stack } = error as Error;
  expect(message.slice(0, place.length)).toBe(place);
  expect(message.slice(place.length)).toMatch(/^(\[0\])?: /);
  if (typeof value === 'string' && value.length > 5) expect(stack).not.toContain(value);
}

describe('EXT-02 a static token is refused at start', () => {
  it.each([
    ['empty', ''],
    ['a number', 12345678],
    ['null', null],
    ['short', '1234567'],
    ['with a space', 'canary token'],
    ['with a space before it', ' canary-token'],
    ['with a line break after it', 'canary-token\n'],
    ['with a tab', 'canary\ttoken'],
    ['with a no-break space', 'canary\u00a0token'],
    ['that no header can carry', 'canary-tökén'],
    ['with a look-alike letter', 'c\u0430nary-token'],
    ['with a NUL', 'canary-\u0000token'],
    ['changeme', 'changeme'],
    ['CHANGEME', 'CHANGEME'],
    ['${TOKEN}', '${TOKEN}'],
    ['$TOKEN_OF_CI', '$TOKEN_OF_CI'],
    ['your-token', 'your-token'],
    ['<your-token>', '<your-token>'],
    ['xxxxxxxxxx', 'xxxxxxxxxx'],
    ['**********', '**********'],
  ])('EXT-02 %s', (_, value) => expectRefusal(token(value), TOKEN, value));

  it('EXT-02 that another entry has, whatever either may do', () => {
    const canary = 'canary-token';
    for (const [first, second] of [
      [{ subject: 'ci' }, { subject: 'cd' }],
      [{ subject: 'ci' }, { subject: 'ci' }],
    ] as const) {
      const auth = two('static', { token: canary, ...first }, { token: canary, ...second });
      expectRefusal(auth, 'backend.auth.externalAccess[1]', canary);
      const [one, other] = auth.externalAccess as JsonObject[];
      const accessRestrictions = [{ plugin: 'catalog' }];
      for (const externalAccess of [
        [{ ...one, accessRestrictions }, other!],
        [one!, { ...other, accessRestrictions }],
      ]) {
        expectRefusal({ externalAccess }, 'backend.auth.externalAccess[1]', canary);
      }
    }
  });

  it('EXT-02 and a good one is not', () => {
    for (const good of ['12345678', 'Az09-._~+/==', 'x!"#$%&()*,:;<>?@[]^`{|}']) {
      expect(start(token(good))).toEqual([]);
    }
  });
});

describe('EXT-03 a third party without issuer or audience', () => {
  it.each(['issuer', 'audience'] as const)('EXT-03 is refused without %s', name => {
    for (const value of [undefined, null, '', ' ', [], [''], 1, {}]) {
      expectRefusal(jwks({ [name]: value } as JsonObject), `${ENTRY}.options.${name}`);
    }
  });

  it('EXT-03 is accepted where that is said, and not where it is said beside a name', () => {
    const { url, issuer, audience } = IDP;
    const anyIssuer = { dangerouslyAllowAnyIssuer: true };
    const anyAudience = { dangerouslyAllowAnyAudience: true };
    expect(start(entry('jwks', { url, audience, ...anyIssuer }))).toEqual([]);
    expect(start(entry('jwks', { url, issuer, ...anyAudience }))).toEqual([]);
    expect(start(entry('jwks', { url, ...anyIssuer, ...anyAudience }))).toEqual([]);
    const OPTIONS = `${ENTRY}.options`;
    expectRefusal(jwks(anyIssuer), `${OPTIONS}.dangerouslyAllowAnyIssuer`);
    expectRefusal(jwks(anyAudience), `${OPTIONS}.dangerouslyAllowAnyAudience`);
    expectRefusal(
      entry('jwks', { url, audience, dangerouslyAllowAnyIssuer: false }),
      `${OPTIONS}.issuer`,
    );
  });
});

describe('EXT-10 keys that are fetched over http', () => {
  const warning = `${ENTRY}.options.url: the keys are fetched over http, so that whoever is on the way can replace them; use https`;

  it.each([
    'http://idp.example/keys',
    'HTTP://IDP.EXAMPLE/keys',
    'http://10.0.0.1:8080/keys',
    'http://127.evil.example/keys',
    'http://localhost.evil.example/keys',
    'http://[::2]/keys',
  ])('EXT-10 are warned about at start: %s', url =>
    expect(start(jwks({ url }))).toEqual([warning]),
  );

  it.each([
    'https://idp.example/keys',
    'http://localhost:8080/keys',
    'http://127.0.0.1/keys',
    'http://127.8.9.10/keys',
    'http://[::1]:8080/keys',
  ])('EXT-10 are not where nobody is on the way: %s', url =>
    expect(start(jwks({ url }))).toEqual([]),
  );

  it.each(['ftp://idp.example', 'file:///keys', 'data:,x', 'https://u:p@idp.example/', 'idp', ''])(
    'EXT-10 are not fetched at all from %j',
    url => expectRefusal(jwks({ url }), `${ENTRY}.options.url`, url),
  );
});

describe('EXT-21 a legacy secret is refused at start', () => {
  it.each([
    'a',
    'ab',
    '!!!!!!!!',
    '====',
    '########',
    'password',
    '',
    'c2hvcnQ=',
    Buffer.alloc(15, 'x').toString('base64'),
    'canary canary canary canary',
    `${Buffer.alloc(32, 'x').toString('base64')}=`,
    'AAAAAAAAAAAAAAAAAAAAAB',
    `${'A-'.repeat(16)}+/`,
  ])('EXT-21 %j', value => {
    expectRefusal(secret(value), SECRET, value);
    const old = start({ keys: [{ secret: value }] });
    expect(old).toMatchObject({ code: 'AUTH_CONFIG_INVALID' });
  });

  it('EXT-21 from 16 bytes on not, though it is warned about below 32', () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      for (const [bytes, warnings] of [
        [16, 1],
        [24, 1],
        [31, 1],
        [32, 0],
        [64, 0],
      ] as const) {
        const value = Buffer.alloc(bytes, 'canary').toString(encoding);
        const lines = start(secret(value)) as string[];
        expect(lines).toHaveLength(warnings);
        expect(lines.join()).not.toContain(value);
      }
    }
  });
});

describe('RST-06 restrictions that are not understood are refused at start', () => {
  const RESTRICTION = `${ENTRY}.accessRestrictions`;
  it.each<[string, JsonValue, string]>([
    ['permissions', [{ plugin: 'a', permissions: ['x'] }], `${RESTRICTION}[0].permissions`],
    ['plugins', [{ plugins: ['a'] }], `${RESTRICTION}[0].plugins`],
    ['pluginId', [{ pluginId: 'a' }], `${RESTRICTION}[0].pluginId`],
    [
      'permissionAttributes',
      [{ plugin: 'a', permissionAttributes: { action: 'read' } }],
      `${RESTRICTION}[0].permissionAttributes`,
    ],
    [
      'actions',
      [{ plugin: 'a', permissionAttribute: { actions: 'read' } }],
      `${RESTRICTION}[0].permissionAttribute.actions`,
    ],
    [
      'an unknown action',
      [{ plugin: 'a', permissionAttribute: { action: 'execute' } }],
      `${RESTRICTION}[0].permissionAttribute.action`,
    ],
    ['an empty list', [], RESTRICTION],
    ['null', null, RESTRICTION],
    ['an object', { plugin: 'a' }, RESTRICTION],
    ['an empty permission', [{ plugin: 'a', permission: [] }], `${RESTRICTION}[0].permission`],
    ['no permission', [{ plugin: 'a', permission: null }], `${RESTRICTION}[0].permission`],
    ['no plugin', [{}], `${RESTRICTION}[0].plugin`],
    ['a pattern', [{ plugin: '*' }], `${RESTRICTION}[0].plugin`],
    ['what is no plugin id', [{ plugin: 'a/b' }], `${RESTRICTION}[0].plugin`],
    ['a plugin twice', [{ plugin: 'a' }, { plugin: 'a' }], `${RESTRICTION}[1].plugin`],
  ])('RST-06 %s', (_, accessRestrictions, place) => {
    expectRefusal(limited(accessRestrictions), place);
  });

  it('RST-06 nowhere but in the list itself', () => {
    const options = { token: 'some-good-token', subject: 'ci' };
    expectRefusal(
      entry('static', options, { accessRestriction: [{ plugin: 'a' }] }),
      `${ENTRY}.accessRestriction`,
    );
    expectRefusal(
      entry('static', { ...options, accessRestrictions: [] }),
      `${ENTRY}.options.accessRestrictions`,
    );
  });

  it('RST-06 for a plugin that does not exist, they open no other', async () => {
    // Which plugins there will be, here or in other processes, nobody knows at start.
    const it = new Installation({ auth: limited([{ plugin: 'catalgo' }]) });
    for (const pluginId of ['catalog', 'scaffolder']) {
      await expect(
        (await it.plugin(pluginId)).authenticate('some-good-token'),
      ).rejects.toMatchObject({ name: 'NotAllowedError', code: 'AUTH_ACCESS_RESTRICTED' });
    }
  });
});
