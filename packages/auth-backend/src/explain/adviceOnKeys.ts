import { quote } from '@stagepass/auth-node/internal';
import { type Case, decisiveTrial } from './Findings';

/** Says what to change when the issuer does not publish the key that a token names. */
export function adviseOnKeys(of: Case): string[] {
  const { description, keys, expectedIssuer } = of;
  const last = keys.searches.at(-1);
  const asked = last?.asked.join(', then ') ?? 'nobody';
  if (last?.of !== 'external' && last?.asked.length === 0) {
    return ['let the issuer write the id of its key into the header (kid)'];
  }
  if (last?.of === 'external') {
    const path = decisiveTrial(of)?.entry.path;
    return [
      `make sure that ${path}.options.url names the key set of the issuer of this token; it was asked for at ${asked}`,
      'get a new token: the issuer may have withdrawn the key',
    ];
  }
  const issuer =
    last?.of === 'user'
      ? 'the auth plugin'
      : `the plugin ${quote(description.claims?.sub ?? null)}`;
  const iss = description.claims?.iss;
  const isForeign =
    last?.of === 'user' &&
    expectedIssuer !== undefined &&
    typeof iss === 'string' &&
    iss !== expectedIssuer;
  const url = last?.asked.findLast(where => where !== 'this process');
  const isNothingThere = url !== undefined && keys.answers.get(url) === 'status 404';
  return [
    ...(isNothingThere
      ? [
          `look at the base URL first: at ${url} there is no key set (status 404), so ${issuer} is elsewhere, or not running there`,
        ]
      : []),
    ...(isForeign
      ? [
          `use a token of this backend: this one is of ${quote(iss)}, and user tokens here are of ${quote(expectedIssuer)}`,
        ]
      : []),
    `get a new token: ${issuer} may have been restarted since, and without a database its keys die with the process (give createAuthBackend or createUserTokenIssuer a \`database\`)`,
    `let all replicas of ${issuer} use one database: each publishes the keys of all of them`,
    `make sure that the base URL is that of the backend which issued the token; the key was asked for at ${asked}`,
    `to find out which of these it is, search for ${quote(description.header?.kid ?? null)} in the log of ${issuer}, at level info: it tells each key that it published`,
  ];
}

/** Says what to change when it cannot be found out whether the issuer publishes the key. */
export function adviseOnUnavailableKeys(of: Case): string[] {
  const { keys } = of;
  const trial = decisiveTrial(of);
  if (trial?.entry.type === 'custom') {
    return [
      `look into the handler of ${trial.entry.path} (type ${quote(trial.entry.handlerType)}): it failed, see the reason`,
    ];
  }
  const urls = keys.searches.at(-1)?.asked.filter(where => where !== 'this process') ?? [];
  const url = urls.at(-1);
  if (url === undefined) {
    return [
      'look at the issuer in this process, whose key store cannot be read, or at discovery, which gives no usable base URL: see the reason',
    ];
  }
  const answer = keys.answers.get(url) ?? 'it was not asked';
  return [
    `make ${url} reachable from this host (${answer}); the token may well be good, and the answer is 503, not 401`,
    ...(trial
      ? [`or correct ${trial.entry.path}.options.url`]
      : [
          'or correct the base URL that discovery gives, or that this was asked with: it must be the internal address of the backend',
        ]),
  ];
}
