import type { Rule } from './engine';
import { LONG_PLUGIN_ID } from './keys';
import type { TokenFacts } from './tokenFacts';
import { NOW, NOW_SECONDS } from './worlds';

const now = NOW / 1000;

/** The last moment that ours reads, in seconds since the epoch. */
const LATEST_DATE = 253_402_300_799;

/** The header parameter with the access restrictions of a call onward. */
const ACCESS_RESTRICTIONS = 'urn:stagepass:access-restrictions';

/** Plugins and users: the issuer is a part of the backend. */
const isOwn = ({ kind }: TokenFacts) => kind !== 'external' && kind !== 'static';
const isUser = ({ kind }: TokenFacts) =>
  kind === 'user' || kind === 'limited' || kind === 'untyped';
const isLegacy = ({ kind, header }: TokenFacts) => kind === 'external' && header.alg === 'HS256';
const isJws = ({ kind }: TokenFacts) => kind !== 'static';
const has = (members: Readonly<Record<string, unknown>>, name: string) =>
  Object.hasOwn(members, name);
const isNumber = (value: unknown): value is number => typeof value === 'number';

/** How the configured callers from outside refuse a token that is none of theirs. */
const thirdPartyCodes: readonly string[] = [
  'AUTH_ALGORITHM_NOT_ALLOWED',
  'AUTH_ISSUER_MISMATCH',
  'AUTH_AUDIENCE_MISMATCH',
  'AUTH_KEY_UNKNOWN',
  'AUTH_SIGNATURE_INVALID',
];

/** Makes a rule that covers a token, and a plugin token that carries such a token in `obo`. */
function refused(
  id: Rule<TokenFacts>['id'],
  as: readonly string[],
  covers: (facts: TokenFacts) => boolean,
): Rule<TokenFacts> {
  return {
    id,
    ours: 'refused',
    // Where no entry recognises a token, the one that came furthest gives the reason.
    as: ({ kind }) =>
      kind === 'external' || kind === 'untyped' ? [...as, ...thirdPartyCodes] : as,
    covers: facts =>
      covers(facts) || (facts.kind === 'plugin' && facts.obo !== undefined && covers(facts.obo)),
  };
}

function isOddDate(facts: TokenFacts, value: unknown): boolean {
  if (!isNumber(value)) return false;
  if (value < 0 || value > LATEST_DATE) return true;
  return isOwn(facts) && !Number.isInteger(value);
}

function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 1024;
}

const times = (facts: TokenFacts) => ['exp', 'iat', 'nbf'].map(name => facts.claims[name]);

