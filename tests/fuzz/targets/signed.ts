import type { AuthService, Clock } from '@stagepass/auth-node';
import { createAuthBackend } from '../../../packages/auth-backend/src/createAuthBackend';
import { FakeNetwork } from '../../../packages/auth-backend/src/testing/FakeNetwork';
import { createKey } from '../../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../../packages/auth-backend/src/testing/tokenFixtures';
import { attemptLater, parseJson, promise } from '../promises';
import type { Target } from '../Target';

const NOW = 1_800_000_000;
const tokens = 'packages/auth-backend/src/tokens';
const pluginKey = createKey('catalog-key');
const userKey = createKey('user-key');

/** What the auth plugin has signed: a limited token of the one user whom `catalog` may speak for. */
const limited = forge(
  { typ: 'vnd.backstage.limited-user', alg: 'ES256', kid: 'user-key' },
  { sub: 'user:default/jane', iat: NOW, exp: NOW + 3600 },
  userKey.signing,
);

/**
 * The header and the claims of a token, a line each, that somebody signs who holds the key of the plugin `catalog`,
 * and sends to `scaffolder`. For `$limited` it puts the token of a user there who has called it.
 */
export const signed: Target = {
  name: 'signed',
  json: 'lines',
  sources: ['plugin/PluginTokens', 'claims', 'verifyJws'].map(name => `${tokens}/${name}.ts`),
  dictionary: [
    ...[
      'typ',
      'alg',
      'kid',
      'crit',
      'ES256',
      'RS256',
      'catalog-key',
      'user-key',
      'catalog',
      'auth',
    ],
    ...['vnd.backstage.plugin', 'vnd.backstage.user', 'vnd.backstage.limited-user', 'scaffolder'],
    ...[
      'sub',
      'aud',
      'iat',
      'exp',
      'nbf',
      'obo',
      '$limited',
      'iss',
      'backstage',
      '1800003600',
      '\n',
    ],
    ...['"obo":"$limited",', '"nbf":1800000000,', 'user:default/jane', '{"scaffolder":{}}'],
    '"crit":["urn:stagepass:access-restrictions"],"urn:stagepass:access-restrictions":',
  ],
  maxLength: 2_000,
  stepsPerByte: 200,
  async check(input) {
    const [header = '', claims = ''] = input
      .toString('latin1')
      .replace('$limited', limited)
      .split('\n');
    const auth = await scaffolder();
    const token = forge(header, claims, pluginKey.signing);
    const outcome = await attemptLater(() => auth.authenticate(token));
    if (!('value' in outcome)) return promise(!outcome.reason.includes(token), 'tells no token');
    const { principal } = outcome.value;
    const written = parseJson(claims) as Record<string, unknown>;
    promise(
      written.sub === 'catalog' && written.aud === 'scaffolder',
      'accepts what is for this plugin',
    );
    promise(Number(written.exp) > NOW, 'accepts what is valid');
    const life = Number(written.exp) - Number(written.iat);
    promise(life > 0 && life <= 24 * 3600, 'accepts what ends soon');
    if (written.obo === undefined) {
      const subject = auth.isPrincipal(outcome.value, 'service') && outcome.value.principal.subject;
      return promise(subject === 'plugin:catalog', 'takes a plugin for nobody else');
    }
    promise(written.obo === limited, 'takes a plugin for a user only with the token of that user');
    promise(
      (principal as { userEntityRef?: string }).userEntityRef === 'user:default/jane',
      'takes no user for another',
    );
  },
};

let opened: Promise<AuthService> | undefined;

/** How many inputs there were. */
let inputs = 0;

/** One for all inputs: none leaves a trace for the next one. */
function scaffolder(): Promise<AuthService> {
  inputs += 1;
  return (opened ??= open());
}

function open(): Promise<AuthService> {
  // Ten seconds pass between two inputs, so that no question for a key has to wait; but it stays the same day.
  const clock: Clock = {
    now: () => NOW * 1000,
    monotonic: () => inputs * 10_000,
    setTimeout: () => () => {},
  };
  const network = new FakeNetwork(clock, url => {
    const keys = { catalog: [pluginKey.jwk], auth: [userKey.jwk] }[url.split('/')[4] ?? ''];
    return keys ? Response.json({ keys }) : new Response('', { status: 404 });
  });
  const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
  const getBaseUrl = async (id: string) => `http://backend/api/${id}`;
  return createAuthBackend({
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    config: {},
    logger: silent,
    clock,
    fetch: network.fetch,
  }).forPlugin('scaffolder');
}
