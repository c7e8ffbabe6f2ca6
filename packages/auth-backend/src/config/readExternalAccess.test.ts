import type { JsonObject, JsonValue } from '@backstage/types';
import { invalidConfig, rejectionOf } from '../testing/refusals';
import { signatureAlgorithms } from '../tokens/algorithms';
import { readAuthConfig } from './readAuthConfig';

const auth = (value: JsonObject): JsonObject => ({ backend: { auth: value } });
const legacy = (options: JsonValue) => auth({ externalAccess: [{ type: 'legacy', options }] });
const secret = (value: JsonValue) => legacy({ secret: value, subject: 'ci' });
const jwks = (options: JsonObject) =>
  auth({ externalAccess: [{ type: 'jwks', options: { ...idp, ...options } }] });

const idp = { url: 'https://idp.example/keys', issuer: 'https://idp.example', audience: 'backend' };
const OPTIONS = 'backend.auth.externalAccess[0].options';
const SECRET = `${OPTIONS}.secret`;
const GENERATE = `generate one with: node -p "crypto.randomBytes(32).toString('base64')"`;
const ALGORITHMS = signatureAlgorithms.join(', ');

/** Bytes whose base64 has padding, and characters that differ between the two alphabets. */
const bytes = Buffer.concat([Buffer.from([0xfb, 0xff]), Buffer.alloc(32, 'canary')]);

describe('legacy external access', () => {
  it.each(['base64', 'base64url'] as const)('takes a secret in %s, padded or not', encoding => {
    const text = bytes.toString(encoding).replaceAll('=', '');
    for (const value of [text, `${text}==`]) {
      expect(readAuthConfig(secret(value))).toMatchObject({
        externalAccess: [
          {
            type: 'legacy',
            path: 'backend.auth.externalAccess[0]',
            secret: bytes,
            subject: 'ci',
          },
        ],
        warnings: [],
      });
    }
  });

  it('takes 16 bytes, and recommends 32', () => {
    for (const [length, warnings] of [
      [16, 1],
      [31, 1],
      [32, 0],
    ] as const) {
      const config = readAuthConfig(secret(bytes.subarray(0, length).toString('base64')));
      expect(config.warnings).toHaveLength(warnings);
    }
    expect(readAuthConfig(secret(bytes.subarray(0, 24).toString('base64'))).warnings).toEqual([
      'backend.auth.externalAccess[0]: the secret has 24 bytes, expected at least 32 for HS256',
    ]);
  });
});

describe('backend.auth.keys', () => {
  const keys = (...value: JsonValue[]) => auth({ keys: value });
  const entry = { secret: bytes.toString('base64') };

  it('are legacy callers after the others, and deprecated', () => {
    const config = readAuthConfig(
      auth({
        keys: [entry, { secret: 'AAAA'.repeat(11), accessRestrictions: [{ plugin: 'a' }] }],
        externalAccess: [{ type: 'static', options: { token: 'canary-token', subject: 'ci' } }],
      }),
    );
    const shared = { type: 'legacy', subject: 'external:backstage-plugin' };
    expect(config.externalAccess).toEqual([
      {
        type: 'static',
        path: 'backend.auth.externalAccess[0]',
        token: 'canary-token',
        subject: 'ci',
      },
      { ...shared, path: 'backend.auth.keys[0]', secret: bytes },
      {
        ...shared,
        path: 'backend.auth.keys[1]',
        secret: Buffer.alloc(33),
        accessRestrictions: new Map([['a', {}]]),
      },
    ]);
    expect(config.warnings).toEqual([
      'backend.auth.keys is deprecated: move each secret to backend.auth.externalAccess, as { type: legacy, options: { secret, subject } }',
    ]);
  });

  it('may be an empty list, or nothing', () => {
    for (const value of [[], null]) {
      expect(readAuthConfig(auth({ keys: value }))).toMatchObject({
        externalAccess: [],
        warnings: [],
      });
    }
  });

  it.each<[JsonObject, string]>([
    [keys({}), 'backend.auth.keys[0].secret: expected a text, found nothing'],
    [
      keys(entry, entry),
      'backend.auth.keys[1]: expected a secret of its own, found the secret of backend.auth.keys[0]',
    ],
    [
      keys({ ...entry, subject: 'x' }),
      'backend.auth.keys[0].subject: unknown key, expected one of secret, accessRestrictions',
    ],
  ])('are refused as %j', async (config, message) => {
    expect(await rejectionOf((async () => readAuthConfig(config))())).toMatchObject(
      invalidConfig(message),
    );
  });
});

