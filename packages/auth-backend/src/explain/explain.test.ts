import { createHmac } from 'node:crypto';
import type { JsonObject } from '@backstage/types';
import { createExternalTokenHandler } from '../index';
import { Installation, JANE } from '../testing/Installation';
import { createKey } from '../testing/keyFixtures';
import { rejectionOf } from '../testing/refusals';
import { forge, segment } from '../testing/tokenFixtures';
import type { TokenExplanation } from './TokenExplanation';

const SECRET = Buffer.alloc(32, 'canary legacy secret ');
const idp = createKey('idp-key');
const idpRsa = createKey('idp-rsa', 'RS256');

/** One caller of each kind, and some that may not come to the plugin. */
const auth: JsonObject = {
  externalAccess: [
    { type: 'static', options: { token: 'canary-static-token', subject: 'ci' } },
    {
      type: 'static',
      options: { token: 'canary-static-restricted', subject: 'cd' },
      accessRestrictions: [{ plugin: 'search' }],
    },
    { type: 'legacy', options: { secret: SECRET.toString('base64'), subject: 'old' } },
    {
      type: 'jwks',
      options: {
        url: 'http://idp/keys?canary-query=1',
        issuer: 'https://idp',
        audience: 'backend',
        algorithm: 'ES256',
      },
    },
    { type: 'mesh', options: { password: 'canary-mesh-password' } },
  ],
};

const mesh = createExternalTokenHandler({
  type: 'mesh',
  initialize: () => undefined,
  verifyToken: async token => (token === 'canary-mesh-token' ? { subject: 'mesh' } : undefined),
});

function install(options: ConstructorParameters<typeof Installation>[0] = {}): Installation {
  const installation = new Installation({ auth, externalTokenHandlers: [mesh], ...options });
  const { network } = installation;
  const others = network.answer;
  network.answer = (url, init) =>
    url.startsWith('http://idp/')
      ? Response.json({ keys: [idp.jwk, idpRsa.jwk] })
      : others(url, init);
  return installation;
}

const external = (it: Installation, claims: object = {}, header: object = {}, key = idp) =>
  forge(
    { alg: key.signing.alg, kid: key.signing.kid, ...header },
    { iss: 'https://idp', aud: 'backend', sub: 'robot', exp: it.now + 60, ...claims },
    key.signing,
  );

const legacy = (it: Installation, claims: object = {}) =>
  hs256({ alg: 'HS256' }, { sub: 'backstage-server', exp: it.now + 60, ...claims });

