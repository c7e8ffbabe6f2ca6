import fc from 'fast-check';
import { prefixes } from './mockRules';
import type { MockInput } from './mockRun';
import { RUNS, type Scenario } from './tokenScenarios';

const ref = fc.constantFrom('user:default/jane', 'user:default/mock', 'a:b/c', 'group:x/y/z');
const members = fc.record(
  {
    sub: fc.oneof(ref, fc.constantFrom('plugin:a', 'external:ci', 'x')),
    obo: ref,
    target: fc.constantFrom('test', 'catalog'),
    actor: fc.constantFrom('plugin:a', 'x').map(subject => ({ subject })),
    other: fc.boolean(),
  },
  { requiredKeys: [] },
);
const oddValue = fc.constantFrom<unknown>(
  null,
  '',
  0,
  1,
  false,
  true,
  [],
  {},
  ['user:default/jane'],
  'jane',
  'plugin:a',
  { subject: '' },
  { subject: 1 },
);
const oddMembers = fc
  .tuple(members, fc.constantFrom('sub', 'obo', 'target', 'actor'), oddValue)
  .map(([object, name, value]) => ({ ...object, [name]: value }));
const written = (object: fc.Arbitrary<unknown>) =>
  fc
    .tuple(fc.constantFrom(...prefixes), object)
    .map(([prefix, value]) => `${prefix}${JSON.stringify(value)}`);
const userToken = fc
  .record({ sub: ref, actor: fc.constant({ subject: 'plugin:a' }) }, { requiredKeys: [] })
  .map(object => `mock-user-token:${JSON.stringify(object)}`);
const limitedToken = fc
  .record({ sub: ref }, { requiredKeys: [] })
  .map(object => `mock-limited-user-token:${JSON.stringify(object)}`);
const serviceToken = fc
  .record(
    { sub: fc.constantFrom('plugin:a', 'external:ci'), obo: ref, target: fc.constant('test') },
    { requiredKeys: [] },
  )
  .map(object => `mock-service-token:${JSON.stringify(object)}`);
const fixed = fc.constantFrom('mock-user-token', 'mock-service-token');
const invalid = fc.constantFrom(
  'mock-invalid-user-token',
  'mock-invalid-limited-user-token',
  'mock-invalid-service-token',
);
const strange = fc.oneof(
  fc.constantFrom(
    '',
    'mock',
    'mock-none-token',
    'Mock-user-token',
    'mock-user-token ',
    'mock-user-tokens',
    'mock-limited-user-token',
    'bearer',
  ),
  fc.string({ unit: fc.constantFrom(...'mock-user:{}"'), maxLength: 20 }),
);
const broken = fc
  .tuple(written(members), fc.nat(20))
  .map(([token, cut]) => token.slice(0, Math.max(token.indexOf(':') + 1, token.length - 1 - cut)));
const notObject = written(fc.constantFrom<unknown>(null, 1, 'x', [], [1], true));

function scenario(
  name: string,
  branch: string | undefined,
  token: fc.Arbitrary<string>,
  via: ReadonlyArray<MockInput['via']>,
  runs = RUNS,
  limited: fc.Arbitrary<boolean> = fc.boolean(),
): Scenario<MockInput> {
  return {
    name,
    branch,
    runs,
    inputs: fc.record({ token, via: fc.constantFrom(...via), limited }),
  };
}

const bySelf = ['authenticate', 'bearer'] as const;
const always = fc.constant(true);

/** Mock tokens of all sorts. */
export const mockScenarios: Scenario<MockInput>[] = [
  scenario('of the default user or service', 'accepted', fixed, bySelf),
  scenario('of a user', 'accepted', userToken, bySelf, 300),
  scenario(
    'of a limited user',
    'accepted',
    limitedToken,
    ['authenticate', 'bearer', 'cookie'],
    300,
    always,
  ),
  scenario(
    'of a limited user, where that is not accepted',
    'refused AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    limitedToken,
    bySelf,
    RUNS,
    fc.constant(false),
  ),
  scenario('of a service', 'accepted', serviceToken, bySelf, 300),
  scenario(
    'for another plugin',
    'refused AUTH_AUDIENCE_MISMATCH',
    serviceToken
      .map(token => token.replace(/[}]$/, '').replace(/,?"target":"test"/, ''))
      .map(token => `${token}${token.endsWith('{') ? '' : ','}"target":"catalog"}`),
    bySelf,
  ),
  scenario('that are invalid by name', 'refused AUTH_SIGNATURE_INVALID', invalid, bySelf),
  scenario('that nobody knows', undefined, strange, ['authenticate', 'bearer', 'cookie'], 400),
  scenario(
    'with members of other types',
    'documented well-formed-mock-tokens',
    written(oddMembers),
    bySelf,
    500,
    always,
  ),
  scenario(
    'that are no JSON',
    'documented well-formed-mock-tokens',
    fc.oneof(broken, notObject),
    bySelf,
    RUNS,
    always,
  ),
  scenario(
    'in the cookie',
    'documented cookie-is-a-limited-token',
    fc.oneof(userToken, serviceToken, fixed),
    ['cookie'],
    RUNS,
    always,
  ),
  scenario(
    'of any sort',
    undefined,
    fc.oneof(written(members), written(oddMembers), broken, strange, fixed),
    ['authenticate', 'bearer', 'cookie'],
    600,
  ),
];
