import fc from 'fast-check';
import { LONG_PLUGIN_ID } from './keys';
import type { TokenInput } from './tokenInputs';
import {
  both,
  claim,
  eachCharacter,
  formScenarios,
  fraction,
  harmless,
  header,
  mixOf,
  type Scenario,
  scenariosOf,
  signed,
  time,
  timeScenarios,
} from './tokenScenarios';

/** Marked access restrictions with one of these values. */
const restricted = (...values: unknown[]) =>
  both(
    header('crit', ['urn:stagepass:access-restrictions']),
    header('urn:stagepass:access-restrictions', ...values),
  );

const make = scenariosOf(['plugin', 'solo']);
const caller = scenariosOf(['plugin']);
const solo = scenariosOf(['solo']);

const scenarios: Scenario<TokenInput>[] = [
  ...formScenarios(make),
  ...timeScenarios(make),
  make(
    'for a restricted caller',
    'documented restricted-plugin-tokens',
    restricted(
      { receiver: {} },
      { receiver: { permissionNames: ['a'] }, catalog: {} },
      { receiver: { permissionAttributes: { action: ['read'] } } },
      { catalog: {} },
    ),
  ),
  make(
    'with restrictions that nobody understands',
    'refused AUTH_TOKEN_MALFORMED',
    restricted({}, null, [], 'receiver', { receiver: null }, { receiver: { until: 1 } }, undefined),
  ),
  make(
    'for a user and a restricted caller at once',
    undefined,
    both(restricted({ receiver: {} }), claim('obo', 'x', '', null)),
  ),
  make(
    'for another plugin',
    'refused AUTH_AUDIENCE_MISMATCH',
    claim('aud', 'catalog', '', 'Receiver', 'receiver ', null, undefined, 1, {}),
  ),
  make(
    'for several plugins',
    'documented aud-is-one-text',
    claim('aud', ['receiver'], ['catalog', 'receiver']),
  ),
  make(
    'for several other plugins',
    'refused AUTH_AUDIENCE_MISMATCH',
    claim('aud', [], ['catalog'], [['receiver']]),
  ),
  make(
    'from what is no plugin',
    'refused AUTH_CLAIM_INVALID',
    claim(
      'sub',
      '',
      '../x',
      'a/b',
      'a b',
      null,
      undefined,
      {},
      [],
      'käse',
      '\u212a',
      'plugin:caller',
    ),
  ),
  make(
    'from an unknown plugin',
    'refused AUTH_KEY_UNKNOWN',
    claim('sub', 'CALLER', 'nobody', '__proto__', 'constructor', 'auth'),
  ),
  solo(
    'from a plugin whose id is no text',
    'documented plugin-id-is-a-text',
    claim('sub', 42, ['solo'], [['solo']], LONG_PLUGIN_ID),
  ),
  make('from a plugin out of order', 'documented keys-unavailable', claim('sub', 'broken')),
  solo('without kid', 'documented kid-required', header('kid', undefined)),
  solo('with an odd kid', 'documented typed-header', header('kid', 1, null, ['solo-1'], {})),
  caller(
    'with an unknown kid',
    'refused AUTH_KEY_UNKNOWN',
    header('kid', 'caller-3', 'solo-1', 'CALLER-1', '../caller-1'),
  ),
  make('with an empty kid', 'refused AUTH_TOKEN_MALFORMED', header('kid', '')),
  caller('with another key of the plugin', 'accepted', signed('callerSecond', 'ES256', 'caller-2')),
  caller(
    'with a key of another algorithm',
    'documented pinned-algorithm',
    fc.oneof(
      signed('callerRsa', 'RS256', 'caller-rsa'),
      signed('callerEd', 'EdDSA', 'caller-ed'),
      signed('caller384', 'ES384', 'caller-384'),
    ),
  ),
  make(
    'with another algorithm in the header',
    undefined,
    header('alg', 'none', 'HS256', 'RS256', 'ES384', 'es256', '', null, undefined, 1),
  ),
  caller(
    'with a key that nobody publishes',
    'refused AUTH_SIGNATURE_INVALID',
    fc.oneof(signed('stranger'), signed('user'), signed('callerSecond')),
  ),
  make(
    'of another type',
    undefined,
    header(
      'typ',
      'vnd.backstage.user',
      'vnd.backstage.limited-user',
      'JWT',
      'VND.BACKSTAGE.PLUGIN',
      'application/vnd.backstage.plugin',
      1,
      null,
      undefined,
    ),
  ),
  make(
    'for longer than a day',
    'documented plugin-token-life',
    both(time('iat', -60, 0), time('exp', 86_401, 200_000)),
  ),
  make('for a day', 'accepted', both(time('iat', 0, 0), time('exp', 80_000, 86_400))),
  make(
    'fractions of seconds',
    'documented dates-that-exist',
    fc.oneof(fraction('exp', 2, 3000), fraction('iat', -3000, -1), fraction('nbf', -3000, -1)),
  ),
  make(
    'dates that do not exist',
    'documented dates-that-exist',
    fc.oneof(
      claim('exp', 1e15, Number.MAX_SAFE_INTEGER),
      claim('iat', -1, -1e9),
      claim('nbf', -1, -0.5),
    ),
  ),
];

/** Tokens with which plugins call as themselves. */
export const pluginScenarios = [
  ...scenarios,
  eachCharacter(['plugin', 'solo'], 300),
  make('nothing that matters, again', 'accepted', fc.array(harmless, { maxLength: 4 }), 900),
  mixOf(make, scenarios, 1_500),
];
