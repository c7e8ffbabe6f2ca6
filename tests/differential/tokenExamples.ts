import type { DifferenceId } from './differences';
import type { BaseName, Change, TokenInput } from './tokenInputs';
import { NOW_SECONDS } from './worlds';

/** What one side does: gives credentials that print like this, or refuses. */
export type Expected =
  | string
  | { readonly name: string; readonly message: string }
  | { readonly code: string; readonly message: string };

/** An example of a row: a token, and what each side makes of it. */
export type TokenExample = readonly [
  id: DifferenceId,
  input: TokenInput,
  theirs: Expected,
  ours: Expected,
];

const claim = (name: string, json: string | null): Change => ({ in: 'claims', name, json });
const header = (name: string, json: string | null): Change => ({ in: 'header', name, json });
const token = (base: BaseName, ...changes: Change[]): TokenInput => ({ base, changes });
const withObo = (base: BaseName, ...changes: Change[]): TokenInput => ({
  base: 'plugin',
  changes: [],
  obo: { base, changes },
});

const RESTRICTIONS = 'urn:stagepass:access-restrictions';

const illegal = (code: string): Expected => ({ code, message: 'Illegal token' });
const MALFORMED = illegal('AUTH_TOKEN_MALFORMED');
const CLAIM_INVALID = illegal('AUTH_CLAIM_INVALID');
const service = (subject: string) => `backstageCredentials{servicePrincipal{${subject}}}`;
const user = (printed: string) => `backstageCredentials{userPrincipal{${printed}}}`;
const CALLER = service('plugin:caller');
const SOLO = service('plugin:solo');
const SOMEBODY = service('external:somebody');
const OLD_CALLER = service('old-caller');
const JANE = user('user:default/jane');
const JANE_BY_CALLER = user('user:default/jane,actor={servicePrincipal{plugin:caller}}');
const soon = NOW_SECONDS + 30;