/** Where the two part over tokens. */
export const tokenRules: ReadonlyArray<Rule<TokenFacts>> = [
  // The form of a token.
  refused(
    'canonical-base64url',
    ['AUTH_TOKEN_MALFORMED'],
    facts => isJws(facts) && !facts.canonical,
  ),
  refused('strict-json', ['AUTH_TOKEN_MALFORMED'], facts => {
    return (
      isJws(facts) &&
      facts.headerRead &&
      facts.claimsRead &&
      (!facts.utf8 || facts.duplicates || facts.deep)
    );
  }),
  refused('token-length', ['AUTH_TOKEN_MALFORMED'], ({ length }) => length > 32_768),
  refused('critical-headers', ['AUTH_TOKEN_MALFORMED'], facts => {
    const critical = ['crit', 'b64', ACCESS_RESTRICTIONS];
    return isJws(facts) && !isRestricted(facts) && critical.some(name => has(facts.header, name));
  }),
  { id: 'restricted-plugin-tokens', ours: 'accepted', covers: isRestricted },
  refused('typed-header', ['AUTH_TOKEN_MALFORMED'], facts => {
    const { typ, kid } = facts.header;
    const oddTyp = has(facts.header, 'typ') && typeof typ !== 'string';
    const oddKid = has(facts.header, 'kid') && (typeof kid !== 'string' || kid === '');
    return isJws(facts) && (oddTyp || oddKid);
  }),
  // Keys and algorithms.
  refused('kid-required', ['AUTH_KEY_UNKNOWN'], facts => isOwn(facts) && !has(facts.header, 'kid')),
  refused('kid-or-single-key', ['AUTH_KEY_UNKNOWN'], facts => {
    return (
      facts.kind === 'external' &&
      !isLegacy(facts) &&
      !has(facts.header, 'kid') &&
      facts.signer !== 'open'
    );
  }),
  refused('pinned-algorithm', ['AUTH_ALGORITHM_NOT_ALLOWED'], facts => {
    return isOwn(facts) && facts.header.alg !== 'ES256';
  }),
  refused('one-algorithm-per-key', ['AUTH_ALGORITHM_NOT_ALLOWED'], ({ kind, header }) => {
    return kind === 'external' && header.kid === 'idp-bare' && header.alg !== 'RS256';
  }),
  refused('weak-keys', ['AUTH_KEY_UNKNOWN'], ({ kind, header }) => {
    return kind === 'external' && header.kid === 'idp-weak';
  }),
  {
    id: 'ed25519-by-two-names',
    ours: 'accepted',
    covers: ({ kind, header }) =>
      kind === 'external' && header.kid === 'idp-ed' && header.alg === 'Ed25519',
  },
  // Times.
  refused(
    'exp-required',
    ['AUTH_CLAIM_INVALID'],
    facts => isJws(facts) && !has(facts.claims, 'exp'),
  ),
  refused(
    'iat-required',
    ['AUTH_CLAIM_INVALID'],
    facts => isOwn(facts) && !has(facts.claims, 'iat'),
  ),
  refused('dates-that-exist', ['AUTH_CLAIM_INVALID'], facts => {
    return isJws(facts) && times(facts).some(value => isOddDate(facts, value));
  }),
  refused('exp-after-iat', ['AUTH_CLAIM_INVALID'], ({ claims: { exp, iat } }) => {
    return isNumber(exp) && isNumber(iat) && exp < iat;
  }),
  refused('iat-in-the-past', ['AUTH_TOKEN_NOT_YET_VALID'], ({ claims: { iat } }) => {
    return isNumber(iat) && iat > now + 60;
  }),
  refused('expired-to-the-millisecond', ['AUTH_TOKEN_EXPIRED'], ({ claims: { exp } }) => {
    return isNumber(exp) && exp > NOW_SECONDS && exp <= now;
  }),
  {
    id: 'nbf-skew',
    ours: 'accepted',
    covers: facts =>
      [facts, facts.obo].some(token => {
        const nbf = token?.claims.nbf;
        return isNumber(nbf) && nbf > NOW_SECONDS && nbf <= now + 60;
      }),
  },
  refused('plugin-token-life', ['AUTH_CLAIM_INVALID'], ({ kind, claims: { exp, iat } }) => {
    return kind === 'plugin' && isNumber(exp) && isNumber(iat) && exp - iat > 86_400;
  }),
  // Who it is from, and for.
  refused('aud-is-one-text', ['AUTH_AUDIENCE_MISMATCH'], ({ kind, claims: { aud } }) => {
    return kind === 'plugin' && Array.isArray(aud);
  }),
  refused('plugin-id-is-a-text', ['AUTH_CLAIM_INVALID'], ({ kind, claims: { sub } }) => {
    return kind === 'plugin' && (typeof sub !== 'string' || sub.length >= LONG_PLUGIN_ID.length);
  }),
  refused('subject-is-a-text', ['AUTH_CLAIM_INVALID'], facts => {
    const isThirdParty = facts.kind === 'external' && !isLegacy(facts);
    return (isUser(facts) || isThirdParty) && !isSubject(facts.claims.sub);
  }),
  refused('subjects-of-others', ['AUTH_CLAIM_INVALID'], facts => {
    const { sub } = facts.claims;
    if (facts.kind !== 'external' || isLegacy(facts) || typeof sub !== 'string') return false;
    return !facts.signer?.startsWith('prefixed') && /^(ci:|backstage-plugin$)/.test(sub);
  }),
  refused('legacy-has-no-aud', ['AUTH_TOKEN_TYPE_UNKNOWN'], facts => {
    return isLegacy(facts) && facts.claims.sub === 'backstage-server' && has(facts.claims, 'aud');
  }),
  // Users.
  refused('untyped-user-tokens', ['AUTH_TOKEN_TYPE_UNKNOWN'], isStrangeUser),
  {
    id: 'aud-backstage-elsewhere',
    ours: 'accepted',
    covers: facts => isStrangeUser(facts) && facts.signer === 'open',
  },
  {
    id: 'obo-is-a-limited-token',
    ours: 'refused',
    as: ['AUTH_CLAIM_INVALID', 'AUTH_TOKEN_TYPE_UNKNOWN'],
    covers: ({ kind, claims, obo }) => {
      return kind === 'plugin' && has(claims, 'obo') && !(obo && isLimitedForm(obo));
    },
  },
  // How a refusal is said.
  {
    id: 'refusals-are-401',
    ours: 'otherwise',
    as: ['AuthenticationError'],
    covers: facts => (facts.kind === 'plugin' && !facts.claimsRead) || isFailedLegacy(facts),
  },
  {
    id: 'keys-unavailable',
    ours: 'otherwise',
    as: ['ServiceUnavailableError'],
    covers: ({ kind, claims: { sub } }) => kind === 'plugin' && sub === 'broken',
  },
  {
    id: 'strangers-share-requests',
    ours: 'otherwise',
    as: ['ServiceUnavailableError'],
    covers: ({ kind, claims: { sub } }) => kind === 'plugin' && sub !== 'caller' && sub !== 'solo',
  },
];

/** A call for a restricted caller, marked as one. */
function isRestricted({ kind, header }: TokenFacts): boolean {
  return (
    kind === 'plugin' &&
    has(header, ACCESS_RESTRICTIONS) &&
    JSON.stringify(header.crit) === JSON.stringify([ACCESS_RESTRICTIONS]) &&
    !has(header, 'b64')
  );
}

/** A token with a secret that is refused for something else than its signature. */
function isFailedLegacy(facts: TokenFacts): boolean {
  const { exp, nbf, sub } = facts.claims;
  const isOver = isNumber(exp) && exp <= NOW_SECONDS;
  const isEarly = isNumber(nbf) && nbf > NOW_SECONDS;
  const isOdd = times(facts).some(value => value !== undefined && !isNumber(value));
  const isCritical = has(facts.header, 'crit');
  return (
    isLegacy(facts) && sub === 'backstage-server' && (isOver || isEarly || isOdd || isCritical)
  );
}

/** A token of the old form has no limited form, and stands for itself. */
function isLimitedForm({ kind, header, untypedAccepted }: TokenFacts): boolean {
  return kind === 'limited' || (kind === 'untyped' && untypedAccepted && !has(header, 'typ'));
}

/** Only its audience says that the token is a user's, and ours was not told to believe that. */
function isStrangeUser({ kind, header, untypedAccepted }: TokenFacts): boolean {
  return kind === 'untyped' && !(untypedAccepted && !has(header, 'typ'));
}
