import {
  type ConfigInput,
  entriesOf,
  isStatic,
  listOf,
  type Members,
  membersOf,
} from './configurationInputs';
import type { Rule } from './engine';

const known = {
  section: [
    'dangerouslyDisableDefaultAuthPolicy',
    'externalAccess',
    'keys',
    'pluginKeyStore',
    'acceptUntypedUserTokens',
    'dangerouslyAllowStoredServiceCredentials',
    'restrictedDelegation',
    'cookie',
  ],
  entry: ['type', 'options', 'accessRestrictions'],
  static: ['token', 'subject'],
  legacy: ['secret', 'subject'],
  keys: ['secret'],
  jwks: [
    'url',
    'issuer',
    'algorithm',
    'audience',
    'subjectPrefix',
    'dangerouslyAllowAnyIssuer',
    'dangerouslyAllowAnyAudience',
  ],
  store: ['type', 'static'],
  file: ['publicKeyFile', 'privateKeyFile', 'keyId', 'algorithm'],
} as const;

const hasOther = (members: Members, names: readonly string[]) =>
  Object.keys(members).some(name => !names.includes(name));

/** Texts in one string or a list, as both read them; undefined where neither would. */
function textsOf(value: unknown): string[] | undefined {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (!values.every(text => typeof text === 'string')) return undefined;
  return values.flatMap(text => text.split(/[ ,]+/)).filter(text => text !== '');
}

const algorithms = [
  'ES256',
  'ES384',
  'ES512',
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'EdDSA',
  'Ed25519',
];

function isStrictBase64(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  const full = bytes.toString('base64');
  const url = full.replaceAll('+', '-').replaceAll('/', '_');
  return [full, url].some(form => form === text || form.replace(/=+$/, '') === text);
}

function restrictionsOf(value: unknown): Members[] {
  return listOf(value).map(membersOf);
}

const anyEntry = (type: string, test: (options: Members) => boolean) => (input: ConfigInput) =>
  entriesOf(input).some(entry => entry.type === type && test(entry.options));

/** Makes a rule about what ours does not start with. */
function refused(
  id: Rule<ConfigInput>['id'],
  covers: (input: ConfigInput) => boolean,
): Rule<ConfigInput> {
  return { id, ours: 'refused', as: ['AUTH_CONFIG_INVALID'], covers };
}

