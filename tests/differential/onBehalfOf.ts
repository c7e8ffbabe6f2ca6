import fc from 'fast-check';
import type { Change, TokenInput } from './tokenInputs';
import {
  both,
  claim,
  eachCharacter,
  formScenarios,
  harmless,
  header,
  mixOf,
  RUNS,
  type Scenario,
  scenariosOf,
  signed,
  time,
  timeScenarios,
} from './tokenScenarios';

const limited = scenariosOf(['limited']);

/** What a scenario changes about a limited token is changed about the one in `obo`. */
function inside(scenario: Scenario<TokenInput>, branch = scenario.branch): Scenario<TokenInput> {
  return {
    ...scenario,
    branch,
    inputs: scenario.inputs.map(({ base, changes }) => ({
      base: 'plugin',
      changes: [],
      obo: { base, changes },
    })),
  };
}

/** Puts another kind of token, or none, into `obo`. */
function carrying(
  name: string,
  branch: string,
  obos: fc.Arbitrary<TokenInput['obo']>,
  runs = RUNS,
): Scenario<TokenInput> {
  return {
    name,
    branch,
    runs,
    inputs: obos.map(obo => ({ base: 'plugin' as const, changes: [], obo })),
  };
}

const outer = scenariosOf(['plugin', 'solo'], { base: 'limited', changes: [] });
const plugin = scenariosOf(['plugin', 'solo']);

const nested = [
  ...formScenarios(limited)
    .filter(({ name }) => name !== 'nearly too long')
    .map(scenario => inside(scenario)),
  ...timeScenarios(limited).map(scenario => inside(scenario)),
  inside(
    limited('of another user', 'accepted', claim('sub', 'user:default/joe', 'x', 'group:a/b')),
  ),
  inside(
    limited(
      'of what is no text',
      'documented subject-is-a-text',
      claim('sub', 1, true, ['x'], {}, ' '),
    ),
  ),
  inside(limited('of nobody', 'refused AUTH_CLAIM_INVALID', claim('sub', '', null, undefined, 0))),
  inside(limited('without kid', 'documented kid-required', header('kid', undefined))),
  inside(
    limited('with an unknown kid', 'refused AUTH_KEY_UNKNOWN', header('kid', 'user-2', 'caller-1')),
  ),
  inside(
    limited(
      'with a key of another algorithm',
      'documented pinned-algorithm',
      fc.oneof(signed('userRsa', 'RS256', 'user-rsa'), signed('userEd', 'EdDSA', 'user-ed')),
    ),
  ),
  inside(
    limited(
      'with a key that nobody publishes',
      'refused AUTH_SIGNATURE_INVALID',
      fc.oneof(signed('strangeUser'), signed('caller')),
    ),
  ),
];

const scenarios: Scenario<TokenInput>[] = [
  ...nested,
  ...timeScenarios(outer),
  outer(
    'for another plugin',
    'refused AUTH_AUDIENCE_MISMATCH',
    claim('aud', 'catalog', '', 'Receiver', null, undefined),
  ),
  outer(
    'with a key that nobody publishes',
    'refused AUTH_SIGNATURE_INVALID',
    fc.oneof(signed('stranger'), signed('user')),
  ),
  outer(
    'longer than the user token',
    'accepted',
    both(time('iat', -60, 0), time('exp', 5000, 9000)),
  ),
  carrying(
    'a full user token',
    'documented obo-is-a-limited-token',
    fc.constant({ base: 'user', changes: [] }),
  ),
  carrying(
    'a user token of the old form',
    'documented untyped-user-tokens',
    fc.constant({ base: 'untyped', changes: [] }),
  ),
  carrying(
    'a token of another kind',
    'refused AUTH_TOKEN_TYPE_UNKNOWN',
    fc.constantFrom('plugin', 'jwks', 'legacy').map(base => ({ base, changes: [] })),
  ),
  plugin(
    'a text that is no token',
    'refused AUTH_TOKEN_MALFORMED',
    claim('obo', 'x', 'a.b.c', '..', ' ', 'user:default/jane'),
  ),
  plugin(
    'what is no text, and counts as nothing',
    'documented obo-is-a-limited-token',
    claim('obo', '', null, 0, false),
  ),
  plugin(
    'what is no text',
    'refused AUTH_CLAIM_INVALID',
    claim('obo', 1, true, [], {}, ['x'], { sub: 'user:default/jane' }),
  ),
];

const innerChanges = (list: readonly Scenario<TokenInput>[]): fc.Arbitrary<readonly Change[]> =>
  fc.oneof(...list.map(({ inputs }) => inputs.map(({ obo }) => obo?.changes ?? [])));

/** Tokens with which plugins call on behalf of a user. */
export const onBehalfOfScenarios: Scenario<TokenInput>[] = [
  ...scenarios,
  eachCharacter(['plugin'], 720, { obo: { base: 'limited', changes: [] } }),
  outer('nothing that matters outside', 'accepted', fc.array(harmless, { maxLength: 4 }), 1_500),
  mixOf(outer, timeScenarios(outer), 600),
  {
    name: 'anything at once inside',
    branch: undefined,
    runs: 1_000,
    inputs: fc
      .tuple(
        innerChanges(nested),
        innerChanges(nested),
        fc.constantFrom('limited', 'user', 'untyped'),
      )
      .map(([first, second, base]) => ({
        base: 'plugin',
        changes: [],
        obo: { base, changes: [...first, ...second] },
      })),
  },
];
