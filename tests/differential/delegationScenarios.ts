import fc from 'fast-check';
import type { CallInput, Holder, RestrictionInput } from './delegationRun';
import type { BaseName, Change } from './tokenInputs';
import { claim, RUNS, type Scenario } from './tokenScenarios';

const others = ['catalog', 'search', 'receiver', 'elsewhere'];
const actions = fc.subarray(['create', 'read', 'update', 'delete'], { minLength: 1 });
const names = fc.constantFrom<RestrictionInput['permission']>(
  'a.read',
  'a.read b.write',
  'a, b',
  ['a', 'b'],
  'a,a',
);
const plain = (plugin: string): RestrictionInput => ({ plugin });
const narrow = (plugin: string): fc.Arbitrary<RestrictionInput> =>
  fc.oneof(
    names.map(permission => ({ plugin, permission })),
    actions.map(action => ({ plugin, permissionAttribute: { action } })),
    fc.tuple(names, actions).map(([permission, action]) => ({
      plugin,
      permission,
      permissionAttribute: { action: action.join(' ') },
    })),
  );
const here = fc.oneof(fc.constant(plain('receiver')), narrow('receiver'));
const restricted = (
  rest: fc.Arbitrary<RestrictionInput[]>,
  plain: fc.Arbitrary<boolean> = fc.boolean(),
): fc.Arbitrary<Holder> =>
  fc.tuple(here, rest, plain).map(([own, more, asTheirs]) => ({
    who: 'restricted' as const,
    restrictions: [own, ...more],
    ...(asTheirs && { plain: true }),
  }));
const asTheirs = fc.constant(true);
const asOurs = fc.constant(false);
const usesOthers = fc.constant<RestrictionInput[]>([
  plain('catalog'),
  plain('search'),
  plain('elsewhere'),
]);
const elsewhere = fc.constantFrom('catalog', 'search', 'elsewhere');
const user = (
  base: BaseName,
  changes: fc.Arbitrary<Change[]> = fc.constant([]),
): fc.Arbitrary<Holder> =>
  fc.tuple(changes, fc.boolean()).map(([list, obo]) => ({
    who: 'token' as const,
    base,
    changes: list,
    ...(obo && base === 'limited' && { obo }),
  }));
const services = fc.constantFrom<Holder>(
  { who: 'own' },
  ...(['plugin', 'plain', 'jwks', 'legacy'] as const).map(base => ({
    who: 'token' as const,
    base,
    changes: [],
  })),
);
const target = fc.constantFrom(...others);
const badTarget = fc.constantFrom('', '../catalog', 'a b', 'a/b', 'käse', 'a.b', 'x'.repeat(129));
const ref = claim('sub', 'user:default/joe', 'x', 'user:default/jane');

function scenario(
  name: string,
  branch: string | undefined,
  holder: fc.Arbitrary<Holder>,
  targets = target,
  stored?: fc.Arbitrary<CallInput['stored']>,
  runs = RUNS,
): Scenario<CallInput> {
  const inputs = fc
    .record({ holder, target: targets, ...(stored && { stored }) })
    .map(input => input as CallInput);
  return { name, branch, inputs, runs };
}

/** Calls onward of all sorts. */
export const callScenarios: Scenario<CallInput>[] = [
  scenario('as the plugin or another service', 'accepted', services, target, undefined, 300),
  scenario('for a user', 'accepted', user('user', ref), target, undefined, 300),
  scenario(
    'for the user of a limited token, or of a call',
    'accepted',
    user('limited', ref),
    target,
    undefined,
    300,
  ),
  scenario('for nobody', 'refused AUTH_CREDENTIALS_MISSING', fc.constant<Holder>({ who: 'none' })),
  scenario(
    'for a user without identity proof',
    'refused AUTH_CLAIM_INVALID',
    user('user', claim('uip', undefined, null, '', 0, false)),
  ),
  scenario(
    'for a user whose identity proof is no text',
    'documented uip-is-a-text',
    user('user', claim('uip', 1, true, ['x'], {}, 'a.b', 'a b', 'ä', 'A', 'AB')),
  ),
  scenario(
    'for a caller who may use the target too, as theirs does it',
    'accepted',
    restricted(usesOthers, asTheirs),
    elsewhere,
  ),
  scenario(
    'for a caller who may use the target too',
    'documented restricted-calls',
    restricted(usesOthers, asOurs),
    elsewhere,
  ),
  scenario(
    'for a caller who may not use the target',
    'refused AUTH_DELEGATION_NOT_ALLOWED',
    restricted(fc.constantFrom<RestrictionInput[]>([], [plain('catalog')])),
    fc.constantFrom('search', 'elsewhere', 'CATALOG'),
  ),
  scenario(
    'for a caller who may do some things in the target, as theirs does it',
    'refused AUTH_DELEGATION_NOT_ALLOWED',
    restricted(
      narrow('catalog').map(it => [it]),
      asTheirs,
    ),
    fc.constant('catalog'),
  ),
  scenario(
    'for a caller who may do some things in the target',
    'documented restricted-calls',
    restricted(
      narrow('catalog').map(it => [it]),
      asOurs,
    ),
    fc.constant('catalog'),
  ),
  scenario(
    'for a caller who may not even call here',
    'refused AUTH_ACCESS_RESTRICTED',
    narrow('catalog').map(it => ({ who: 'restricted' as const, restrictions: [it] })),
  ),
  scenario(
    'to what is no plugin',
    'documented target-plugin-id',
    fc.oneof(services, user('user')),
    badTarget,
  ),
  scenario(
    'for a user of stored credentials',
    'accepted',
    user('user', ref),
    target,
    fc.constant('with token'),
  ),
  scenario(
    'for a user of stored credentials without token',
    'documented refusals-are-401',
    user('user'),
    target,
    fc.constant('without token'),
  ),
  scenario(
    'for a service of stored credentials',
    'documented stored-service-credentials',
    services,
    target,
    fc.constantFrom('with token', 'without token'),
  ),
  scenario(
    'for anybody',
    undefined,
    fc.oneof(
      services,
      user('user', ref),
      user('limited'),
      fc.constant<Holder>({ who: 'none' }),
      restricted(fc.array(narrow('catalog'), { maxLength: 1 })),
    ),
    target,
    fc.constantFrom(undefined, undefined, 'with token'),
    500,
  ),
];