describe('external access by key set', () => {
  it('is read with what it says, and all asymmetric algorithms if it names none', () => {
    expect(readAuthConfig(jwks({})).externalAccess).toEqual([
      {
        type: 'jwks',
        path: 'backend.auth.externalAccess[0]',
        url: 'https://idp.example/keys',
        issuers: ['https://idp.example'],
        audiences: ['backend'],
        algorithms: signatureAlgorithms,
      },
    ]);
    const options = {
      url: 'http://idp.internal:8080/keys?tenant=a',
      issuer: 'https://a.example, https://b.example https://a.example',
      audience: ['one', 'two,three'],
      algorithm: 'RS256 ES256',
      subjectPrefix: 'ci',
    };
    expect(readAuthConfig(jwks(options)).externalAccess[0]).toMatchObject({
      url: 'http://idp.internal:8080/keys?tenant=a',
      issuers: ['https://a.example', 'https://b.example'],
      audiences: ['one', 'two', 'three'],
      algorithms: ['RS256', 'ES256'],
      subjectPrefix: 'ci',
    });
  });

  it('takes any issuer and any audience only when that is said', () => {
    const { url } = idp;
    const options = { url, dangerouslyAllowAnyIssuer: true, dangerouslyAllowAnyAudience: 'true' };
    const [entry] = readAuthConfig(
      auth({ externalAccess: [{ type: 'jwks', options }] }),
    ).externalAccess;
    expect(entry).not.toHaveProperty('issuers');
    expect(entry).not.toHaveProperty('audiences');
  });
});

describe('what is allowed but should be changed', () => {
  const warningsOf = (...options: JsonObject[]) =>
    readAuthConfig(
      auth({ externalAccess: options.map(it => ({ type: 'jwks', options: { ...idp, ...it } })) }),
    ).warnings;

  it.each([
    ['https://idp.example/keys', 0],
    ['http://idp.example/keys', 1],
    ['http://10.0.0.1/keys', 1],
    ['http://localhost.example/keys', 1],
    ['http://127.0.0.1.example/keys', 1],
    ['http://localhost:8080/keys', 0],
    ['http://127.1.2.3/keys', 0],
    ['http://[::1]/keys', 0],
  ])('are keys over http from another host: %s', (url, count) => {
    const warning = `${OPTIONS}.url: the keys are fetched over http, so that whoever is on the way can replace them; use https`;
    expect(warningsOf({ url })).toEqual(count === 0 ? [] : [warning]);
  });

  it('are two parties of one prefix, which could name the same caller', () => {
    const other = { issuer: 'https://other.example' };
    const warning = (second: number, first: number) =>
      `backend.auth.externalAccess[${second}].options.subjectPrefix: expected one of its own, found that of backend.auth.externalAccess[${first}]; a caller of one can have the name of a caller of the other`;
    const prefixed = { subjectPrefix: 'ci' };
    expect(warningsOf({}, other)).toEqual([warning(1, 0)]);
    expect(warningsOf({}, prefixed, { ...other, ...prefixed })).toEqual([warning(2, 1)]);
    expect(warningsOf(prefixed, {}, { ...other, subjectPrefix: 'x' })).toEqual([]);
    expect(warningsOf({}, { issuer: ['https://x.example', idp.issuer] })).toEqual([]);
    const anybody = { issuer: undefined, dangerouslyAllowAnyIssuer: true } as never;
    expect(warningsOf({}, anybody, other)).toEqual([warning(1, 0), warning(2, 0)]);
  });
});

describe('a near miss gets a suggestion', () => {
  it.each<[JsonObject, string]>([
    [
      auth({ externalAccess: [{ type: 'jwks', config: idp }] }),
      "backend.auth.externalAccess[0].config: unknown key, expected one of type, options, accessRestrictions; did you mean 'options'?",
    ],
    [
      jwks({ jwksUri: 'https://idp.example/keys' }),
      `${OPTIONS}.jwksUri: unknown key, expected one of url, issuer, algorithm, audience, subjectPrefix, dangerouslyAllowAnyIssuer, dangerouslyAllowAnyAudience; did you mean 'url'?`,
    ],
    [
      jwks({ issuers: ['x'] }),
      `${OPTIONS}.issuers: unknown key, expected one of url, issuer, algorithm, audience, subjectPrefix, dangerouslyAllowAnyIssuer, dangerouslyAllowAnyAudience; did you mean 'issuer'?`,
    ],
    [
      legacy({ secrets: 'canary' }),
      `${OPTIONS}.secrets: unknown key, expected one of secret, subject; did you mean 'secret'?`,
    ],
    [
      auth({ key: [] }),
      `backend.auth.key: unknown key, expected one of dangerouslyDisableDefaultAuthPolicy, externalAccess, keys, pluginKeyStore, acceptUntypedUserTokens, dangerouslyAllowStoredServiceCredentials, restrictedDelegation, cookie; did you mean 'keys'?`,
    ],
  ])('%j', async (config, message) => {
    expect(await rejectionOf((async () => readAuthConfig(config))())).toMatchObject(
      invalidConfig(message),
    );
  });
});

