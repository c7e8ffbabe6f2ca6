import type { JsonObject } from '@backstage/types';
import type { AuthErrorCode } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import { adviseOnExternal } from './adviceOnExternal';
import { adviseOnForm, adviseOnType } from './adviceOnKind';
import { adviseOnKeys, adviseOnUnavailableKeys } from './adviceOnKeys';
import { inWords } from './describeTimes';
import { type Case, decisiveTrial } from './Findings';

/** Says what to change so that a token is accepted, most likely first. */
export function adviseOn(of: Case): string[] {
  const { refusal } = of;
  if (!refusal) return adviseOnAccepted(of);
  return [...foresee(of), ...adviseOnOthers(of), ...advisers[refusal.code](of)];
}

/** What a third party's entry refuses may be meant for no third party at all. */
function adviseOnOthers(of: Case): string[] {
  const { kind } = of.description;
  const isMisread = kind === 'old user token' || kind === 'legacy token';
  const isThirdParty = decisiveTrial(of)?.entry.type === 'jwks';
  return isMisread && isThirdParty ? adviseOnType(of) : [];
}

/** Where nothing could be proved, the claims may say already why the token would be refused next. */
function foresee({ refusal, description, pluginId, now }: Case): string[] {
  const isUndecided =
    refusal?.code === 'AUTH_KEY_UNKNOWN' || refusal?.code === 'AUTH_KEYS_UNAVAILABLE';
  const { iat, exp, aud } = description.claims ?? {};
  if (!isUndecided) return [];
  const isPlugins = description.kind.startsWith('plugin token');
  return [
    ...(typeof exp === 'number' && exp <= now / 1000
      ? [
          `get a new token first: this one says that it expired ${inWords(now / 1000 - exp)} ago, and keys are published only as long as their tokens live`,
        ]
      : []),
    ...(typeof iat === 'number' && iat > now / 1000 + 60
      ? [
          `set the clocks (NTP) too: this one says that it was issued ${inWords(iat - now / 1000)} from now; up to a minute is allowed`,
        ]
      : []),
    ...(isPlugins && aud !== pluginId
      ? [
          `ask for a token with targetPluginId ${quote(pluginId)}: this one says that it is for ${quote(aud ?? null)}`,
        ]
      : []),
  ];
}

function adviseOnAccepted({ pluginId }: Case): string[] {
  return [
    `nothing about the token: the plugin ${quote(pluginId)} accepts it`,
    'if a request with it is refused all the same, the route allows other principals only (403, see `allow` of ' +
      'httpAuth.credentials), the header did not arrive as it was sent, or the backend runs with another configuration',
  ];
}