function hs256(header: object, payload: object, secret = SECRET): string {
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

type Make = (it: Installation) => string;

const accepted: ReadonlyArray<
  readonly [kind: TokenExplanation['kind'], token: Make, principal: object]
> = [
  ['user token', it => it.userToken(), { type: 'user', userEntityRef: JANE }],
  ['limited user token', it => it.limitedUserToken(), { type: 'user', userEntityRef: JANE }],
  ['plugin token', it => it.pluginToken(), { type: 'service', subject: 'plugin:catalog' }],
  [
    'plugin token on behalf of a user',
    it => it.pluginToken({ obo: it.limitedUserToken() }),
    {
      type: 'user',
      userEntityRef: JANE,
      actor: { type: 'service', subject: 'plugin:catalog' },
    },
  ],
  ['static token', () => 'canary-static-token', { type: 'service', subject: 'ci' }],
  ['legacy token', it => legacy(it), { type: 'service', subject: 'old' }],
  ['third-party token', it => external(it), { type: 'service', subject: 'external:robot' }],
  ['token of a custom handler', () => 'canary-mesh-token', { type: 'service', subject: 'mesh' }],
];

/** Kind, code, and a part of the advice. */
const refused: ReadonlyArray<
  readonly [name: string, token: Make, kind: TokenExplanation['kind'], code: string, advice: string]
> = [
  [
    'for another plugin',
    it => it.pluginToken({ aud: 'search' }),
    'plugin token',
    'AUTH_AUDIENCE_MISMATCH',
    'the caller asked for a token for "search": call getPluginRequestToken with targetPluginId "scaffolder"',
  ],
  [
    'of a plugin, expired',
    it => it.pluginToken({ iat: it.now - 7200, exp: it.now - 3600 }),
    'plugin token',
    'AUTH_TOKEN_EXPIRED',
    'ask for a token for each call (getPluginRequestToken)',
  ],
  [
    'expired a moment ago',
    it => it.pluginToken({ iat: it.now - 7200, exp: it.now - 20 }),
    'plugin token',
    'AUTH_TOKEN_EXPIRED',
    'it expired only 20 seconds ago: compare the clocks of both hosts',
  ],
  [
    'of a user, expired',
    it => it.userToken({ iat: it.now - 7200, exp: it.now - 3600 }),
    'user token',
    'AUTH_TOKEN_EXPIRED',
    'sign in again once it has expired',
  ],
  [
    'of a cookie, expired',
    it => it.limitedUserToken({ iat: it.now - 7200, exp: it.now - 3600 }),
    'limited user token',
    'AUTH_TOKEN_EXPIRED',
    'renew the cookie',
  ],
  [
    'of a third party, expired',
    it => external(it, { exp: it.now - 3600 }),
    'third-party token',
    'AUTH_TOKEN_EXPIRED',
    'let the caller get a new token',
  ],
  [
    'from the future',
    it => it.pluginToken({ iat: it.now + 300 }),
    'plugin token',
    'AUTH_TOKEN_NOT_YET_VALID',
    "that of the issuer is at least 5 minutes ahead of this host's",
  ],
  [
    'changed after it was signed',
    it => it.userToken({}, {}, createKey('user-key')),
    'user token',
    'AUTH_SIGNATURE_INVALID',
    'copy the token whole and unchanged',
  ],
  [
    'signed with another secret',
    it => hs256({ alg: 'HS256' }, { sub: 'backstage-server', exp: it.now + 60 }, Buffer.alloc(32)),
    'legacy token',
    'AUTH_SIGNATURE_INVALID',
    'give the caller and backend.auth.externalAccess[2].options.secret the same secret',
  ],
  [
    'of a user, with another algorithm',
    it => it.userToken({}, { alg: 'ES384' }),
    'user token',
    'AUTH_ALGORITHM_NOT_ALLOWED',
    'auth.identityTokenAlgorithm: "ES384"',
  ],
  [
    'of a plugin, with another algorithm',
    it => it.pluginToken({}, { alg: 'RS256' }),
    'plugin token',
    'AUTH_ALGORITHM_NOT_ALLOWED',
    'backend.auth.pluginKeyStore.static.keys[].algorithm: "RS256"',
  ],
  [
    'of a third party, with another algorithm',
    it => external(it, {}, {}, idpRsa),
    'third-party token',
    'AUTH_ALGORITHM_NOT_ALLOWED',
    'add "RS256" to backend.auth.externalAccess[3].options.algorithm',
  ],
  [
    'of a third party, with a shared secret',
    it =>
      hs256({ alg: 'HS256' }, { iss: 'https://idp', sub: 'x', aud: 'backend', exp: it.now + 60 }),
    'third-party token',
    'AUTH_ALGORITHM_NOT_ALLOWED',
    '"HS256" cannot be verified with a published key',
  ],
  [
    'of the old form, which a third party is asked about',
    it => it.userToken({}, { typ: undefined }),
    'old user token',
    'AUTH_ISSUER_MISMATCH',
    'backend.auth.acceptUntypedUserTokens: true',
  ],
  [
    'of another issuer',
    it => external(it, { iss: 'https://other' }),
    'third-party token',
    'AUTH_ISSUER_MISMATCH',
    'add "https://other" to backend.auth.externalAccess[3].options.issuer, if you trust it',
  ],
  [
    'of a third party, for somebody else',
    it => external(it, { aud: 'another' }),
    'third-party token',
    'AUTH_AUDIENCE_MISMATCH',
    'add "another" to backend.auth.externalAccess[3].options.audience',
  ],
  [
    'of a third party, without a subject',
    it => external(it, { sub: '' }),
    'third-party token',
    'AUTH_CLAIM_INVALID',
    'let the third party write the claim as the reason says',
  ],
  [
    'of a plugin, with a claim of the wrong type',
    it => it.pluginToken({ exp: 'soon' }),
    'plugin token',
    'AUTH_CLAIM_INVALID',
    'let the issuer write the claim as the reason says',
  ],
  [
    'of a plugin, with a key that is not published',
    it => it.pluginToken({}, { kid: 'gone' }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'the plugin "catalog" may have been restarted since, and without a database its keys die with the process',
  ],
  [
    'of a plugin, with a key that only its log may know',
    it => it.pluginToken({}, { kid: 'gone' }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'search for "gone" in the log of the plugin "catalog", at level info',
  ],
  [
    'of another backend',
    it => it.userToken({ iss: 'https://staging/api/auth' }, { kid: 'gone' }),
    'user token',
    'AUTH_KEY_UNKNOWN',
    'use a token of this backend: this one is of "https://staging/api/auth", and user tokens here are of "https://example.com/api/auth"',
  ],
  [
    'so old that its key is gone',
    it => it.pluginToken({ iat: it.now - 90_000, exp: it.now - 86_400 }, { kid: 'gone' }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'get a new token first: this one says that it expired 1 day ago',
  ],
  [
    'of a clock that is ahead, with a key that is not published',
    it => it.pluginToken({ iat: it.now + 600, exp: it.now + 4200 }, { kid: 'gone' }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'set the clocks (NTP) too: this one says that it was issued 10 minutes from now',
  ],
  [
    'of a plugin that is not where it is looked for',
    it => it.pluginToken({ sub: 'elsewhere' }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'there is no key set (status 404), so the plugin "elsewhere" is elsewhere, or not running there',
  ],
  [
    'that names no key',
    it => it.pluginToken({}, { kid: undefined }),
    'plugin token',
    'AUTH_KEY_UNKNOWN',
    'let the issuer write the id of its key into the header (kid)',
  ],
  [
    'of a third party, with a key that is not published',
    it => external(it, {}, { kid: 'gone' }),
    'third-party token',
    'AUTH_KEY_UNKNOWN',
    'make sure that backend.auth.externalAccess[3].options.url names the key set of the issuer of this token; it was asked for at http://idp/keys?...',
  ],
  [
    'limited, where limited access is not allowed',
    it => it.limitedUserToken(),
    'limited user token',
    'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    'httpAuth.credentials(req, { allowLimitedAccess: true })',
  ],
  [
    'of a caller that is restricted to other plugins',
    () => 'canary-static-restricted',
    'static token',
    'AUTH_ACCESS_RESTRICTED',
    'add { plugin: scaffolder } to backend.auth.externalAccess[1].accessRestrictions',
  ],
  [
    'with a full user token in obo',
    it => it.pluginToken({ obo: it.userToken() }),
    'plugin token on behalf of a user',
    'AUTH_TOKEN_TYPE_UNKNOWN',
    'put another token than a limited user token into obo',
  ],
  [
    'with a broken obo',
    it => it.pluginToken({ obo: 'canary-broken-obo' }),
    'plugin token on behalf of a user',
    'AUTH_TOKEN_MALFORMED',
    'the token of the user in it (obo) is broken',
  ],
  [
    'with an expired obo',
    it => it.pluginToken({ obo: it.limitedUserToken({ iat: it.now - 7200, exp: it.now - 5 }) }),
    'plugin token on behalf of a user',
    'AUTH_TOKEN_EXPIRED',
    'ask for a token for each call',
  ],
  [
    'with critical parameters',
    it => it.pluginToken({}, { crit: ['x'], x: 1 }),
    'plugin token',
    'AUTH_TOKEN_MALFORMED',
    'update the plugin that receives it',
  ],
  [
    'cut off',
    it => it.userToken().split('.').slice(0, 2).join('.'),
    'user token',
    'AUTH_TOKEN_MALFORMED',
    'copy the token whole and unchanged',
  ],
  [
    'encrypted',
    () => `${segment({ alg: 'dir', enc: 'A128GCM' })}..aXY.Y2lwaGVydGV4dA.dGFn`,
    'encrypted token',
    'AUTH_TOKEN_MALFORMED',
    'let the issuer sign the token (JWS) and not encrypt it (JWE)',
  ],
  [
    'that is none',
    () => 'canary-junk',
    'no token',
    'AUTH_TOKEN_MALFORMED',
    'no entry of type static in backend.auth.externalAccess of this configuration has it',
  ],
  [
    'of a test suite',
    () => 'mock-user-token:{"sub":"user:default/canary"}',
    'mock token',
    'AUTH_TOKEN_MALFORMED',
    'mock tokens are for test suites',
  ],
];

/** What never may show: the token, its signature, the tokens in it, what is configured. */
function canariesOf(token: string, it: Installation): string[] {
  const [, payload = '', signature = ''] = token.split('.');
  const parts = [token, signature];
  try {
    const { uip, obo } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<
      string,
      unknown
    >;
    for (const part of [uip, obo]) {
      if (typeof part === 'string') parts.push(part, ...part.split('.').slice(2));
    }
  } catch {
    // No claims to hide.
  }
  return [
    ...parts.filter(text => text.length > 3),
    ...[SECRET.toString('base64'), SECRET.toString('utf8'), 'canary-'],
    it.limitedUserToken().split('.')[2] as string,
  ];
}

describe('explaining a token that is accepted', () => {
  it.each(accepted)('says what a %s is, and whose', async (kind, make, principal) => {
    const subject = install();
    const token = make(subject);
    const explanation = await subject.backend.explainToken(token, {
      pluginId: 'scaffolder',
      allowLimitedAccess: true,
    });
    expect(explanation).toMatchObject({ kind, verdict: { accepted: true, principal } });
    expect(explanation.advice[0]).toBe(
      'nothing about the token: the plugin "scaffolder" accepts it',
    );
    const text = JSON.stringify(explanation);
    for (const canary of canariesOf(token, subject)) expect(text).not.toContain(canary);
    expect(JSON.parse(text)).toEqual(explanation);
  });
});

describe('explaining a token that is refused', () => {
  it.each(refused)('%s: says the cause and the change', async (_, make, kind, code, advice) => {
    const subject = install();
    const token = make(subject);
    const explanation = await subject.backend.explainToken(token, { pluginId: 'scaffolder' });
    const { reason, message } = await rejectionOf(
      subject.plugin().then(plugin => plugin.authenticate(token)),
    );
    expect(explanation).toMatchObject({ kind, verdict: { accepted: false, code, message } });
    const status = code === 'AUTH_ACCESS_RESTRICTED' ? 403 : 401;
    expect(explanation.verdict).toMatchObject({ status, reason });
    expect(explanation.advice.join('\n')).toContain(advice);
    const text = JSON.stringify(explanation);
    for (const canary of canariesOf(token, subject)) expect(text).not.toContain(canary);
    expect(JSON.parse(text)).toEqual(explanation);
  });
});
