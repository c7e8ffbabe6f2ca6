import fc from 'fast-check';
import type { Change, TokenInput } from './tokenInputs';
import {
  both,
  claim,
  eachCharacter,
  formScenarios,
  fraction,
  header,
  mixOf,
  replaced,
  type Scenario,
  scenariosOf,
  signed,
  timeScenarios,
} from './tokenScenarios';

import { staticTokens } from './worlds';

const plain = scenariosOf(['plain']);
const here = scenariosOf(['here']);
const elsewhere = scenariosOf(['elsewhere']);
const long = scenariosOf(['long']);
const nothing = fc.constant<Change[]>([]);

/** Now is half a second past. */
const isOver = ([change]: Change[]) =>
  change !== undefined && 'json' in change && /\.[1-5]$/.test(change.json ?? '');

/** Configured texts that are tokens by themselves. */
export const staticScenarios: Scenario<TokenInput>[] = [
  eachCharacter(['plain', 'here', 'elsewhere'], 40),
  plain('as configured', 'accepted', nothing, 400),
  here('with restrictions', 'accepted', nothing),
  elsewhere('with restrictions to another plugin', 'refused AUTH_ACCESS_RESTRICTED', nothing),
  plain('with another character', 'refused AUTH_TOKEN_MALFORMED', replaced),
  scenariosOf(['plain'])(
    'longer or shorter',
    'refused AUTH_TOKEN_MALFORMED',
    fc.constantFrom('', 'ix', 'i ', 'i,').map(put => [{ at: staticTokens.plain.length - 1, put }]),
  ),
  long('too long', 'documented token-length', nothing),
];

const legacy = scenariosOf(['legacy']);

const legacyList: Scenario<TokenInput>[] = [
  ...formScenarios(legacy),
  ...timeScenarios(legacy, 'documented refusals-are-401'),
  legacy('without exp', 'documented exp-required', claim('exp', undefined)),
  legacy('without iat', 'accepted', claim('iat', undefined)),
  legacy(
    'fractions of seconds',
    'accepted',
    fc.oneof(fraction('exp', 2, 3000), fraction('iat', -3000, -1)),
  ),
  legacy(
    'expired in this second',
    'documented expired-to-the-millisecond',
    fraction('exp', 0, 0).filter(isOver),
  ),
  legacy(
    'dates that do not exist',
    'documented dates-that-exist',
    fc.oneof(claim('exp', 1e12, 1e15), claim('iat', -1, -0.5), claim('nbf', -1)),
  ),
  legacy('with an audience', undefined, claim('aud', 'backstage-backend', ['x'], 1, {}, [])),
  legacy(
    'with an audience that counts as none',
    'documented legacy-has-no-aud',
    claim('aud', '', null, 0, false),
  ),
  legacy(
    'with another subject',
    undefined,
    claim('sub', 'backstage', '', null, undefined, 'Backstage-Server', ['backstage-server']),
  ),
  legacy('with another secret', 'refused AUTH_SIGNATURE_INVALID', signed('strangeSecret')),
  legacy('with a restricted secret', 'refused AUTH_ACCESS_RESTRICTED', signed('restrictedSecret')),
  legacy('with an old secret', 'accepted', signed('oldSecret')),
  legacy(
    'with another algorithm in the header',
    undefined,
    header('alg', 'none', 'HS384', 'HS512', 'ES256', 'hs256', '', null, undefined),
  ),
  legacy('with a type', 'accepted', header('typ', 'JWT', 'x', '')),
  legacy('with a type that is no text', 'documented typed-header', header('typ', 1, null, [], {})),
  legacy('with a kid', 'accepted', header('kid', 'x', 'idp-1')),
];

/** Tokens of callers who share a secret. */
export const legacyScenarios = [
  ...legacyList,
  eachCharacter(['legacy'], 140),
  mixOf(legacy, legacyList, 800),
];

const jwks = scenariosOf(['jwks']);
const prefixed = scenariosOf(['prefixed']);
const open = scenariosOf(['open']);
const all = scenariosOf(['jwks', 'prefixed', 'open']);
const known = scenariosOf(['jwks', 'prefixed']);

