import { ConfigReader } from '@backstage/config';
import type { JsonObject, JsonValue } from '@backstage/types';
import { invalidConfig, rejectionOf } from '../testing/refusals';
import { readAuthConfig } from './readAuthConfig';

const auth = (value: JsonValue): JsonObject => ({ backend: { auth: value } });

const entry = { type: 'static', options: { token: 'canary-token-1', subject: 'ci' } };
const access = (...externalAccess: JsonValue[]) => auth({ externalAccess });
const restricted = (accessRestrictions: JsonValue) => access({ ...entry, accessRestrictions });
const token = (value: JsonValue) =>
  access({ type: 'static', options: { token: value, subject: 'ci' } });
const subject = (value: JsonValue) =>
  access({ type: 'static', options: { token: 'canary-token-1', subject: value } });

const files = {
  publicKeyFile: '/keys/public.pem',
  privateKeyFile: '/keys/private.pem',
  keyId: 'k1',
};
const staticKeys = (...keys: JsonValue[]) =>
  auth({ pluginKeyStore: { type: 'static', static: { keys } } });

const SECTION =
  'dangerouslyDisableDefaultAuthPolicy, externalAccess, keys, pluginKeyStore, acceptUntypedUserTokens, dangerouslyAllowStoredServiceCredentials, restrictedDelegation, cookie';
const ENTRY = 'backend.auth.externalAccess[0]';
const TOKEN = `${ENTRY}.options.token`;
const RESTRICTION = `${ENTRY}.accessRestrictions[0]`;
const KEYS = 'backend.auth.pluginKeyStore.static.keys';
const PLACEHOLDER = `${TOKEN}: expected a token of your own, found a placeholder`;
const SUBJECT = `${ENTRY}.options.subject: expected a text without white space that does not begin with plugin: or user:`;

