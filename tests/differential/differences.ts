/** One row of `docs/differences.md`. */
export interface Difference {
  readonly about: string;
  /** What Backstage's service does. */
  readonly theirs: string;
  /** What ours does. */
  readonly ours: string;
  readonly why: string;
  /** The decision record that says more, without its number. */
  readonly record: string;
}

const FORM = 'one-way-to-write-a-token';
const KEYS = 'one-key-one-algorithm';
const TIMES = 'times-of-tokens';
const CLAIMS = 'claims-are-typed';
const OLD = 'old-user-tokens';
const COOKIE = 'the-auth-cookie';
const PATHS = 'path-policies';
const READINGS = 'every-reading-of-a-path';
const CONFIG = 'configuration-is-strict';
const ERRORS = 'one-sentence-per-refusal';
const STORED = 'stored-credentials';
const RESTRICTED = 'restricted-delegation';

/** Where Stagepass differs from Backstage 0.18: all that the suite knows, and all that it allows. */
export const differences = {
  'canonical-base64url': {
    about:
      'A segment of a token in another alphabet than base64url, with padding, white space or stray bits',
    theirs: 'Reads it',
    ours: 'Refuses it',
    why: 'One way to write each token, so that logs, caches and proxies speak of the same one',
    record: FORM,
  },
  'strict-json': {
    about:
      'Header or claims with duplicate members, a byte order mark, broken UTF-8, or more than 100 levels',
    theirs: 'Takes the last of duplicate members, and reads the rest',
    ours: 'Refuses it',
    why: 'Readers of duplicates disagree on which one counts (RFC 7515 section 4)',
    record: FORM,
  },
  'token-length': {
    about: 'A token of more than 32,768 characters, a configured static one too',
    theirs: 'Reads it',
    ours: 'Refuses it',
    why: 'The issuer never makes longer ones, and work before the signature is bounded',
    record: FORM,
  },
  'critical-headers': {
    about:
      'A header with `b64`, with `crit` that lists only `b64`, or with access restrictions that it does not mark as critical, in a token that is encoded as usual',
    theirs: 'Accepts the token',
    ours: 'Refuses `b64`, and every `crit` but for access restrictions in a plugin token',
    why: 'What is critical and not used by any issuer need not be understood, and a limit is not passed over',
    record: FORM,
  },
  'typed-header': {
    about: 'A header whose `typ` or `kid` is no text',
    theirs: 'Takes it as absent',
    ours: 'Refuses the token',
    why: 'Members are typed, never coerced',
    record: FORM,
  },
  'kid-required': {
    about: 'A plugin or user token without `kid`',
    theirs: 'Takes the key that fits, if the issuer publishes only one',
    ours: 'Refuses it',
    why: 'All issuers name their key, and a key that is named cannot be mistaken',
    record: KEYS,
  },
  'kid-or-single-key': {
    about: 'A third party token without `kid`, from an issuer of several keys',
    theirs: 'Takes the key that fits its algorithm, if there is only one',
    ours: 'Accepts it only from an issuer that publishes a single key',
    why: 'Adding a key for another algorithm must not change which one verifies',
    record: KEYS,
  },
  'pinned-algorithm': {
    about:
      'A plugin or user token of another algorithm than ES256, with a key of the issuer for that algorithm',
    theirs: 'Accepts every asymmetric algorithm that a published key has',
    ours: 'Accepts ES256, and for users what `auth` is configured to sign with, for plugins what the static keys have',
    why: 'The verifier decides about algorithms (RFC 8725 section 3.1)',
    record: KEYS,
  },
  'one-algorithm-per-key': {
    about: 'A published RSA key that names no `alg`',
    theirs: 'Verifies with it every RSA algorithm',
    ours: 'Binds it to the first configured algorithm that fits, RS256 by default',
    why: 'A key is used with one algorithm (RFC 8725 section 3.1)',
    record: KEYS,
  },
  'ed25519-by-two-names': {
    about:
      'A third party token with the algorithm `Ed25519` whose key says `EdDSA`, or the other way round',
    theirs: 'Refuses it',
    ours: 'Accepts it, where the entry allows the name in the token',
    why: 'They are two names of one algorithm (RFC 9864 section 2.2)',
    record: KEYS,
  },
  'exp-required': {
    about: 'A legacy or third party token without `exp`',
    theirs: 'Accepts it',
    ours: 'Refuses it',
    why: 'Every token ends',
    record: TIMES,
  },
  'iat-required': {
    about: 'A user token of the old form without `iat`',
    theirs: 'Accepts it',
    ours: 'Refuses it',
    why: 'The limited form of a token states when it was issued',
    record: TIMES,
  },
  'dates-that-exist': {
    about:
      'A time before 1970 or after 9999; for plugin and user tokens also fractions of a second',
    theirs: 'Reads any number',
    ours: 'Refuses the token',
    why: 'Both issuers write whole seconds, and a date that cannot be written cannot be logged or compared',
    record: TIMES,
  },
  'exp-after-iat': {
    about: 'A token that expired before it was issued',
    theirs: 'Looks at `exp` alone',
    ours: 'Refuses it',
    why: 'It contradicts itself',
    record: TIMES,
  },
  'iat-in-the-past': {
    about: 'A token issued more than 60 s ahead of now',
    theirs: 'Does not compare `iat` with the clock',
    ours: 'Refuses it until then',
    why: 'Clocks are within 60 s of each other; more is a mistake somewhere',
    record: TIMES,
  },
  'expired-to-the-millisecond': {
    about:
      'A legacy or third party token whose `exp` has a fraction, in the second in which it expires',
    theirs: 'Compares with the whole second',
    ours: 'Refuses it from that fraction on',
    why: 'Expired means expired',
    record: TIMES,
  },
  'nbf-skew': {
    about: 'A token whose `nbf` is up to 60 s ahead',
    theirs: 'Refuses it until then',
    ours: 'Accepts it',
    why: 'The same skew as for `iat`, where clocks differ',
    record: TIMES,
  },
  'plugin-token-life': {
    about: 'A plugin token that is valid for more than 24 h',
    theirs: 'Accepts it',
    ours: 'Refuses it',
    why: 'Both issue them for one hour',
    record: TIMES,
  },
  'aud-is-one-text': {
    about: 'A plugin token whose `aud` is a list that has the plugin in it',
    theirs: 'Accepts it',
    ours: 'Refuses it',
    why: 'A plugin token is for one plugin',
    record: CLAIMS,
  },
  'plugin-id-is-a-text': {
    about: 'A plugin token whose `sub` is a number or a list, or has more than 128 characters',
    theirs: 'Takes its printed form for the id',
    ours: 'Refuses it',
    why: 'Claims are typed, never coerced, and the id becomes part of a URL',
    record: CLAIMS,
  },
  'subject-is-a-text': {
    about:
      'A user or third party token whose `sub` is no text, blank, or of more than 1024 characters',
    theirs: 'Takes whatever is there, if it is not empty',
    ours: 'Refuses it',
    why: 'Claims are typed, never coerced',
    record: CLAIMS,
  },
  'subjects-of-others': {
    about:
      'A third party token whose subject, with the prefix of its entry, begins with the longer prefix of another entry, or is the subject of one',
    theirs: 'Accepts it as that subject',
    ours: 'Refuses it',
    why: 'No third party can name the callers of another',
    record: 'names-of-external-callers',
  },
  'legacy-has-no-aud': {
    about: 'A legacy token with an `aud` that is empty, null, 0 or false',
    theirs: 'Takes it for one without `aud`',
    ours: 'Takes it for one with `aud`, which is none of these callers',
    why: 'Present means present',
    record: CLAIMS,
  },
  'untyped-user-tokens': {
    about: 'A token that only `aud: backstage` marks as a user token, alone or in `obo`',
    theirs: 'Accepts it',
    ours: 'Accepts it where `backend.auth.acceptUntypedUserTokens` is true, and it names no other `typ`',
    why: 'Kinds of tokens are told apart by their type (RFC 8725 section 3.11)',
    record: OLD,
  },
  'aud-backstage-elsewhere': {
    about: 'A third party token whose `aud` is `backstage`, where the entry accepts that',
    theirs: 'Takes it for a user token, and refuses it',
    ours: 'Accepts it as that caller, unless old user tokens are accepted',
    why: 'An audience says whom a token is for, not what it is',
    record: OLD,
  },
  'obo-is-a-limited-token': {
    about:
      'A plugin token whose `obo` is not a limited user token: a full one, nothing, or not a text',
    theirs:
      'Accepts the full user token as the user; takes an empty, null, 0 or false `obo` for none',
    ours: 'Refuses the token',
    why: 'A present but unusable `obo` never makes the plugin the caller',
    record: 'obo-is-a-limited-token',
  },
  'refusals-are-401': {
    about:
      'A plugin token without readable claims, a legacy token refused for its times, and user credentials without their token',
    theirs: 'Throws an error of another name, which is answered with 500',
    ours: 'Throws an `AuthenticationError`, which is answered with 401',
    why: 'The token is at fault, not the service',
    record: ERRORS,
  },
  'one-sentence-per-refusal': {
    about: 'The message of a refusal',
    theirs: 'Says what was wrong, and which plugins a restricted caller may use',
    ours: 'Has one sentence per class of refusals, and a `code`; the reason goes to the log',
    why: 'Operators find the reason, callers cannot try for it',
    record: ERRORS,
  },
  'keys-unavailable': {
    about: 'A token of a plugin whose key set cannot be fetched',
    theirs: 'Throws an `AuthenticationError`',
    ours: 'Throws a `ServiceUnavailableError` with `AUTH_KEYS_UNAVAILABLE`, answered with 503',
    why: '401 means that the caller is at fault; here nobody knows',
    record: 'keys-through-outages',
  },
  'keys-through-outage': {
    about:
      'A token with a key that was published when the key set could last be fetched, more than 10 minutes ago',
    theirs: 'Refuses it, since the set is too old',
    ours: 'Accepts it, for 3 h (third parties: 24 h) after the key was last seen',
    why: 'An outage of one plugin is not one of all',
    record: 'keys-through-outages',
  },
  'strangers-share-requests': {
    about:
      'A token of a plugin that is not known yet, while ten such tokens a minute have come that proved nothing',
    theirs: 'Fetches its key set',
    ours: 'Throws a `ServiceUnavailableError`; known are the plugins of `discovery.endpoints`, those that are called, and those that have called',
    why: 'Anybody can write tokens of plugins that do not exist, each of which would cause a request',
    record: 'keys-through-outages',
  },
  'published-keys': {
    about:
      'A published key whose `use`, `key_ops` or `alg` is of another type, whose coordinates are padded, or that has a private member but no `d`',
    theirs: 'Takes these members as absent, and uses it',
    ours: 'Ignores the key',
    why: 'A limit that cannot be read is not lifted',
    record: KEYS,
  },
  'weak-keys': {
    about:
      'A published key under which others can sign: RSA with an exponent below 65,537, an even modulus or the weakness ROCA, Ed25519 with a point of small order',
    theirs: 'Uses it',
    ours: 'Ignores the key',
    why: 'Its signatures prove nothing, whoever publishes it',
    record: KEYS,
  },
  'unusable-entries': {
    about: 'A key set with an entry that is no object, beside good keys',
    theirs: 'Refuses the whole set',
    ours: 'Ignores the entry',
    why: 'One bad entry is not an outage',
    record: KEYS,
  },
  'several-keys-of-one-id': {
    about: 'A key set with several usable keys of the id that the token names',
    theirs:
      'Uses the one that fits the algorithm of the token, and refuses the token if there are two',
    ours: 'Uses the last of them',
    why: 'An id names one key; a set that is written twice over is no outage',
    record: KEYS,
  },
  'authorization-header': {
    about:
      'An `Authorization` header that is not exactly one `Bearer` and token of visible ASCII, where credentials are asked for',
    theirs: 'Takes it for no credentials, and looks for the cookie; takes the first of two',
    ours: 'Refuses the request',
    why: 'Who meant to present credentials is not taken for who presented none',
    record: 'authorization-header',
  },
  'cookie-is-a-limited-token': {
    about: 'A cookie that holds something else than a limited user token',
    theirs: 'Accepts every kind of token in it',
    ours: 'Refuses it',
    why: 'The cookie holds a limited user token and nothing else',
    record: COOKIE,
  },
  'cookie-as-received': {
    about: 'A cookie value in double quotes, or with percent-encoded characters',
    theirs: 'Removes the quotes, and decodes it',
    ours: 'Takes it as it came, so that it is no token',
    why: 'One way to write each token',
    record: COOKIE,
  },
  'several-cookies': {
    about: 'Several cookies of the name',
    theirs: 'Looks at the first',
    ours: 'Tries all, passes over those that prove nothing, and refuses two different users',
    why: 'Who can add a cookie must neither shut a user out nor become another one',
    record: COOKIE,
  },
  'cookie-origin': {
    about:
      'A request with the cookie that can change something, or opens a socket, from a foreign origin',
    theirs: 'Accepts it',
    ours: 'Refuses it, unless it is same-origin or from an origin in `backend.cors.origin`',
    why: 'Browsers add the cookie to whatever a site makes them send',
    record: COOKIE,
  },
  'host-only-cookie': {
    about: 'The cookie that is set',
    theirs: 'Has the host of the plugin as `Domain`',
    ours: 'Has no `Domain` unless one is configured, and `Max-Age` beside `Expires`',
    why: 'Only the host that set it gets it back',
    record: COOKIE,
  },
  'cookie-of-another-user': {
    about: 'Issuing the cookie while a good one of another user is there',
    theirs: 'Leaves that one in place',
    ours: 'Replaces it',
    why: 'Who signs in is who the cookie is for',
    record: COOKIE,
  },
  'ambiguous-paths': {
    about:
      'A path with dot segments, empty segments, encoded or backward separators, control characters, or encoded wrongly or twice',
    theirs: 'Matches it as received',
    ours: 'Needs credentials whatever the policies say',
    why: 'Two programs could read it as two paths',
    record: PATHS,
  },
  'case-of-paths': {
    about:
      'A path in another case than that of the policy, where the router is not known to ignore case, as in Backstage it is',
    theirs: 'Matches it without regard to case',
    ours: 'Needs credentials',
    why: 'A router that tells cases apart gives it to another handler',
    record: READINGS,
  },
  'encoded-paths': {
    about: 'A path with encoded characters that policies match differently once it is decoded',
    theirs: 'Looks at the path as received',
    ours: 'Looks at both readings, the stricter counts',
    why: 'Routers decode',
    record: PATHS,
  },
  'most-specific-policy': {
    about: 'A path under policies of both kinds',
    theirs: 'Needs nothing, whichever is narrower',
    ours: 'Needs what the most specific one says',
    why: 'A narrow policy is written to make an exception from a wide one',
    record: PATHS,
  },
  'contradicting-policies': {
    about: 'Two policies of different kinds for the same paths',
    theirs: 'Adds both',
    ours: 'Refuses the second',
    why: 'One of them is a mistake',
    record: PATHS,
  },
  'policy-paths': {
    about: 'A policy whose path does not begin with `/`, or has two wildcards',
    theirs: 'Adds it',
    ours: 'Refuses it',
    why: 'The first never matches, the second can take more than linear time',
    record: PATHS,
  },
  'policy-methods-and-exact': {
    about: 'A policy with `methods` or `exact`',
    theirs: 'Does not know them, and covers all methods and everything below',
    ours: 'Covers only these methods, or only the path itself',
    why: 'Needed often, and more than Backstage has',
    record: PATHS,
  },
  'target-plugin-id': {
    about: 'Asking for a token to a target that is no plugin id',
    theirs: 'Issues it',
    ours: 'Throws an `InputError`',
    why: 'Nobody could accept it',
    record: CLAIMS,
  },
  'uip-is-a-text': {
    about: 'Limiting a user token whose `uip` is no base64url text',
    theirs: 'Puts its printed form into the token',
    ours: 'Refuses it',
    why: 'The result could not be verified',
    record: CLAIMS,
  },
  'restricted-calls': {
    about: 'A call onward for a restricted caller, to a plugin that its access restrictions list',
    theirs:
      'Issues a token without the restrictions where they name no permissions, and refuses where they do',
    ours: 'Issues a token that carries all of them in a critical header; does as Backstage where `backend.auth.restrictedDelegation` is `plain`',
    why: 'Restricted callers stay restricted across hops, and can be served',
    record: RESTRICTED,
  },
  'restricted-plugin-tokens': {
    about: 'A plugin token with access restrictions in a critical header',
    theirs: 'Refuses it, since it does not know the header',
    ours: 'Accepts the plugin within the restrictions, or refuses with 403 where they do not list the receiver',
    why: 'Restricted callers stay restricted across hops',
    record: RESTRICTED,
  },
  'stored-service-credentials': {
    about: 'Credentials of a service that come out of JSON, for a call onward',
    theirs: 'Takes them at their word',
    ours: 'Refuses them, unless `backend.auth.dangerouslyAllowStoredServiceCredentials` is true',
    why: 'They prove nothing',
    record: STORED,
  },
  'stored-user-credentials': {
    about:
      'Credentials of a user that come out of JSON and name another user than the token in them',
    theirs: 'Uses the token',
    ours: 'Verifies the token again, and refuses',
    why: 'They have no authority but the token',
    record: STORED,
  },
  'unknown-keys': {
    about: 'A key in `backend.auth` that has no meaning',
    theirs: 'Starts',
    ours: 'Does not start, and names the key that was likely meant',
    why: 'A misspelt limit is no limit',
    record: CONFIG,
  },
  'placeholder-tokens': {
    about: 'A static token out of an example, such as `changeme` or `${TOKEN}`',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'Everybody knows it',
    record: CONFIG,
  },
  'static-tokens-in-ascii': {
    about: 'A static token with other characters than visible ASCII',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'A header cannot carry it, so that its caller would always be refused',
    record: CONFIG,
  },
  'external-subjects': {
    about: 'A subject of an external caller that begins with `plugin:` or `user:`',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'It would read as somebody inside',
    record: CONFIG,
  },
  'strict-secrets': {
    about: 'A legacy secret that is not strictly base64, or has less than 16 bytes',
    theirs: 'Decodes what it can',
    ours: 'Does not start',
    why: 'It would be shorter than it looks, and could be guessed from one token',
    record: CONFIG,
  },
  'distinct-secrets': {
    about: 'Two callers with the same token or secret',
    theirs: 'Starts, and the first is always meant',
    ours: 'Does not start',
    why: 'The restrictions of the second would never apply',
    record: CONFIG,
  },
  'jwks-parties': {
    about: 'A third party without `issuer` or without `audience`',
    theirs: 'Starts, and accepts every issuer or audience',
    ours: 'Does not start without `dangerouslyAllowAnyIssuer`, `dangerouslyAllowAnyAudience`; both together are refused',
    why: 'A forgotten option never weakens',
    record: CONFIG,
  },
  'jwks-algorithms': {
    about: 'A third party with algorithms that are unknown or symmetric',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'No token could ever be accepted, or a published key would be a secret',
    record: CONFIG,
  },
  'jwks-urls': {
    about: 'A key set URL that is not http or https, or has credentials in it',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'It cannot be fetched, and would be written to logs',
    record: CONFIG,
  },
  'jwks-subject-prefix': {
    about: 'A subject prefix with white space',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'Subjects have none',
    record: CONFIG,
  },
  'restrictions-restrict': {
    about: 'Access restrictions that are empty or null, or a member of one that is',
    theirs: 'Takes them for no restriction',
    ours: 'Does not start',
    why: 'Who writes a limit means one',
    record: CONFIG,
  },
  'restricted-plugin-ids': {
    about: 'Access restrictions to what is no plugin id',
    theirs: 'Starts, and they match no plugin',
    ours: 'Does not start',
    why: 'Patterns such as `*` are not supported, and should not seem to be',
    record: CONFIG,
  },
  'static-keys-fit': {
    about: 'A static key that does not fit its algorithm or its public key, or two of one id',
    theirs: 'Starts',
    ours: 'Does not start',
    why: 'The tokens that it signs could not be verified',
    record: KEYS,
  },
  'one-database-per-plugin': {
    about: 'Two plugins that keep their keys in one database, or in one schema of it',
    theirs: 'Starts both',
    ours: 'Does not start the second',
    why: 'A plugin publishes what is in its key table, and would vouch for the keys of the other',
    record: 'a-key-table-belongs-to-one-plugin',
  },
  'well-formed-mock-tokens': {
    about: 'A mock token that carries no JSON object, or members of other types',
    theirs: 'Reads some of them, and throws errors of other names for others',
    ours: 'Throws an `AuthenticationError`',
    why: 'The mocks obey the rules of the real service',
    record: 'mocks-obey-the-rules',
  },
} as const satisfies Record<string, Difference>;

/** A row of the table. */
export type DifferenceId = keyof typeof differences;