const advisers: Record<AuthErrorCode, (of: Case) => string[]> = {
  AUTH_TOKEN_MALFORMED: adviseOnForm,
  AUTH_TOKEN_TYPE_UNKNOWN: adviseOnType,
  AUTH_TOKEN_EXPIRED: adviseOnExpiry,
  AUTH_TOKEN_NOT_YET_VALID: ({ description, now }) => {
    const { iat, nbf } = description.claims ?? {};
    const from = Math.max(...[iat, nbf].map(time => (typeof time === 'number' ? time : 0)));
    return [
      `set the clocks (NTP): that of the issuer is at least ${inWords(from - now / 1000)} ahead of this host's; up to a minute is allowed`,
    ];
  },
  AUTH_SIGNATURE_INVALID: adviseOnSignature,
  AUTH_ALGORITHM_NOT_ALLOWED: adviseOnAlgorithm,
  AUTH_AUDIENCE_MISMATCH: of =>
    adviseOnExternal(of) ?? [
      `the caller asked for a token for ${target(of.description.claims)}: call getPluginRequestToken with targetPluginId ${quote(of.pluginId)}`,
      `or the call went to the wrong plugin: send it to ${target(of.description.claims)}`,
      'a plugin must not pass a token on that was sent to it: each call onward needs a token of its own',
    ],
  AUTH_ISSUER_MISMATCH: of => adviseOnExternal(of) ?? ['see the reason'],
  AUTH_CLAIM_INVALID: of => [
    decisiveTrial(of)
      ? 'let the third party write the claim as the reason says'
      : 'let the issuer write the claim as the reason says; tokens of getPluginRequestToken and of the auth plugin have it so',
  ],
  AUTH_KEY_UNKNOWN: adviseOnKeys,
  AUTH_KEYS_UNAVAILABLE: adviseOnUnavailableKeys,
  AUTH_LIMITED_TOKEN_NOT_ALLOWED: () => [
    'send the full user token as "Authorization: Bearer ..."; this one is the reduced form, as in the cookie',
    "or let the route take it: httpAuth.credentials(req, { allowLimitedAccess: true }), and a policy { path, allow: 'user-cookie' }",
  ],
  AUTH_ACCESS_RESTRICTED: adviseOnRestriction,
  // These are not of a token by itself: routes, callers and starts are refused with them.
  AUTH_CREDENTIALS_MISSING: () => ['send a token'],
  AUTH_REQUEST_AMBIGUOUS: () => ['send one Authorization header: "Bearer", a space and the token'],
  AUTH_PRINCIPAL_NOT_ALLOWED: () => ['allow the principal on the route'],
  AUTH_DELEGATION_NOT_ALLOWED: () => ['list the plugin in the accessRestrictions of the caller'],
  AUTH_CONFIG_INVALID: () => ['mend the configuration as the reason says'],
};

function adviseOnExpiry({ description, now }: Case): string[] {
  const { kind, claims = {} } = description;
  const late = typeof claims.exp === 'number' ? now / 1000 - claims.exp : Infinity;
  const renew = kind.startsWith('plugin token')
    ? 'ask for a token for each call (getPluginRequestToken), right before it; do not keep tokens'
    : kind === 'limited user token'
      ? 'renew the cookie (GET .backstage/auth/v1/cookie of the plugin) before it expires'
      : kind.includes('user')
        ? 'ask for the user token for each request, and sign in again once it has expired; do not keep it'
        : 'let the caller get a new token before this one expires';
  if (late > 60) return [renew];
  return [
    renew,
    `it expired only ${inWords(late)} ago: compare the clocks of both hosts; there is no leeway`,
  ];
}

function adviseOnSignature(of: Case): string[] {
  const path = decisiveTrial(of)?.entry.path;
  return [
    ...(of.description.kind === 'legacy token' && path
      ? [`give the caller and ${path}.options.secret the same secret`]
      : []),
    'copy the token whole and unchanged: one character makes the signature invalid',
    'make sure that no two backends sign with different keys under the same key id',
  ];
}

function adviseOnAlgorithm(of: Case): string[] {
  const external = adviseOnExternal(of);
  if (external) return external;
  const { kind, header = {} } = of.description;
  const alg = quote(header.alg ?? null);
  return kind.startsWith('plugin token')
    ? [
        `name the algorithm of the keys: backend.auth.pluginKeyStore.static.keys[].algorithm: ${alg}, the same in every backend`,
      ]
    : [`name the algorithm with which the auth plugin signs: auth.identityTokenAlgorithm: ${alg}`];
}

function adviseOnRestriction(of: Case): string[] {
  const { pluginId } = of;
  const trial = decisiveTrial(of);
  if (trial) {
    return [
      `add { plugin: ${pluginId} } to ${trial.entry.path}.accessRestrictions, if this caller should use the plugin`,
      `or let the caller use one of the plugins that it lists: ${[...(trial.entry.accessRestrictions?.keys() ?? [])].join(', ')}`,
    ];
  }
  return [
    `the call is made for an external caller whose access is restricted: add { plugin: ${pluginId} } to the accessRestrictions of its entry, if it should get this far`,
  ];
}

function target(claims: JsonObject | undefined): string {
  return quote(claims?.aud ?? null);
}