describe('wrong options of an external caller', () => {
  it.each<[JsonObject, string]>([
    ...['canary-tökén', 'canary-\u0000token', 'c\u0430nary-token', 'canary-🔑'].map(
      (token): [JsonObject, string] => [
        auth({ externalAccess: [{ type: 'static', options: { token, subject: 'ci' } }] }),
        `${OPTIONS}.token: expected visible ASCII characters, which a header can carry, found others`,
      ],
    ),
    [legacy({ subject: 'ci' }), `${SECRET}: expected a text, found nothing`],
    [secret(12345678), `${SECRET}: expected a text, found a number`],
    [secret('canary secret'), `${SECRET}: expected base64, found something else; ${GENERATE}`],
    [
      secret('canary-_+/canary-canary'),
      `${SECRET}: expected base64, found something else; ${GENERATE}`,
    ],
    [
      secret(`${bytes.toString('base64')}\n`),
      `${SECRET}: expected base64, found something else; ${GENERATE}`,
    ],
    [
      secret('canarycanarycanarycanarycanaryB='),
      `${SECRET}: expected base64, found something else; ${GENERATE}`,
    ],
    [secret('Y2FuYXJ5'), `${SECRET}: expected at least 16 bytes in base64, found 6; ${GENERATE}`],
    [
      legacy({ secret: bytes.toString('base64'), subject: 'plugin:catalog' }),
      `${OPTIONS}.subject: expected a text without white space that does not begin with plugin: or user:, found "plugin:catalog"`,
    ],
    [jwks({ url: 1 }), `${OPTIONS}.url: expected a text, found 1`],
    ...[
      'idp.example/keys',
      'file:///etc/keys',
      'https://user:canary@idp.example/',
      'https://idp .example',
    ].map((url): [JsonObject, string] => [
      jwks({ url }),
      `${OPTIONS}.url: expected an http or https URL without credentials, found something else`,
    ]),
    [
      auth({ externalAccess: [{ type: 'jwks', options: { url: idp.url, audience: 'a' } }] }),
      `${OPTIONS}.issuer: expected a text or a list, or dangerouslyAllowAnyIssuer: true, found nothing`,
    ],
    [
      auth({ externalAccess: [{ type: 'jwks', options: { url: idp.url, issuer: 'a' } }] }),
      `${OPTIONS}.audience: expected a text or a list, or dangerouslyAllowAnyAudience: true, found nothing`,
    ],
    [jwks({ issuer: null }), `${OPTIONS}.issuer: expected a text, found null`],
    [jwks({ audience: [] }), `${OPTIONS}.audience: expected at least one text, found a list`],
    [jwks({ audience: ' , ' }), `${OPTIONS}.audience: expected at least one text, found " , "`],
    [
      jwks({ dangerouslyAllowAnyIssuer: true }),
      `${OPTIONS}.dangerouslyAllowAnyIssuer: expected this, or what tokens must name, not both, found true`,
    ],
    [
      jwks({ algorithm: 'HS256' }),
      `${OPTIONS}.algorithm: expected some of ${ALGORITHMS}, found "HS256"`,
    ],
    [
      jwks({ algorithm: 'none' }),
      `${OPTIONS}.algorithm: expected some of ${ALGORITHMS}, found "none"`,
    ],
    [
      jwks({ algorithm: ['RS256', 'rs256'] }),
      `${OPTIONS}.algorithm: expected some of ${ALGORITHMS}, found a list`,
    ],
    [
      jwks({ subjectPrefix: 'a b' }),
      `${OPTIONS}.subjectPrefix: expected a text without white space, found "a b"`,
    ],
  ])('%j', async (config, message) => {
    const error = await rejectionOf((async () => readAuthConfig(config))());
    expect(error).toMatchObject(invalidConfig(message));
    expect(`${error.stack} ${error.reason}`).not.toContain('canary');
  });
});