/** Examples of the rows about tokens. */
export const tokenExamples: readonly TokenExample[] = [
  ['canonical-base64url', token('plugin', { segment: 0, as: 'padding' }), CALLER, MALFORMED],
  ['canonical-base64url', token('limited', { segment: 2, as: 'white space' }), JANE, MALFORMED],
  [
    'canonical-base64url',
    withObo('limited', { segment: 2, as: 'padding' }),
    JANE_BY_CALLER,
    MALFORMED,
  ],
  ['strict-json', token('plugin', { text: 'claims', as: 'duplicate' }), CALLER, MALFORMED],
  ['strict-json', token('user', { text: 'header', as: 'byte order mark' }), JANE, MALFORMED],
  ['strict-json', token('jwks', { text: 'claims', as: 'broken UTF-8' }), SOMEBODY, MALFORMED],
  ['strict-json', token('plugin', { text: 'claims', as: 'nested deeply' }), CALLER, MALFORMED],
  [
    'token-length',
    token('plugin', claim('x', JSON.stringify('x'.repeat(25_000)))),
    CALLER,
    MALFORMED,
  ],
  ['token-length', token('long'), service('ci-long'), MALFORMED],
  [
    'critical-headers',
    token('plugin', header('crit', '["b64"]'), header('b64', 'true')),
    CALLER,
    MALFORMED,
  ],
  ['critical-headers', token('user', header('b64', 'false')), JANE, MALFORMED],
  ['critical-headers', token('plugin', header(RESTRICTIONS, '{"receiver":{}}')), CALLER, MALFORMED],
  [
    'restricted-plugin-tokens',
    token(
      'plugin',
      header('crit', `["${RESTRICTIONS}"]`),
      header(RESTRICTIONS, '{"receiver":{"permissionNames":["a.read"]}}'),
    ),
    { name: 'AuthenticationError', message: 'Failed plugin token verification' },
    'backstageCredentials{servicePrincipal{plugin:caller,accessRestrictions=',
  ],
  [
    'restricted-plugin-tokens',
    token('plugin', header('crit', `["${RESTRICTIONS}"]`), header(RESTRICTIONS, '{"catalog":{}}')),
    { name: 'AuthenticationError', message: 'Failed plugin token verification' },
    { code: 'AUTH_ACCESS_RESTRICTED', message: 'Access to this plugin is restricted' },
  ],
  ['typed-header', token('solo', header('kid', '1')), SOLO, MALFORMED],
  ['typed-header', token('legacy', header('typ', 'null')), OLD_CALLER, MALFORMED],
  ['kid-required', token('solo', header('kid', null)), SOLO, illegal('AUTH_KEY_UNKNOWN')],
  ['kid-required', token('user', header('kid', null)), JANE, illegal('AUTH_KEY_UNKNOWN')],
  [
    'kid-or-single-key',
    token('jwks', header('kid', null)),
    SOMEBODY,
    illegal('AUTH_SIGNATURE_INVALID'),
  ],
  [
    'pinned-algorithm',
    token(
      'plugin',
      { signer: 'callerRsa' },
      header('alg', '"RS256"'),
      header('kid', '"caller-rsa"'),
    ),
    CALLER,
    illegal('AUTH_ALGORITHM_NOT_ALLOWED'),
  ],
  [
    'pinned-algorithm',
    token('user', { signer: 'userEd' }, header('alg', '"EdDSA"'), header('kid', '"user-ed"')),
    JANE,
    illegal('AUTH_ALGORITHM_NOT_ALLOWED'),
  ],
  [
    'one-algorithm-per-key',
    token('jwks', { signer: 'idpBarePss' }, header('alg', '"PS256"'), header('kid', '"idp-bare"')),
    SOMEBODY,
    illegal('AUTH_KEY_UNKNOWN'),
  ],
  [
    'weak-keys',
    token('jwks', { signer: 'idpWeak' }, header('alg', '"RS256"'), header('kid', '"idp-weak"')),
    SOMEBODY,
    illegal('AUTH_KEY_UNKNOWN'),
  ],
  [
    'ed25519-by-two-names',
    token('jwks', { signer: 'idpEd' }, header('alg', '"Ed25519"'), header('kid', '"idp-ed"')),
    { name: 'AuthenticationError', message: 'Illegal token' },
    SOMEBODY,
  ],
  ['exp-required', token('legacy', claim('exp', null)), OLD_CALLER, CLAIM_INVALID],
  ['exp-required', token('jwks', claim('exp', null)), SOMEBODY, CLAIM_INVALID],
  ['dates-that-exist', token('plugin', claim('exp', '1e15')), CALLER, CLAIM_INVALID],
  ['dates-that-exist', token('plugin', claim('nbf', '1.5')), CALLER, CLAIM_INVALID],
  [
    'exp-after-iat',
    token('plugin', claim('iat', `${soon}`), claim('exp', `${soon - 1}`)),
    CALLER,
    CLAIM_INVALID,
  ],
  [
    'iat-in-the-past',
    token('user', claim('iat', `${soon + 31}`)),
    JANE,
    illegal('AUTH_TOKEN_NOT_YET_VALID'),
  ],
  [
    'expired-to-the-millisecond',
    token('legacy', claim('exp', `${NOW_SECONDS}.5`)),
    OLD_CALLER,
    illegal('AUTH_TOKEN_EXPIRED'),
  ],
  [
    'nbf-skew',
    token('plugin', claim('nbf', `${soon}`)),
    { name: 'AuthenticationError', message: 'Failed plugin token verification' },
    CALLER,
  ],
  [
    'plugin-token-life',
    token('plugin', claim('exp', `${NOW_SECONDS + 90_000}`)),
    CALLER,
    CLAIM_INVALID,
  ],
  [
    'aud-is-one-text',
    token('plugin', claim('aud', '["receiver"]')),
    CALLER,
    illegal('AUTH_AUDIENCE_MISMATCH'),
  ],
  ['plugin-id-is-a-text', token('solo', claim('sub', '["solo"]')), SOLO, CLAIM_INVALID],
  ['plugin-id-is-a-text', token('solo', claim('sub', '42')), service('plugin:42'), CLAIM_INVALID],
  ['subject-is-a-text', token('user', claim('sub', '42')), user('42'), CLAIM_INVALID],
  ['subject-is-a-text', token('jwks', claim('sub', '" "')), service('external: '), CLAIM_INVALID],
  [
    'subjects-of-others',
    token('jwks', claim('sub', '"ci:somebody"')),
    service('external:ci:somebody'),
    CLAIM_INVALID,
  ],
  [
    'legacy-has-no-aud',
    token('legacy', claim('aud', '""')),
    OLD_CALLER,
    illegal('AUTH_ALGORITHM_NOT_ALLOWED'),
  ],
  ['untyped-user-tokens', token('untyped'), JANE, illegal('AUTH_KEY_UNKNOWN')],
  ['untyped-user-tokens', withObo('untyped'), JANE_BY_CALLER, illegal('AUTH_TOKEN_TYPE_UNKNOWN')],
  [
    'aud-backstage-elsewhere',
    token('open', claim('aud', '"backstage"')),
    { name: 'AuthenticationError', message: 'Failed user token verification' },
    SOMEBODY,
  ],
  ['obo-is-a-limited-token', withObo('user'), JANE_BY_CALLER, illegal('AUTH_TOKEN_TYPE_UNKNOWN')],
  ['obo-is-a-limited-token', token('plugin', claim('obo', '""')), CALLER, CLAIM_INVALID],
  ['obo-is-a-limited-token', token('plugin', claim('obo', 'null')), CALLER, CLAIM_INVALID],
  [
    'refusals-are-401',
    token('plugin', { text: 'claims', as: 'a list' }),
    { name: 'JWTInvalid', message: 'Invalid JWT Claims Set' },
    MALFORMED,
  ],
  [
    'refusals-are-401',
    token('legacy', claim('exp', '1')),
    { name: 'JWTExpired', message: '"exp" claim timestamp check failed' },
    illegal('AUTH_TOKEN_EXPIRED'),
  ],
  [
    'one-sentence-per-refusal',
    token('elsewhere'),
    {
      name: 'NotAllowedError',
      message: "This token's access is restricted to plugin(s) 'elsewhere'",
    },
    { code: 'AUTH_ACCESS_RESTRICTED', message: 'Access to this plugin is restricted' },
  ],
  [
    'keys-unavailable',
    token('plugin', claim('sub', '"broken"')),
    {
      name: 'AuthenticationError',
      message:
        "Received a plugin token where the source 'broken' plugin unexpectedly does not have a JWKS endpoint. The target plugin needs to be migrated to be installed in an app using the new backend system.",
    },
    { code: 'AUTH_KEYS_UNAVAILABLE', message: 'Credentials cannot be verified at the moment' },
  ],
];

/** The same where user tokens of the old form are accepted. */
export const oldFormExamples: readonly TokenExample[] = [
  ['iat-required', token('untyped', claim('iat', null)), JANE, CLAIM_INVALID],
  [
    'untyped-user-tokens',
    token('untyped', header('typ', '"JWT"')),
    JANE,
    illegal('AUTH_KEY_UNKNOWN'),
  ],
];
