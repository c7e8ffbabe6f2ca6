import fc from 'fast-check';
import type { TokenInput } from './tokenInputs';
import {
  both,
  claim,
  eachCharacter,
  formScenarios,
  fraction,
  header,
  mixOf,
  type Scenario,
  scenariosOf,
  signed,
  timeScenarios,
} from './tokenScenarios';

const make = scenariosOf(['user']);
const untyped = scenariosOf(['untyped']);

const scenarios: Scenario<TokenInput>[] = [
  ...formScenarios(make),
  ...timeScenarios(make),
  make(
    'of another user',
    'accepted',
    claim('sub', 'user:default/jäne', 'x', 'group:a/b', ' a', 'x'.repeat(1024)),
  ),
  make('of nobody', 'refused AUTH_CLAIM_INVALID', claim('sub', '', null, undefined, 0, false)),
  make(
    'of what is no text',
    'documented subject-is-a-text',
    claim('sub', 1, true, ['user:default/jane'], {}, ' ', '\t', 'x'.repeat(1025)),
  ),
  make('without iat', 'refused AUTH_CLAIM_INVALID', claim('iat', undefined)),
  make('without kid', 'documented kid-required', header('kid', undefined)),
  make('with an odd kid', 'documented typed-header', header('kid', 1, null, ['user-1'], {})),
  make(
    'with an unknown kid',
    'refused AUTH_KEY_UNKNOWN',
    header('kid', 'user-2', 'caller-1', 'USER-1'),
  ),
  make(
    'with a key of another algorithm',
    'documented pinned-algorithm',
    fc.oneof(signed('userRsa', 'RS256', 'user-rsa'), signed('userEd', 'EdDSA', 'user-ed')),
  ),
  make(
    'with another algorithm in the header',
    undefined,
    header('alg', 'none', 'HS256', 'RS256', 'ES384', 'es256', '', null, undefined),
  ),
  make(
    'with a key that nobody publishes',
    'refused AUTH_SIGNATURE_INVALID',
    fc.oneof(signed('strangeUser'), signed('caller')),
  ),
  make('with a key of a plugin', 'refused AUTH_KEY_UNKNOWN', signed('caller', 'ES256', 'caller-1')),
  make(
    'for whomever, from wherever',
    'accepted',
    fc.oneof(claim('aud', 'x', ['y'], null, undefined, 1), claim('iss', '', 'x', null, undefined)),
  ),
  make(
    'fractions of seconds',
    'documented dates-that-exist',
    fc.oneof(fraction('exp', 2, 3000), fraction('iat', -3000, -1), fraction('nbf', -3000, -1)),
  ),
  make(
    'dates that do not exist',
    'documented dates-that-exist',
    fc.oneof(claim('exp', 1e12, 1e15), claim('iat', -1, -1e9), claim('nbf', -1, -0.5)),
  ),
  untyped(
    'of the old form',
    'documented untyped-user-tokens',
    fc.oneof(header('typ', undefined, 'JWT', 'at+jwt')),
  ),
];

/** Tokens that a sign-in gives. */
export const userScenarios = [
  ...scenarios,
  eachCharacter(['user'], 360),
  mixOf(make, scenarios, 1_200),
];

const limited = scenariosOf(['limited']);

const limitedScenarioList: Scenario<TokenInput>[] = [
  ...formScenarios(limited).map(scenario => ({
    ...scenario,
    inputs: scenario.inputs.map(input => ({ ...input, limited: true })),
  })),
  ...timeScenarios(limited).map(scenario => ({
    ...scenario,
    inputs: scenario.inputs.map(input => ({ ...input, limited: true })),
  })),
];

const notAllowed = (scenario: Scenario<TokenInput>): Scenario<TokenInput> => ({
  ...scenario,
  inputs: scenario.inputs.map(input => ({ ...input, limited: false })),
});

/** Limited user tokens, where they are accepted and where not. */
export const limitedScenarios: Scenario<TokenInput>[] = [
  ...limitedScenarioList,
  eachCharacter(['limited'], 300, { limited: true }),
  notAllowed(
    limited(
      'where only full tokens are accepted',
      'refused AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      fc.constant([]),
      600,
    ),
  ),
  notAllowed(
    limited(
      'of another user, where only full tokens are accepted',
      'refused AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      claim('sub', 'user:default/joe', 'x'),
    ),
  ),
  limited(
    'with further claims',
    undefined,
    both(claim('aud', 'backstage', 'receiver'), claim('obo', 'x', 1)),
  ),
  mixOf(limited, limitedScenarioList, 800),
];

const old = scenariosOf(['untyped']);

const oldFormScenarios: Scenario<TokenInput>[] = [
  ...formScenarios(old),
  ...timeScenarios(old),
  old('without iat', 'documented iat-required', claim('iat', undefined)),
  old(
    'with another type',
    'documented untyped-user-tokens',
    header('typ', 'JWT', 'at+jwt', '', 'vnd.backstage.USER'),
  ),
  old('with a type that is no text', 'documented typed-header', header('typ', 1, null, [], {})),
  old(
    'for somebody else',
    undefined,
    claim('aud', 'Backstage', ['backstage'], 'x', null, undefined),
  ),
  old('of what is no text', 'documented subject-is-a-text', claim('sub', 1, true, ['x'], {}, ' ')),
];

/** Tokens of the old form, where the configuration accepts them. */
export const untypedScenarios = [...oldFormScenarios, mixOf(old, oldFormScenarios, 800)];
