import type { CallInput as Call, Holder } from './delegationRun';
import type { DifferenceId } from './differences';
import type { ConfigInput } from './configurationInputs';
import type { KeySetInput } from './keySetRun';
import type { MockInput } from './mockRun';
import type { PathInput, PolicyInput } from './pathRun';
import type { CookieInput, RequestInput, TokenName } from './requestInputs';
import type { Expected } from './tokenExamples';

/** An example of a row, of any kind of input. */
type Example<TInput> = readonly [id: DifferenceId, input: TInput, theirs: Expected, ours: Expected];

const limitedCall = { cookies: [], method: 'GET', calls: [{ limited: true }] } as const;
const cookie = (token: TokenName, written: CookieInput['written'] = 'plain'): CookieInput => ({
  name: 'backstage-auth',
  token,
  written,
});
const cookies = (...list: CookieInput[]): RequestInput => ({ ...limitedCall, cookies: list });
const header = (before: string, token: TokenName): RequestInput => ({
  ...limitedCall,
  header: { before, token, after: '' },
});
const JANE = 'backstageCredentials{userPrincipal{user:default/jane}}';
const NONE = 'backstageCredentials{nonePrincipal}';
const CI = 'backstageCredentials{servicePrincipal{ci}}';
const AMBIGUOUS = { code: 'AUTH_REQUEST_AMBIGUOUS', message: 'Malformed or ambiguous credentials' };
const FOREIGN = { code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED', message: 'Illegal limited user token' };

/** Examples of the rows about requests. */
export const requestExamples: ReadonlyArray<Example<RequestInput>> = [
  ['authorization-header', header('Basic ', 'user'), NONE, AMBIGUOUS],
  ['authorization-header', header('Bearer ', 'nothing'), NONE, AMBIGUOUS],
  [
    'authorization-header',
    header('Bearer ', 'unicode'),
    'backstageCredentials{servicePrincipal{ci-unicode}}',
    AMBIGUOUS,
  ],
  [
    'authorization-header',
    { ...header('Token ', 'user'), cookies: [cookie('limited')] },
    JANE,
    AMBIGUOUS,
  ],
  ['authorization-header', { ...header('Bearer ', 'ci'), twice: true }, CI, AMBIGUOUS],
  [
    'cookie-is-a-limited-token',
    cookies(cookie('user')),
    JANE,
    { code: 'AUTH_TOKEN_TYPE_UNKNOWN', message: 'Illegal token' },
  ],
  [
    'cookie-is-a-limited-token',
    cookies(cookie('ci')),
    CI,
    { code: 'AUTH_TOKEN_TYPE_UNKNOWN', message: 'Illegal token' },
  ],
  [
    'cookie-as-received',
    cookies(cookie('limited', 'quoted')),
    JANE,
    { code: 'AUTH_TOKEN_MALFORMED', message: 'Illegal token' },
  ],
  ['several-cookies', cookies(cookie('limited'), cookie('limitedJoe')), JANE, AMBIGUOUS],
  [
    'several-cookies',
    cookies(cookie('junk'), cookie('limited')),
    { name: 'AuthenticationError', message: 'Illegal token' },
    JANE,
  ],
  [
    'cookie-origin',
    { ...cookies(cookie('limited')), method: 'POST', origin: 'https://elsewhere.example.com' },
    JANE,
    FOREIGN,
  ],
  ['cookie-origin', { ...cookies(cookie('limited')), upgrade: true }, JANE, FOREIGN],
];

const open = (path: string): PolicyInput => ({ path, allow: 'unauthenticated' });
const withCookie = (path: string): PolicyInput => ({ path, allow: 'user-cookie' });
const asked = (path: string, ...policies: PolicyInput[]): PathInput => ({
  policies,
  method: 'GET',
  path,
});
const CLOSED = { code: 'CLOSED', message: 'full credentials are needed' };
const unusable = (path: string, message: string) => ({
  code: 'AUTH_CONFIG_INVALID',
  message: `Invalid auth policy for path "${path}": ${message}`,
});
const GRAMMAR =
  '. Accepted are "/" and "*" for the whole plugin, and paths such as "/files", "/files/:id", "/files{/:id}" and "/files/*rest" in the grammar of path-to-regexp 8';

/** Examples of the rows about paths. */
export const pathExamples: ReadonlyArray<Example<PathInput>> = [
  ['ambiguous-paths', asked('/public/../private', open('/public')), 'unauthenticated', CLOSED],
  ['ambiguous-paths', asked('/public/%2e%2e/private', open('/public')), 'unauthenticated', CLOSED],
  [
    'case-of-paths',
    { ...asked('/PUBLIC', open('/public')), anyCase: true },
    'unauthenticated',
    CLOSED,
  ],
  ['encoded-paths', asked('/a%20b', open('/a%20b')), 'unauthenticated', CLOSED],
  [
    'encoded-paths',
    asked('/%66iles', open('/:any'), withCookie('/files')),
    'unauthenticated',
    'user-cookie',
  ],
  [
    'most-specific-policy',
    asked('/files/private', open('/files'), withCookie('/files/private')),
    'unauthenticated',
    'user-cookie',
  ],
  [
    'contradicting-policies',
    asked('/a', open('/a'), withCookie('/A')),
    'unauthenticated',
    unusable(
      '/A',
      'the same requests cannot be both "unauthenticated" and "user-cookie", the first by the policy for "/a"',
    ),
  ],
  [
    'policy-paths',
    asked('/x/files', open('/x'), open('files')),
    'unauthenticated',
    unusable('files', `it does not begin with "/"${GRAMMAR}`),
  ],
  [
    'policy-paths',
    asked('/x/a/y', open('/*x/a/*y')),
    'unauthenticated',
    unusable('/*x/a/*y', `it has more than one wildcard${GRAMMAR}`),
  ],
  [
    'policy-methods-and-exact',
    asked('/hook', { ...open('/hook'), methods: ['POST'] }),
    'unauthenticated',
    CLOSED,
  ],
  [
    'policy-methods-and-exact',
    asked('/hook/below', { ...open('/hook'), exact: true }),
    'unauthenticated',
    CLOSED,
  ],
];

const own: Holder = { who: 'own' };

/** Examples of the rows about calls onward. */
export const callExamples: ReadonlyArray<Example<Call>> = [
  [
    'target-plugin-id',
    { holder: own, target: '../catalog' },
    '"aud","../catalog"',
    {
      name: 'InputError',
      message: `Invalid targetPluginId, expected letters, digits, '-' and '_', found "../catalog"`,
    },
  ],
  [
    'uip-is-a-text',
    {
      holder: { who: 'token', base: 'user', changes: [{ in: 'claims', name: 'uip', json: '1' }] },
      target: 'catalog',
    },
    '"aud","catalog"',
    { code: 'AUTH_CLAIM_INVALID', message: 'Illegal token' },
  ],
  [
    'restricted-calls',
    {
      holder: { who: 'restricted', restrictions: [{ plugin: 'receiver' }, { plugin: 'catalog' }] },
      target: 'catalog',
    },
    '[[["alg","ES256"],["typ","vnd.backstage.plugin"]],',
    '["crit",["urn:stagepass:access-restrictions"]]',
  ],
  [
    'restricted-calls',
    {
      holder: {
        who: 'restricted',
        restrictions: [{ plugin: 'receiver' }, { plugin: 'catalog', permission: 'a.read' }],
      },
      target: 'catalog',
    },
    {
      name: 'NotAllowedError',
      message: "Access to target plugin 'catalog' is restricted and cannot be delegated",
    },
    '["urn:stagepass:access-restrictions",{"receiver":{},"catalog":{"permissionNames":["a.read"]}}]',
  ],
  [
    'stored-service-credentials',
    { holder: own, target: 'catalog', stored: 'with token' },
    '"aud","catalog"',
    { code: 'AUTH_DELEGATION_NOT_ALLOWED', message: 'This call may not be made for its caller' },
  ],
  [
    'refusals-are-401',
    {
      holder: { who: 'token', base: 'user', changes: [] },
      target: 'catalog',
      stored: 'without token',
    },
    { name: 'Error', message: 'User credentials is unexpectedly missing token' },
    { code: 'AUTH_CREDENTIALS_MISSING', message: 'User credentials is unexpectedly missing token' },
  ],
];

const entry = (type: string, options: object, more: object = {}): ConfigInput => ({
  externalAccess: [{ type, options, ...more }],
});
const token = 'a-static-token';
const secret = Buffer.alloc(32, 's').toString('base64');
const idp = { url: 'https://idp.example.com/keys', issuer: 'https://idp', audience: 'aud' };
const AT = 'backend.auth.externalAccess[0]';
const invalid = (path: string, found: string) => ({
  code: 'AUTH_CONFIG_INVALID',
  message: `${path}: ${found}`,
});

/** Examples of the rows about configurations; theirs starts with all of them. */
export const configExamples: ReadonlyArray<Example<ConfigInput>> = [
  [
    'unknown-keys',
    entry('static', { token, subject: 'ci' }, { restrictions: [] }),
    '',
    invalid(
      `${AT}.restrictions`,
      "unknown key, expected one of type, options, accessRestrictions; did you mean 'accessRestrictions'?",
    ),
  ],
  [
    'placeholder-tokens',
    entry('static', { token: 'changeme', subject: 'ci' }),
    '',
    invalid(`${AT}.options.token`, 'expected a token of your own, found a placeholder'),
  ],
  [
    'static-tokens-in-ascii',
    entry('static', { token: 'static-tökén', subject: 'ci' }),
    '',
    invalid(
      `${AT}.options.token`,
      'expected visible ASCII characters, which a header can carry, found others',
    ),
  ],
  [
    'external-subjects',
    entry('static', { token, subject: 'plugin:catalog' }),
    '',
    invalid(
      `${AT}.options.subject`,
      'expected a text without white space that does not begin with plugin: or user:, found "plugin:catalog"',
    ),
  ],
  [
    'strict-secrets',
    entry('legacy', { secret: 'no-base64!', subject: 'ci' }),
    '',
    invalid(
      `${AT}.options.secret`,
      `expected base64, found something else; generate one with: node -p "crypto.randomBytes(32).toString('base64')"`,
    ),
  ],
  [
    'strict-secrets',
    entry('legacy', { secret: 'c2hvcnQ=', subject: 'ci' }),
    '',
    invalid(
      `${AT}.options.secret`,
      `expected at least 16 bytes in base64, found 5; generate one with: node -p "crypto.randomBytes(32).toString('base64')"`,
    ),
  ],
  [
    'distinct-secrets',
    { keys: [{ secret }, { secret }] },
    '',
    invalid(
      'backend.auth.keys[1]',
      'expected a secret of its own, found the secret of backend.auth.keys[0]',
    ),
  ],
  [
    'jwks-parties',
    entry('jwks', { ...idp, issuer: undefined }),
    '',
    invalid(
      `${AT}.options.issuer`,
      'expected a text or a list, or dangerouslyAllowAnyIssuer: true, found nothing',
    ),
  ],
  [
    'jwks-parties',
    entry('jwks', { ...idp, audience: undefined }),
    '',
    invalid(
      `${AT}.options.audience`,
      'expected a text or a list, or dangerouslyAllowAnyAudience: true, found nothing',
    ),
  ],
  [
    'jwks-algorithms',
    entry('jwks', { ...idp, algorithm: 'HS256' }),
    '',
    invalid(
      `${AT}.options.algorithm`,
      'expected some of ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512, EdDSA, Ed25519, found "HS256"',
    ),
  ],
  [
    'jwks-urls',
    entry('jwks', { ...idp, url: 'https://user:password@idp.example.com/keys' }),
    '',
    invalid(
      `${AT}.options.url`,
      'expected an http or https URL without credentials, found something else',
    ),
  ],
  [
    'jwks-subject-prefix',
    entry('jwks', { ...idp, subjectPrefix: 'a b' }),
    '',
    invalid(`${AT}.options.subjectPrefix`, 'expected a text without white space, found "a b"'),
  ],
  [
    'restrictions-restrict',
    entry('static', { token, subject: 'ci' }, { accessRestrictions: [] }),
    '',
    invalid(
      `${AT}.accessRestrictions`,
      'expected at least one entry, or no such key at all, found a list',
    ),
  ],
  [
    'restrictions-restrict',
    entry(
      'static',
      { token, subject: 'ci' },
      { accessRestrictions: [{ plugin: 'a', permission: null }] },
    ),
    '',
    invalid(`${AT}.accessRestrictions[0].permission`, 'expected a text, found null'),
  ],
  [
    'restricted-plugin-ids',
    entry('static', { token, subject: 'ci' }, { accessRestrictions: [{ plugin: '*' }] }),
    '',
    invalid(`${AT}.accessRestrictions[0].plugin`, 'expected a plugin id, found "*"'),
  ],
];

/** Examples of the rows about mocks. */
export const mockExamples: ReadonlyArray<Example<MockInput>> = [
  [
    'well-formed-mock-tokens',
    { token: 'mock-user-token:1', via: 'authenticate', limited: false },
    'mockCredentials{userPrincipal{user:default/mock}}',
    {
      code: 'AUTH_TOKEN_MALFORMED',
      message: "Malformed mock token, expected 'mock-user-token:' and a JSON object",
    },
  ],
  [
    'well-formed-mock-tokens',
    { token: 'mock-service-token:null', via: 'authenticate', limited: false },
    {
      name: 'TypeError',
      message: "Cannot destructure property 'sub' of 'JSON.parse(...)' as it is null.",
    },
    {
      code: 'AUTH_TOKEN_MALFORMED',
      message: "Malformed mock token, expected 'mock-service-token:' and a JSON object",
    },
  ],
];

const published = 'backstageCredentials{servicePrincipal{plugin:p';

/** Examples of the rows about what is published. */
export const keySetExamples: ReadonlyArray<Example<KeySetInput>> = [
  [
    'published-keys',
    { entries: [{ key: 'main', changes: { key_ops: 'verify' } }] },
    published,
    { code: 'AUTH_KEY_UNKNOWN', message: 'Illegal token' },
  ],
  [
    'unusable-entries',
    { entries: [{ key: 'main', changes: {} }, { entry: null }] },
    { name: 'AuthenticationError', message: 'Failed plugin token verification' },
    published,
  ],
  [
    'several-keys-of-one-id',
    {
      entries: [
        { key: 'main', changes: {} },
        { key: 'main', changes: {} },
      ],
    },
    { name: 'AuthenticationError', message: 'Failed plugin token verification' },
    published,
  ],
  [
    'several-keys-of-one-id',
    {
      entries: [
        { key: 'main', changes: {} },
        { key: 'curve', changes: { kid: 'main-1' } },
      ],
    },
    published,
    { code: 'AUTH_ALGORITHM_NOT_ALLOWED', message: 'Illegal token' },
  ],
];
