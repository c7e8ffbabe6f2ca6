import type { BackstageCredentials, BackstageUserPrincipal } from '@stagepass/auth-node';
import {
  type Installation,
  JANE,
  STATIC_TOKEN,
} from '../../packages/auth-backend/src/testing/Installation';
import { bearer, type Sent, World } from '../refusals/World';
import { legacyEntry, publish, signShared, ThirdParty } from './externalParties';

const idp = new ThirdParty();
const externalAccess = [
  { type: 'static', options: { token: STATIC_TOKEN, subject: 'ci' } },
  legacyEntry,
  idp.entry(),
];

/** The kinds of tokens, each of them good. */
const kinds = {
  user: it => it.userToken(),
  limited: it => it.limitedUserToken(),
  plugin: it => it.pluginToken(),
  'plugin on behalf of a user': it => it.pluginToken({ obo: it.limitedUserToken() }),
  static: () => STATIC_TOKEN,
  legacy: it => signShared({ sub: 'backstage-server', exp: it.now + 60 }),
  'third party': it => idp.token(it.now),
} satisfies Record<string, (it: Installation) => string>;
type Kind = keyof typeof kinds;

/** The ways by which a token can come in with a request. */
const requests = {
  'Authorization on a normal route': token => ({ path: '/private', headers: bearer(token) }),
  'Authorization on a cookie route': token => ({ path: '/view', headers: bearer(token) }),
  'the cookie on a cookie route': token => ({
    path: '/view',
    headers: { cookie: `backstage-auth=${token}` },
  }),
  'the cookie on a normal route': token => ({
    path: '/private',
    headers: { cookie: `backstage-auth=${token}` },
  }),
  'the obo claim': (token, it) => ({ headers: bearer(it.pluginToken({ obo: token })) }),
} satisfies Record<string, (token: string, it: Installation) => Sent>;
type Entry = keyof typeof requests;

/** What is answered to refusals; to all others that the token is illegal. */
const sentences: Readonly<Record<string, string>> = {
  AUTH_CREDENTIALS_MISSING: 'Missing credentials',
  AUTH_LIMITED_TOKEN_NOT_ALLOWED: 'Illegal limited user token',
};

const USER = `userPrincipal{${JANE}}`;
const ACTED = `userPrincipal{${JANE},actor={servicePrincipal{plugin:catalog}}}`;
const service = (subject: string) => `servicePrincipal{${subject}}`;
const NEVER = 'AUTH_TOKEN_TYPE_UNKNOWN';
const UNREAD = 'AUTH_CREDENTIALS_MISSING';

/** Cell by cell: whom a token proves there, or the code with which it is refused. */
const cells: Readonly<Record<Kind, Readonly<Record<Entry, string>>>> = {
  user: {
    'Authorization on a normal route': USER,
    'Authorization on a cookie route': USER,
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': NEVER,
  },
  limited: {
    'Authorization on a normal route': 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
    'Authorization on a cookie route': USER,
    'the cookie on a cookie route': USER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': ACTED,
  },
  plugin: {
    'Authorization on a normal route': service('plugin:catalog'),
    'Authorization on a cookie route': service('plugin:catalog'),
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': NEVER,
  },
  'plugin on behalf of a user': {
    'Authorization on a normal route': ACTED,
    'Authorization on a cookie route': ACTED,
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': NEVER,
  },
  static: {
    'Authorization on a normal route': service('ci'),
    'Authorization on a cookie route': service('ci'),
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': 'AUTH_TOKEN_MALFORMED',
  },
  legacy: {
    'Authorization on a normal route': service('old-caller'),
    'Authorization on a cookie route': service('old-caller'),
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': NEVER,
  },
  'third party': {
    'Authorization on a normal route': service('external:ci'),
    'Authorization on a cookie route': service('external:ci'),
    'the cookie on a cookie route': NEVER,
    'the cookie on a normal route': UNREAD,
    'the obo claim': NEVER,
  },
};

/** What comes of credentials that a token proved, and of stored ones that say to be Jane's with that token. */
const limits: Readonly<Record<Kind, { proved: string; stored: string }>> = {
  user: { proved: 'the limited form', stored: 'the limited form' },
  limited: { proved: 'the limited form', stored: 'the limited form' },
  plugin: { proved: 'AUTH_CREDENTIALS_MISSING', stored: NEVER },
  'plugin on behalf of a user': { proved: 'the limited form', stored: NEVER },
  static: { proved: 'AUTH_CREDENTIALS_MISSING', stored: 'AUTH_TOKEN_MALFORMED' },
  legacy: { proved: 'AUTH_CREDENTIALS_MISSING', stored: NEVER },
  'third party': { proved: 'AUTH_CREDENTIALS_MISSING', stored: NEVER },
};

let world: World;
beforeAll(async () => {
  world = await new World({ externalAccess }).start();
  publish(world.installation, idp);
});
afterAll(() => world.stop());
beforeEach(() => (world.events.length = 0));

const names = Object.keys(kinds) as Kind[];
const entries = Object.keys(requests) as Entry[];
const pairs = names.flatMap(kind => entries.map(entry => [kind, entry] as const));

describe('TYP-01 every kind of token, everywhere', () => {
  it.each(pairs)('TYP-01 a %s token in %s', async (kind, entry) => {
    const { installation, events } = world;
    const token = kinds[kind](installation);
    const answer = await world.send(requests[entry](token, installation));
    const expected = cells[kind][entry];
    if (!expected.startsWith('AUTH_')) {
      expect(answer).toMatchObject({ status: 200, body: '{"status":"ok"}' });
      expect(events).toEqual([
        expect.objectContaining({ type: 'verified', principal: expected }) as unknown,
      ]);
      return;
    }
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({
      error: { name: 'AuthenticationError', message: sentences[expected] ?? 'Illegal token' },
    });
    expect(answer.body).not.toContain(token);
    expect(events.filter(({ type }) => type === 'refused')).toEqual([
      expect.objectContaining({ code: expected }) as unknown,
    ]);
  });

  it.each(names)('TYP-01 a %s token as what getLimitedUserToken is given', async kind => {
    const { installation } = world;
    const auth = await installation.plugin();
    const token = kinds[kind](installation);
    const proved = await auth.authenticate(token, { allowLimitedAccess: true });
    const stored = {
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      principal: { type: 'user', userEntityRef: JANE },
      token,
    };
    const limit = (credentials: object) =>
      auth.getLimitedUserToken(credentials as BackstageCredentials<BackstageUserPrincipal>).then(
        async limited => {
          const again = await auth.authenticate(limited.token, { allowLimitedAccess: true });
          await expect(auth.authenticate(limited.token)).rejects.toMatchObject({
            code: 'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
            message: 'Illegal limited user token',
          });
          return String(again.principal) === USER ? 'the limited form' : String(again.principal);
        },
        (error: unknown) => (error as { code: string }).code,
      );
    expect({ proved: await limit(proved), stored: await limit(stored) }).toEqual(limits[kind]);
  });
});
