import fc from 'fast-check';
import { type ConfigInput, type KeyFiles, type Members } from './configurationInputs';
import {
  secretOf,
  staticEntry,
  legacyEntry,
  jwksEntry,
  anyEntryArbitrary,
  restrictedEntry,
  externalAccess,
  odd,
  withOdd,
  optionsOf,
  setOption,
  setRestriction,
} from './configurationValues';
import { RUNS, type Scenario } from './tokenScenarios';

function scenario(
  name: string,
  branch: string | undefined,
  inputs: fc.Arbitrary<ConfigInput>,
  runs = branch === undefined ? 100 : RUNS,
): Scenario<ConfigInput> {
  return { name, branch, inputs, runs };
}

/** Configurations of all sorts. */
export function configScenarios(files: KeyFiles): Scenario<ConfigInput>[] {
  const file = (name: string, keyId: string, algorithm?: string) => ({
    publicKeyFile: files[`${name}-public`],
    privateKeyFile: files[`${name}-private`],
    keyId,
    ...(algorithm && { algorithm }),
  });
  const store = (...keys: Members[]): ConfigInput => ({
    pluginKeyStore: { type: 'static', static: { keys } },
  });
  const good = [
    file('p256', 'a'),
    file('p256', 'b', 'ES256'),
    file('p384', 'c', 'ES384'),
    file('rsa', 'd', 'RS256'),
    file('rsa', 'e', 'PS256'),
    file('ed', 'f', 'EdDSA'),
    file('ed', 'g', 'Ed25519'),
  ];
  return [
    scenario(
      'with callers',
      'accepted',
      externalAccess.map(list => ({ externalAccess: list })),
      1_000,
    ),
    scenario(
      'with restricted callers',
      'accepted',
      fc
        .array(restrictedEntry, { minLength: 1, maxLength: 3 })
        .map(list => ({ externalAccess: list })),
    ),
    scenario(
      'with old keys',
      'accepted',
      fc
        .array(secretOf(32), { minLength: 1, maxLength: 3 })
        .map(list => ({ keys: list.map(secret => ({ secret })) })),
    ),
    scenario(
      'with the default policy switched',
      'accepted',
      fc
        .constantFrom<unknown>(
          true,
          false,
          'true',
          'false',
          'yes',
          'no',
          1,
          0,
          'on',
          'off',
          ' TRUE ',
          null,
        )
        .map(dangerouslyDisableDefaultAuthPolicy => ({ dangerouslyDisableDefaultAuthPolicy })),
    ),
    scenario(
      'with the default policy switched to something',
      'refused AUTH_CONFIG_INVALID',
      fc
        .constantFrom<unknown>('maybe', '', 2, [], {}, 'truthy')
        .map(dangerouslyDisableDefaultAuthPolicy => ({ dangerouslyDisableDefaultAuthPolicy })),
    ),
    scenario(
      'with an unknown type',
      'refused AUTH_CONFIG_INVALID',
      fc
        .constantFrom<unknown>('Static', 'mtls', '', null, 1, undefined)
        .map(type => ({ externalAccess: [{ type, options: {} }] })),
    ),
    scenario(
      'with an option that is not as it should be',
      undefined,
      withOdd(anyEntryArbitrary, odd, optionsOf),
      400,
    ),
    scenario(
      'with an option left out',
      undefined,
      withOdd(anyEntryArbitrary, fc.constant(undefined), optionsOf),
    ),
    scenario(
      'with a key that nobody knows',
      'documented unknown-keys',
      fc.oneof(
        withOdd(anyEntryArbitrary, fc.constantFrom<unknown>('x', 1, true, []), () => [
          'restrictions',
          'tokens',
          'Subject',
        ]),
        anyEntryArbitrary.map(entry => ({
          externalAccess: [{ ...entry, accessRestriction: [{ plugin: 'catalog' }] }],
        })),
        externalAccess.map(list => ({ externalAccess: list, externalAcces: [] })),
      ),
    ),
    scenario(
      'with a short token',
      'refused AUTH_CONFIG_INVALID',
      setOption(
        staticEntry,
        'token',
        'short',
        '1234567',
        'with blanks in it',
        'tab\tinside',
        ' leading-blank',
      ),
    ),
    scenario(
      'with a token out of an example',
      'documented placeholder-tokens',
      setOption(
        staticEntry,
        'token',
        'changeme',
        'change-me',
        'your-token',
        '<your-token>',
        '${TOKEN}',
        '$AUTH_TOKEN',
        'xxxxxxxxxx',
        '**********',
      ),
    ),
    scenario(
      'with a token that no header can carry',
      'documented static-tokens-in-ascii',
      setOption(
        staticEntry,
        'token',
        'static-tökén',
        'token-\u0000-token',
        'tokеn-token',
        '🔑🔑🔑🔑',
      ),
    ),
    scenario(
      'with a subject of somebody inside',
      'documented external-subjects',
      setOption(
        fc.oneof(staticEntry, legacyEntry),
        'subject',
        'plugin:catalog',
        'user:default/jane',
        'Plugin:x',
        'USER:x',
      ),
    ),
    scenario(
      'with a subject with blanks',
      'refused AUTH_CONFIG_INVALID',
      setOption(fc.oneof(staticEntry, legacyEntry), 'subject', 'a b', ' a', 'a\n', ''),
    ),
    scenario(
      'with a secret that is no base64',
      'documented strict-secrets',
      setOption(
        legacyEntry,
        'secret',
        'this-is-no-base64-secret!',
        'c2VjcmV0IHNlY3JldCBzZWNyZXQ*',
        'AAAAAAAAAAAAAAAAAAAAAA===',
        'AAAAAAAAAAAAAAAAAAAAAB',
        'Ünïcödé-Ünïcödé-Ünïcödé',
      ),
    ),
    scenario(
      'with a short secret',
      'documented strict-secrets',
      fc
        .integer({ min: 1, max: 15 })
        .chain(secretOf)
        .map(secret => ({
          externalAccess: [{ type: 'legacy', options: { secret, subject: 'ci' } }],
        })),
    ),
    scenario(
      'with a short old key',
      'documented strict-secrets',
      fc
        .integer({ min: 1, max: 15 })
        .chain(secretOf)
        .map(secret => ({ keys: [{ secret }] })),
    ),
    scenario(
      'with one secret for two',
      'documented distinct-secrets',
      fc.oneof(staticEntry, legacyEntry).map((entry): ConfigInput => ({
        externalAccess: [entry, { ...entry, options: { ...entry.options, subject: 'other' } }],
      })),
    ),
    scenario(
      'with a third party of whom anybody is accepted',
      'documented jwks-parties',
      jwksEntry.chain(entry =>
        fc.constantFrom('issuer', 'audience').map(name => ({
          externalAccess: [{ ...entry, options: { ...entry.options, [name]: undefined } }],
        })),
      ),
    ),
    scenario(
      'with a third party of whom anybody is accepted, and that said',
      'accepted',
      jwksEntry.chain(entry =>
        fc
          .constantFrom(
            ['issuer', 'dangerouslyAllowAnyIssuer'],
            ['audience', 'dangerouslyAllowAnyAudience'],
          )
          .map(([name, any]) => ({
            externalAccess: [
              { ...entry, options: { ...entry.options, [name!]: undefined, [any!]: true } },
            ],
          })),
      ),
    ),
    scenario(
      'with algorithms that third parties cannot have',
      'documented jwks-algorithms',
      setOption(
        jwksEntry,
        'algorithm',
        'HS256',
        'none',
        'es256',
        ['ES256', 'HS512'],
        'RSA',
        [''].slice(1),
        ',',
      ),
    ),
    scenario(
      'with a URL that nobody can fetch, or with a password in it',
      'documented jwks-urls',
      setOption(
        jwksEntry,
        'url',
        'ftp://idp.example.com/keys',
        'file:///keys.json',
        'https://user:password@idp.example.com/keys',
        'https://user@idp.example.com/',
        'javascript:0',
      ),
    ),
    scenario(
      'with what is no URL',
      'refused AUTH_CONFIG_INVALID',
      setOption(jwksEntry, 'url', 'idp', '/keys', 'https://', '', 'https://idp example.com', null),
    ),
    scenario(
      'with a subject prefix with blanks',
      'documented jwks-subject-prefix',
      setOption(jwksEntry, 'subjectPrefix', 'a b', ' a', 'a\t'),
    ),
    scenario(
      'with restrictions that restrict nothing',
      'documented restrictions-restrict',
      fc.oneof(
        anyEntryArbitrary.map(entry => ({
          externalAccess: [{ ...entry, accessRestrictions: [] }],
        })),
        setRestriction(
          { permission: [] },
          { permission: ' ' },
          { permission: ',' },
          { permissionAttribute: {} },
          { permissionAttribute: { action: [] } },
          { permissionAttribute: { action: ' ' } },
        ),
      ),
    ),
    scenario(
      'with restrictions that are wrong',
      'refused AUTH_CONFIG_INVALID',
      fc.oneof(
        setRestriction(
          { plugin: '' },
          { plugin: undefined },
          { permissions: ['a'] },
          { permissionAttribute: { action: 'execute' } },
          { permissionAttribute: { actions: 'read' } },
          { permission: 1 },
          { permission: [1] },
          { permissionAttribute: 'read' },
          { permissionAttribute: { action: 'Read' } },
        ),
        anyEntryArbitrary.map(entry => ({
          externalAccess: [
            { ...entry, accessRestrictions: [{ plugin: 'a' }, { plugin: 'a', permission: 'x' }] },
          ],
        })),
      ),
    ),
    scenario(
      'with restrictions to what is no plugin',
      'documented restricted-plugin-ids',
      setRestriction(
        { plugin: 'a b' },
        { plugin: '*' },
        { plugin: 'a/b' },
        { plugin: 'käse' },
        { plugin: 'x'.repeat(129) },
      ),
    ),
    scenario(
      'with restrictions that are null',
      undefined,
      fc.oneof(
        setRestriction(
          { permission: null },
          { permissionAttribute: null },
          { permissionAttribute: { action: null } },
        ),
        anyEntryArbitrary.map(entry => ({
          externalAccess: [{ ...entry, accessRestrictions: null }],
        })),
      ),
    ),
    scenario(
      'with static keys',
      'accepted',
      fc.shuffledSubarray(good, { minLength: 1 }).map(keys => store(...keys)),
      250,
    ),
    scenario(
      'with static keys of which some only verify',
      'accepted',
      fc
        .shuffledSubarray(good, { minLength: 2 })
        .map(keys =>
          store(
            ...keys.map((it, index) => (index === 0 ? it : { ...it, privateKeyFile: undefined })),
          ),
        ),
    ),
    scenario(
      'with static keys that nobody can sign with',
      'refused AUTH_CONFIG_INVALID',
      fc.oneof(
        fc
          .shuffledSubarray(good, { minLength: 1 })
          .map(([first, ...rest]) => store({ ...first, privateKeyFile: undefined }, ...rest)),
        fc.constant(store()),
      ),
      230,
    ),
    scenario(
      'with static keys that do not fit',
      'documented static-keys-fit',
      fc.oneof(
        fc.constantFrom(...good).map(it => store(it, it)),
        fc.constantFrom(
          store(file('p256', 'a', 'RS256')),
          store(file('rsa', 'a')),
          store({ ...file('rsa', 'a', 'RS256'), privateKeyFile: files['rsa2-private'] }),
          store({ ...file('p256', 'a'), privateKeyFile: files['p257-private'] }),
        ),
      ),
      230,
    ),
    scenario(
      'with a key store that does not exist',
      'refused AUTH_CONFIG_INVALID',
      fc.constantFrom<ConfigInput>(
        { pluginKeyStore: { type: 'memory' } },
        { pluginKeyStore: { type: 'static' } },
        { pluginKeyStore: { type: 'static', static: {} } },
        { pluginKeyStore: 'static' },
        store({ ...good[0], publicKeyFile: '/nowhere.pem' }),
        store({ ...good[0], keyId: '' }),
        store({ ...good[0], publicKeyFile: undefined }),
        store({ ...good[0], algorithm: 'XS256' }),
      ),
      260,
    ),
    scenario(
      'with anything',
      undefined,
      fc
        .record({
          externalAccess: fc.oneof(externalAccess, odd),
          keys: fc.oneof(
            fc.constant(undefined),
            secretOf(20).map(secret => [{ secret }]),
            odd,
          ),
          pluginKeyStore: fc.oneof(fc.constant(undefined), fc.constant({ type: 'database' }), odd),
        })
        .map(members =>
          Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
        ),
      400,
    ),
  ];
}