const jwksList: Scenario<TokenInput>[] = [
  ...formScenarios(all),
  ...timeScenarios(all, 'refused AUTH_KEY_UNKNOWN').map(scenario => ({
    ...scenario,
    branch: scenario.branch?.startsWith('refused') ? undefined : scenario.branch,
  })),
  all('without exp', 'documented exp-required', claim('exp', undefined)),
  all('without iat', 'accepted', claim('iat', undefined)),
  all(
    'fractions of seconds',
    'accepted',
    fc.oneof(fraction('exp', 2, 3000), fraction('iat', -3000, -1), fraction('nbf', -3000, -1)),
  ),
  all(
    'expired in this second',
    'documented expired-to-the-millisecond',
    fraction('exp', 0, 0).filter(isOver),
  ),
  all(
    'dates that do not exist',
    'documented dates-that-exist',
    fc.oneof(claim('exp', 1e12, 1e15), claim('iat', -1, -0.5), claim('nbf', -1)),
  ),
  known(
    'from another issuer',
    undefined,
    claim(
      'iss',
      'https://other.example.org',
      '',
      null,
      undefined,
      ['https://idp.example.com'],
      1,
      'https://idp.example.com/',
    ),
  ),
  prefixed('from the second issuer', 'accepted', claim('iss', 'https://other.example.com')),
  known(
    'for somebody else',
    undefined,
    claim('aud', 'x', '', ['x'], [], null, undefined, 1, {}, [['backstage-backend']]),
  ),
  known('for several', 'accepted', claim('aud', ['backstage-backend'], ['x', 'backstage-backend'])),
  prefixed('for the second audience', 'accepted', claim('aud', 'second', ['second', 'x'])),
  open(
    'for whomever, from wherever',
    'accepted',
    both(claim('aud', 'x', null, undefined, []), claim('iss', 'x', null, undefined, 1)),
  ),
  open('for backstage', 'documented aud-backstage-elsewhere', claim('aud', 'backstage')),
  all(
    'of another',
    'accepted',
    claim('sub', 'x', 'käse', 'user:default/jane', 'plugin:catalog', 'x'.repeat(1000)),
  ),
  known('of another entry', undefined, claim('sub', 'ci:x', 'ci:', 'backstage-plugin')),
  jwks(
    'of a caller of another entry',
    'documented subjects-of-others',
    claim('sub', 'ci:x', 'ci:', 'ci:ci:x', 'backstage-plugin'),
  ),
  all('of nobody', undefined, claim('sub', '', null, undefined, 0, false)),
  all(
    'of what is no text',
    'documented subject-is-a-text',
    claim('sub', 1, true, ['x'], {}, ' ', 'x'.repeat(1025)),
  ),
  jwks(
    'with keys of other algorithms',
    'accepted',
    fc.oneof(
      signed('idpRsa', 'RS256', 'idp-rsa'),
      signed('idpPss', 'PS256', 'idp-pss'),
      signed('idpEd', 'EdDSA', 'idp-ed'),
      signed('idp384', 'ES384', 'idp-384'),
    ),
  ),
  jwks('with a weak key', 'documented weak-keys', signed('idpWeak', 'RS256', 'idp-weak')),
  jwks(
    'with the other name of the algorithm of its key',
    'documented ed25519-by-two-names',
    signed('idpEd', 'Ed25519', 'idp-ed'),
  ),
  jwks('with a key that names no algorithm', 'accepted', signed('idpBare', 'RS256', 'idp-bare')),
  jwks(
    'with such a key and another algorithm',
    'documented one-algorithm-per-key',
    signed('idpBarePss', 'PS256', 'idp-bare'),
  ),
  prefixed(
    'with an algorithm that is not configured',
    undefined,
    signed('prefixed384', 'ES384', 'prefixed-384'),
  ),
  jwks(
    'without kid, from one who has several keys',
    'documented kid-or-single-key',
    header('kid', undefined),
  ),
  open('without kid, from one who has one key', 'accepted', header('kid', undefined)),
  jwks('with an unknown kid', undefined, header('kid', 'idp-2', 'open-1', 'prefixed-1')),
  all('with an odd kid', undefined, header('kid', 1, null, [], {})),
  all('with a type', 'accepted', header('typ', 'JWT', 'at+jwt', '')),
  all('with a type that is no text', 'documented typed-header', header('typ', 1, null, [], {})),
  all(
    'with another algorithm in the header',
    undefined,
    header('alg', 'none', 'HS256', 'RS256', 'ES384', 'es256', '', null, undefined),
  ),
  jwks(
    'with a key that nobody publishes',
    undefined,
    fc.oneof(signed('strangeIdp'), signed('open'), signed('user')),
  ),
];

/** Tokens of third parties that publish their keys. */
export const jwksScenarios = [
  ...jwksList,
  eachCharacter(['jwks', 'open'], 330),
  mixOf(all, jwksList, 1_200),
];
