import { quote } from '@stagepass/auth-node/internal';
import type { Case } from './Findings';

const mockAdvice = [
  'mock tokens are for test suites, and only mockServices accept them: something under test calls a real backend',
  'use tokens of createTestAuthority (@stagepass/auth-test-utils) to test against real services',
];

/** Says what to change about a text that is no well-formed token. */
export function adviseOnForm({ description }: Case): string[] {
  const { kind, header = {} } = description;
  if (kind === 'mock token') return mockAdvice;
  if (kind === 'encrypted token') {
    return [
      'let the issuer sign the token (JWS) and not encrypt it (JWE): encrypted tokens are not read',
    ];
  }
  if (kind === 'no token') {
    return [
      'if it is meant to be a static token: no entry of type static in backend.auth.externalAccess of this configuration has it; ' +
        'compare the two, upper and lower case included, and look which environment variable it comes from',
      'if it is meant to be a signed token: copy it whole, three parts with dots between them',
    ];
  }
  if (Object.hasOwn(header, 'crit')) {
    return [
      'the token asks for more than this version understands: update the plugin that receives it',
      "or, where it carries access restrictions of its caller, set backend.auth.restrictedDelegation: 'plain' at the plugin that calls",
    ];
  }
  if (Object.hasOwn(description.claims ?? {}, 'obo') && description.problem === undefined) {
    return [
      'the token of the user in it (obo) is broken: pass credentials on with getPluginRequestToken',
    ];
  }
  return [
    'copy the token whole and unchanged; if it is, its issuer must write it as RFC 7515 says, see the reason',
  ];
}

/** Says what to change when nobody takes a token of its kind. */
export function adviseOnType({ description, trials }: Case): string[] {
  const { kind, claims = {} } = description;
  if (kind === 'mock token') return mockAdvice;
  if (kind === 'plugin token on behalf of a user') {
    return [
      'the plugin that called put another token than a limited user token into obo; let it call getPluginRequestToken with the credentials of the user',
    ];
  }
  if (kind === 'old user token') {
    return [
      'update the auth plugin that issues it, so that its user tokens have a type',
      'or accept the old form for as long as it issues them: backend.auth.acceptUntypedUserTokens: true',
    ];
  }
  const asked = trials.map(({ entry }) => entry.path);
  const ifNone = `${asked.length > 0 ? `none of ${asked.join(', ')} takes it` : 'no external caller is configured that could have signed it'}`;
  if (kind === 'legacy token') {
    return [
      `${ifNone}: add { type: legacy, options: { secret, subject } } to backend.auth.externalAccess, with the secret of the caller`,
    ];
  }
  return [
    `${ifNone}: add { type: jwks, options: { url, issuer: ${quote(claims.iss ?? '...')}, audience: ${quote(claims.aud ?? '...')} } } to backend.auth.externalAccess, if you trust this issuer`,
    'if it should be a user token or plugin token: send the one that the auth plugin or getPluginRequestToken gave, not that of an identity provider',
  ];
}
