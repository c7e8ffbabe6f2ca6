import { createAuthError } from '@stagepass/auth-node/internal';
import { type MockTokenKind, mockTokenPrefixes } from './mockTokens';
import { parseMockToken } from './parseMockToken';

const KINDS = ['user', 'limitedUser', 'service'] as const;
const parse = (kind: MockTokenKind, json: string) =>
  parseMockToken(kind, `${mockTokenPrefixes[kind]}${json}`);

function refusalOf(kind: MockTokenKind, json: string) {
  try {
    parse(kind, json);
  } catch (error) {
    return error as ReturnType<typeof createAuthError>;
  }
  return createAuthError('AUTH_CONFIG_INVALID', 'nothing was refused');
}

describe('parseMockToken', () => {
  it.each<[kind: MockTokenKind, json: string, claims: object]>([
    ['user', '{}', {}],
    ['user', '{"sub":"user:default/jane","exp":1.5}', { sub: 'user:default/jane', exp: 1.5 }],
    ['user', '{"actor":{"subject":"plugin:a","x":1}}', { actor: { subject: 'plugin:a' } }],
    ['limitedUser', '{"sub":"user:default/jane","exp":0}', { sub: 'user:default/jane', exp: 0 }],
    ['limitedUser', '{"actor":{"subject":"plugin:a"}}', {}],
    ['limitedUser', '{"actor":7}', {}],
    [
      'service',
      '{"sub":"plugin:a","target":"b","exp":-1}',
      { sub: 'plugin:a', target: 'b', exp: -1 },
    ],
    ['service', '{"obo":"user:default/jane"}', { obo: 'user:default/jane' }],
    ['service', '{"restrictions":{}}', { restrictions: {} }],
  ])('reads of a %s token %s what is of its kind', (kind, json, claims) => {
    expect(parse(kind, json)).toEqual(claims);
  });

  const notObjects = ['', 'null', '[]', '1', '"x"', '{"sub":', 'undefined'];

  it.each(KINDS.flatMap(kind => notObjects.map(json => [kind, json] as const)))(
    'refuses behind the prefix of a %s token %j',
    (kind, json) => {
      const prefix = mockTokenPrefixes[kind];
      expect(refusalOf(kind, json)).toMatchObject({
        name: 'AuthenticationError',
        code: 'AUTH_TOKEN_MALFORMED',
        message: `Malformed mock token, expected '${prefix}' and a JSON object`,
        reason: `expected a JSON object behind '${prefix}', found ${JSON.stringify(json)}; make mock tokens with mockCredentials`,
      });
    },
  );

  const text = (name: string, prefix: string) =>
    `Invalid mock token, expected '${name}' behind '${prefix}' to be a text that is not empty`;
  const time = "Invalid mock token, expected 'exp' to be a number of seconds";
  const actor = "Invalid mock token, expected 'actor' to be an object with a subject";
  const ref = (found: string) =>
    `Invalid user entity reference '${found}', expected <kind>:<namespace>/<name>`;

  it.each<[kind: MockTokenKind, json: string, found: string, message: string]>([
    ['user', '{"sub":null}', 'null', text('sub', 'mock-user-token:')],
    ['user', '{"sub":""}', '""', text('sub', 'mock-user-token:')],
    ['user', '{"sub":["user:default/a"]}', '["user:default/a"]', text('sub', 'mock-user-token:')],
    ['user', '{"sub":"jane"}', '"jane"', ref('jane')],
    ['limitedUser', '{"sub":7}', '7', text('sub', 'mock-limited-user-token:')],
    ['limitedUser', '{"sub":"user:jane"}', '"user:jane"', ref('user:jane')],
    ['service', '{"sub":""}', '""', text('sub', 'mock-service-token:')],
    ['service', '{"sub":{}}', '{}', text('sub', 'mock-service-token:')],
    ['service', '{"obo":""}', '""', text('obo', 'mock-service-token:')],
    ['service', '{"obo":true}', 'true', text('obo', 'mock-service-token:')],
    ['service', '{"obo":"jane"}', '"jane"', ref('jane')],
    ['service', '{"target":""}', '""', text('target', 'mock-service-token:')],
    ['service', '{"target":["b"]}', '["b"]', text('target', 'mock-service-token:')],
    ['user', '{"exp":"1"}', '"1"', time],
    ['user', '{"exp":null}', 'null', time],
    ['limitedUser', '{"exp":1e999}', 'null', time],
    ['service', '{"exp":-1e999}', 'null', time],
    ['service', '{"exp":[1]}', '[1]', time],
    ['user', '{"actor":null}', 'null', actor],
    ['user', '{"actor":"plugin:a"}', '"plugin:a"', actor],
    ['user', '{"actor":{}}', '{}', actor],
    ['user', '{"actor":{"subject":""}}', '{"subject":""}', actor],
    ['user', '{"actor":{"subject":7}}', '{"subject":7}', actor],
  ])('refuses a %s token that says %s', (kind, json, found, message) => {
    expect(refusalOf(kind, json)).toMatchObject({
      name: 'AuthenticationError',
      code: 'AUTH_CLAIM_INVALID',
      message,
      reason: `a claim of the mock token is ${found}; make mock tokens with mockCredentials`,
    });
  });
});