/** Where the two part over configurations. */
export const configRules: ReadonlyArray<Rule<ConfigInput>> = [
  refused('unknown-keys', input => {
    const store = membersOf(input.pluginKeyStore);
    return (
      hasOther(input, known.section) ||
      entriesOf(input).some(({ type, entry, options }) => {
        if (hasOther(entry, known.entry)) return true;
        return (
          typeof type === 'string' && type in known && hasOther(options, known[type as 'static'])
        );
      }) ||
      hasOther(store, known.store) ||
      (isStatic(input) &&
        listOf(membersOf(store.static).keys).some(file => hasOther(membersOf(file), known.file)))
    );
  }),
  refused(
    'placeholder-tokens',
    anyEntry('static', ({ token }) => {
      return (
        typeof token === 'string' &&
        /^(changeme|change-me|your[-_]?token|<.*>|\$\{.*\}|\$.*|x{8,}|\*+)$/i.test(token)
      );
    }),
  ),
  refused(
    'static-tokens-in-ascii',
    anyEntry('static', ({ token }) => typeof token === 'string' && /[^ -~]/.test(token)),
  ),
  refused('external-subjects', input =>
    entriesOf(input).some(({ type, options: { subject } }) => {
      return (
        (type === 'static' || type === 'legacy') &&
        typeof subject === 'string' &&
        /^(plugin|user):/i.test(subject)
      );
    }),
  ),
  refused('strict-secrets', input =>
    entriesOf(input).some(({ type, options: { secret } }) => {
      if ((type !== 'legacy' && type !== 'keys') || typeof secret !== 'string') return false;
      return !isStrictBase64(secret) || Buffer.from(secret, 'base64').length < 16;
    }),
  ),
  refused('distinct-secrets', input => {
    const all = entriesOf(input).flatMap(({ options: { token, secret } }) => {
      if (typeof token === 'string') return [`token ${token}`];
      return typeof secret === 'string'
        ? [`secret ${Buffer.from(secret, 'base64').toString('hex')}`]
        : [];
    });
    return new Set(all).size < all.length;
  }),
  refused(
    'jwks-parties',
    anyEntry('jwks', options => {
      return (
        [
          ['issuer', 'dangerouslyAllowAnyIssuer'],
          ['audience', 'dangerouslyAllowAnyAudience'],
        ] as const
      ).some(([name, any]) => {
        const isAny = options[any] === true;
        if (![undefined, true, false].includes(options[any] as boolean | undefined)) return true;
        const names = options[name] === undefined ? undefined : textsOf(options[name]);
        return options[name] === undefined
          ? !isAny
          : isAny || names === undefined || names.length === 0;
      });
    }),
  ),
  refused(
    'jwks-algorithms',
    anyEntry('jwks', ({ algorithm }) => {
      const names = algorithm === undefined ? algorithms : textsOf(algorithm);
      return (
        names === undefined || names.length === 0 || names.some(name => !algorithms.includes(name))
      );
    }),
  ),
  refused(
    'jwks-urls',
    anyEntry('jwks', ({ url }) => {
      if (typeof url !== 'string' || !URL.canParse(url)) return false;
      const { protocol, username, password } = new URL(url);
      return !['http:', 'https:'].includes(protocol) || username !== '' || password !== '';
    }),
  ),
  refused(
    'jwks-subject-prefix',
    anyEntry(
      'jwks',
      ({ subjectPrefix }) => typeof subjectPrefix === 'string' && /\s/.test(subjectPrefix),
    ),
  ),
  refused('restrictions-restrict', input =>
    entriesOf(input).some(({ entry, restrictions, type }) => {
      if (type !== 'keys' && !Object.hasOwn(entry, 'accessRestrictions')) return false;
      if (type === 'keys' && restrictions === undefined) return false;
      if (!Array.isArray(restrictions)) return true;
      if (restrictions.length === 0) return true;
      return restrictionsOf(restrictions).some(({ permission, permissionAttribute }) => {
        const says = (value: unknown) =>
          value !== undefined && value !== null && (textsOf(value) ?? []).length > 0;
        if (permission !== undefined && !says(permission)) return true;
        return permissionAttribute !== undefined && !says(membersOf(permissionAttribute).action);
      });
    }),
  ),
  refused('restricted-plugin-ids', input =>
    entriesOf(input).some(({ restrictions }) => {
      return restrictionsOf(restrictions).some(
        ({ plugin }) => typeof plugin === 'string' && !/^[A-Za-z0-9_-]{1,128}$/.test(plugin),
      );
    }),
  ),
  refused('static-keys-fit', input => {
    if (!isStatic(input)) return false;
    const files = listOf(membersOf(membersOf(input.pluginKeyStore).static).keys).map(membersOf);
    const ids = files.map(({ keyId }) => keyId);
    if (new Set(ids).size < ids.length) return true;
    return files.some(({ publicKeyFile, privateKeyFile, algorithm = 'ES256' }) => {
      const [publicName, privateName] = [publicKeyFile, privateKeyFile].map(
        path => /([a-z0-9]+)-(?:public|private)/.exec(String(path))?.[1],
      );
      if (publicName !== undefined && publicName !== fileOf[String(algorithm)]) return true;
      return privateName !== undefined && privateName !== publicName;
    });
  }),
];

/** Which of the key files fits an algorithm. */
const fileOf: Readonly<Record<string, string>> = {
  ES256: 'p256',
  ES384: 'p384',
  RS256: 'rsa',
  PS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  EdDSA: 'ed',
  Ed25519: 'ed',
};