describe('readAuthConfig', () => {
  it.each<[string, JsonObject | undefined]>([
    ['no configuration', undefined],
    ['an empty one', {}],
    ['one that says nothing of auth', { backend: { listen: ':7007' }, app: {} }],
    ['an empty section', auth({})],
    ['a section that was emptied', auth(null)],
    [
      'members that were emptied',
      auth({
        externalAccess: null,
        pluginKeyStore: null,
        dangerouslyDisableDefaultAuthPolicy: null,
        restrictedDelegation: null,
      }),
    ],
    ['the database as key store', auth({ pluginKeyStore: { type: 'database' } })],
    ['a key store of no type', auth({ pluginKeyStore: {} })],
  ])('reads %s as the defaults', (_, config) => {
    const defaults = {
      defaultPolicyDisabled: false,
      externalAccess: [],
      staticKeys: undefined,
      userAlgorithms: ['ES256'],
      untypedUserTokens: false,
      storedServiceCredentials: false,
      restrictedDelegation: 'critical',
      discoveredPlugins: [],
      warnings: [],
    };
    expect(readAuthConfig(config)).toEqual(defaults);
    expect(readAuthConfig(new ConfigReader(config))).toEqual(defaults);
  });

  it.each<[JsonValue, boolean]>([
    [true, true],
    [false, false],
    ['true', true],
    [' Yes ', true],
    ['on', true],
    [1, true],
    ['no', false],
    ['FALSE', false],
    [0, false],
  ])('reads the switch %j as %s', (value, expected) => {
    const config = readAuthConfig(
      auth({
        dangerouslyDisableDefaultAuthPolicy: value,
        acceptUntypedUserTokens: value,
        dangerouslyAllowStoredServiceCredentials: value,
      }),
    );
    expect(config).toMatchObject({
      defaultPolicyDisabled: expected,
      untypedUserTokens: expected,
      storedServiceCredentials: expected,
    });
    expect(config.warnings).toHaveLength(expected ? 1 : 0);
  });

  it.each(['critical', 'plain'])('reads that restricted callers are delegated as %s', value => {
    expect(readAuthConfig(auth({ restrictedDelegation: value })).restrictedDelegation).toBe(value);
  });

  it.each<[JsonValue, string[]]>([
    [null, []],
    [{ target: 'http://a', plugins: ['a'] }, []],
    [[null, 'a', 1, {}, { target: 'http://a', plugins: null }], []],
    [
      [{ plugins: ['a', '../b', 1, null, ''] }, { plugins: ['c-d', 'e_F'] }],
      ['a', 'c-d', 'e_F'],
    ],
    [[{ plugins: 'a' }], ['a']],
  ])('finds in the endpoints of discovery %j the plugins %j', (endpoints, plugins) => {
    expect(readAuthConfig({ discovery: { endpoints } }).discoveredPlugins).toEqual(plugins);
  });

  it('reads static external access', () => {
    const other = {
      type: 'static',
      options: { token: '12345678', subject: 'external:ci' },
      accessRestrictions: [
        { plugin: 'catalog' },
        { plugin: 'events', permission: 'a.read' },
        {
          plugin: 'search',
          permission: 'a.read, b.read c.read',
          permissionAttribute: { action: 'read' },
        },
        { plugin: 'tech-docs_2', permission: ['a.read', 'b.read', 'a.read'] },
        { plugin: '__proto__', permissionAttribute: { action: ['create', 'delete,update'] } },
      ],
    };
    expect(readAuthConfig(access(entry, other)).externalAccess).toEqual([
      {
        type: 'static',
        path: 'backend.auth.externalAccess[0]',
        token: 'canary-token-1',
        subject: 'ci',
      },
      {
        type: 'static',
        path: 'backend.auth.externalAccess[1]',
        token: '12345678',
        subject: 'external:ci',
        accessRestrictions: new Map<string, object>([
          ['catalog', {}],
          ['events', { permissionNames: ['a.read'] }],
          [
            'search',
            {
              permissionNames: ['a.read', 'b.read', 'c.read'],
              permissionAttributes: { action: ['read'] },
            },
          ],
          ['tech-docs_2', { permissionNames: ['a.read', 'b.read'] }],
          ['__proto__', { permissionAttributes: { action: ['create', 'delete', 'update'] } }],
        ]),
      },
    ]);
  });

  it('reads access by the handlers of the application, with the place of the entry', () => {
    const custom = {
      type: 'ldap',
      options: { url: 'ldap://x' },
      accessRestrictions: [{ plugin: 'a' }],
    };
    expect(readAuthConfig(access(entry, custom)).externalAccess[1]).toEqual({
      type: 'custom',
      handlerType: 'ldap',
      options: { url: 'ldap://x' },
      path: 'backend.auth.externalAccess[1]',
      accessRestrictions: new Map([['a', {}]]),
    });
  });

  it('reads static keys', () => {
    const second = { publicKeyFile: '/keys/old.pem', keyId: 'k0', algorithm: 'RS256' };
    expect(readAuthConfig(staticKeys(files, second)).staticKeys).toEqual([
      { ...files, path: `${KEYS}[0]`, algorithm: 'ES256' },
      { ...second, path: `${KEYS}[1]`, privateKeyFile: undefined },
    ]);
  });

  it.each<[JsonObject, string[]]>([
    [{}, ['ES256']],
    [{ identityTokenAlgorithm: 'RS256' }, ['RS256']],
    [{ keyStore: { provider: 'static', static: { keys: [{ keyId: 'k' }] } } }, ['ES256']],
    [
      { keyStore: { static: { keys: [{ algorithm: 'PS512' }, { algorithm: 'EdDSA' }] } } },
      ['ES256', 'PS512', 'EdDSA'],
    ],
    [
      {
        identityTokenAlgorithm: 'ES512',
        keyStore: { static: { keys: [{ algorithm: 'ES512' }, {}] } },
      },
      ['ES512', 'ES256'],
    ],
  ])(
    'reads from the configuration of the auth plugin %j what user tokens are signed with',
    (config, algorithms) => {
      expect(readAuthConfig({ auth: config }).userAlgorithms).toEqual(algorithms);
    },
  );

  it.each<[JsonObject, string]>([
    // Shapes
    [
      { backend: 'x' },
      "backend.auth: Invalid type in config for key 'backend' in 'mock-config', got string, wanted object",
    ],
    [auth([]), 'backend.auth: expected an object, found a list'],
    [auth('canary-token-1'), 'backend.auth: expected an object, found a string'],
    [
      auth({ dangerouslyDisableDefaultAuthPolicy: 'maybe' }),
      'backend.auth.dangerouslyDisableDefaultAuthPolicy: expected true or false, found "maybe"',
    ],
    [
      auth({ dangerouslyDisableDefaultAuthPolicy: 2 }),
      'backend.auth.dangerouslyDisableDefaultAuthPolicy: expected true or false, found 2',
    ],
    [
      auth({ externalAccess: entry }),
      'backend.auth.externalAccess: expected a list, found an object',
    ],
    [
      auth({ externalAccess: 'canary-token-1' }),
      'backend.auth.externalAccess: expected a list, found a string',
    ],
    [access('canary-token-1'), `${ENTRY}: expected an object, found a string`],
    [access(null), `${ENTRY}: expected an object, found null`],
    [access({ type: 'static' }), `${ENTRY}.options: expected an object, found nothing`],
    [
      access({ type: 'static', options: 'canary-token-1' }),
      `${ENTRY}.options: expected an object, found a string`,
    ],
    [
      access({ type: 'ldap', options: ['canary-token-1'] }),
      `${ENTRY}.options: expected an object, found a list`,
    ],
    [access({ options: entry.options }), `${ENTRY}.type: expected a text, found nothing`],
    [access({ ...entry, type: '' }), `${ENTRY}.type: expected a text, found ""`],
    [
      access({ ...entry, type: { token: 'canary-token-1' } }),
      `${ENTRY}.type: expected a text, found an object`,
    ],

    // Strangers
    [
      auth({ externalAcces: [] }),
      `backend.auth.externalAcces: unknown key, expected one of ${SECTION}; did you mean 'externalAccess'?`,
    ],
    [
      auth({ externalAcess: [] }),
      `backend.auth.externalAcess: unknown key, expected one of ${SECTION}; did you mean 'externalAccess'?`,
    ],
    [auth({ jwks: [] }), `backend.auth.jwks: unknown key, expected one of ${SECTION}`],
    [
      access({ ...entry, restrictions: [] }),
      `${ENTRY}.restrictions: unknown key, expected one of type, options, accessRestrictions; did you mean 'accessRestrictions'?`,
    ],
    [
      access({ ...entry, accessRestriction: [] }),
      `${ENTRY}.accessRestriction: unknown key, expected one of type, options, accessRestrictions; did you mean 'accessRestrictions'?`,
    ],
    [
      access({ type: 'static', options: { tokens: 'canary-token-1', subject: 'ci' } }),
      `${ENTRY}.options.tokens: unknown key, expected one of token, subject; did you mean 'token'?`,
    ],
    [
      restricted([{ plugin: 'a', permissions: 'x' }]),
      `${RESTRICTION}.permissions: unknown key, expected one of plugin, permission, permissionAttribute; did you mean 'permission'?`,
    ],
    [
      restricted([{ plugin: 'a', permissionAttributes: {} }]),
      `${RESTRICTION}.permissionAttributes: unknown key, expected one of plugin, permission, permissionAttribute; did you mean 'permissionAttribute'?`,
    ],
    [
      restricted([{ plugin: 'a', permissionAttribute: { actions: 'read' } }]),
      `${RESTRICTION}.permissionAttribute.actions: unknown key, expected one of action; did you mean 'action'?`,
    ],
    [
      JSON.parse(
        '{"backend":{"auth":{"externalAccess":[{"__proto__":{"type":"static"}}]}}}',
      ) as JsonObject,
      `${ENTRY}.__proto__: unknown key, expected one of type, options, accessRestrictions`,
    ],

    // Static tokens
    [token(12345678), `${TOKEN}: expected a text, found a number`],
    [token(''), `${TOKEN}: expected a text, found a string`],
    [token({ $env: 'TOKEN' }), `${TOKEN}: expected a text, found an object`],
    [
      token('canary7'),
      `${TOKEN}: expected at least 8 characters, found 7; generate one with: node -p "crypto.randomBytes(24).toString('base64url')"`,
    ],
    [token('canary token'), `${TOKEN}: expected no white space, found some`],
    [token('canarytoken\n'), `${TOKEN}: expected no white space, found some`],
    [token('changeme'), PLACEHOLDER],
    [token('Change-Me'), PLACEHOLDER],
    [token('${STATIC_TOKEN}'), PLACEHOLDER],
    [token('your-token'), PLACEHOLDER],
    [token('<your-token-here>'), PLACEHOLDER],
    [token('xxxxxxxxxxxx'), PLACEHOLDER],
    [token('********'), PLACEHOLDER],
    [
      access(
        entry,
        { type: 'ldap', options: {} },
        { ...entry, accessRestrictions: [{ plugin: 'a' }] },
      ),
      `backend.auth.externalAccess[2]: expected a token of its own, found the token of ${ENTRY}`,
    ],

    // Subjects
    [subject(1), `${ENTRY}.options.subject: expected a text, found 1`],
    [subject('plugin:catalog'), `${SUBJECT}, found "plugin:catalog"`],
    [subject('Plugin:catalog'), `${SUBJECT}, found "Plugin:catalog"`],
    [subject('user:default/admin'), `${SUBJECT}, found "user:default/admin"`],
    [subject('my ci'), `${SUBJECT}, found "my ci"`],
    [subject('ci\n'), `${SUBJECT}, found "ci\\n"`],

    // Restrictions
    [
      auth({ restrictedDelegation: 'Plain' }),
      'backend.auth.restrictedDelegation: expected one of critical, plain, found "Plain"',
    ],
    [
      auth({ restrictedDelegation: false }),
      'backend.auth.restrictedDelegation: expected one of critical, plain, found false',
    ],
    [
      restricted([]),
      `${ENTRY}.accessRestrictions: expected at least one entry, or no such key at all, found a list`,
    ],
    [restricted(null), `${ENTRY}.accessRestrictions: expected a list, found null`],
    [restricted({ plugin: 'a' }), `${ENTRY}.accessRestrictions: expected a list, found an object`],
    [restricted(['a']), `${RESTRICTION}: expected an object, found a string`],
    [restricted([{}]), `${RESTRICTION}.plugin: expected a text, found nothing`],
    [restricted([{ plugin: 'a/b' }]), `${RESTRICTION}.plugin: expected a plugin id, found "a/b"`],
    [
      restricted([{ plugin: 'a' }, { plugin: 'b' }, { plugin: 'a' }]),
      `${ENTRY}.accessRestrictions[2].plugin: expected each plugin once, found "a"`,
    ],
    [
      restricted([{ plugin: 'a', permission: null }]),
      `${RESTRICTION}.permission: expected a text, found null`,
    ],
    [
      restricted([{ plugin: 'a', permission: '' }]),
      `${RESTRICTION}.permission: expected a text, found ""`,
    ],
    [
      restricted([{ plugin: 'a', permission: ' , ' }]),
      `${RESTRICTION}.permission: expected at least one text, found " , "`,
    ],
    [
      restricted([{ plugin: 'a', permission: [] }]),
      `${RESTRICTION}.permission: expected at least one text, found a list`,
    ],
    [
      restricted([{ plugin: 'a', permission: ['x', 1] }]),
      `${RESTRICTION}.permission[1]: expected a text, found 1`,
    ],
    [
      restricted([{ plugin: 'a', permissionAttribute: null }]),
      `${RESTRICTION}.permissionAttribute: expected an object, found null`,
    ],
    [
      restricted([{ plugin: 'a', permissionAttribute: {} }]),
      `${RESTRICTION}.permissionAttribute.action: expected a text, found nothing`,
    ],
    [
      restricted([{ plugin: 'a', permissionAttribute: { action: 'write' } }]),
      `${RESTRICTION}.permissionAttribute.action: expected some of create, read, update, delete, found "write"`,
    ],

    // Key store
    [
      auth({ pluginKeyStore: 'static' }),
      'backend.auth.pluginKeyStore: expected an object, found a string',
    ],
    [
      auth({ pluginKeyStore: { type: 'firestore' } }),
      'backend.auth.pluginKeyStore.type: expected one of database, static, found "firestore"',
    ],
    [
      auth({ pluginKeyStore: { type: 'static' } }),
      'backend.auth.pluginKeyStore.static: expected an object, found nothing',
    ],
    [
      auth({ pluginKeyStore: { type: 'static', keys: [] } }),
      'backend.auth.pluginKeyStore.keys: unknown key, expected one of type, static',
    ],
    [
      auth({ pluginKeyStore: { type: 'static', static: {} } }),
      `${KEYS}: expected a list, found nothing`,
    ],
    [staticKeys(), `${KEYS}: expected at least one entry, or no such key at all, found a list`],
    [
      staticKeys({ ...files, keyId: undefined }),
      `${KEYS}[0].keyId: expected a text, found nothing`,
    ],
    [
      staticKeys({ ...files, publicKeyFile: 1 }),
      `${KEYS}[0].publicKeyFile: expected a text, found 1`,
    ],
    [
      staticKeys({ ...files, privateKeyFile: '' }),
      `${KEYS}[0].privateKeyFile: expected a text, found ""`,
    ],
    [
      staticKeys({ ...files, privateKey: 'x' }),
      `${KEYS}[0].privateKey: unknown key, expected one of publicKeyFile, privateKeyFile, keyId, algorithm`,
    ],
    [
      staticKeys({ ...files, algorithm: 'HS256' }),
      `${KEYS}[0].algorithm: expected a signature algorithm such as ES256, found "HS256"`,
    ],
    [
      staticKeys({ ...files, algorithm: 'none' }),
      `${KEYS}[0].algorithm: expected a signature algorithm such as ES256, found "none"`,
    ],
    [
      staticKeys({ ...files, algorithm: 'constructor' }),
      `${KEYS}[0].algorithm: expected a signature algorithm such as ES256, found "constructor"`,
    ],
    [
      staticKeys(files, { ...files, publicKeyFile: '/keys/other.pem' }),
      `${KEYS}[1].keyId: expected each key id once, found "k1"`,
    ],

    // User tokens
    [
      { auth: { identityTokenAlgorithm: 'HS256' } },
      'auth.identityTokenAlgorithm: expected a signature algorithm such as ES256, found "HS256"',
    ],
    [
      { auth: { identityTokenAlgorithm: 1 } },
      'auth.identityTokenAlgorithm: expected a text, found 1',
    ],
    [
      { auth: { keyStore: { static: { keys: 'x' } } } },
      'auth.keyStore.static.keys: expected a list, found a string',
    ],
    [
      { auth: { keyStore: { static: { keys: [{ algorithm: 'es256' }] } } } },
      'auth.keyStore.static.keys[0].algorithm: expected a signature algorithm such as ES256, found "es256"',
    ],
    [
      { auth: 'x' },
      "auth.identityTokenAlgorithm: Invalid type in config for key 'auth' in 'mock-config', got string, wanted object",
    ],
  ])('refuses %j', async (config, message) => {
    const error = await rejectionOf((async () => readAuthConfig(config))());
    expect(error).toMatchObject(invalidConfig(message));
    expect(`${error.stack} ${error.reason} ${JSON.stringify(error)}`).not.toContain('canary');
  });
});
