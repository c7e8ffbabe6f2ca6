import assert from 'node:assert/strict';
import {
  type AuthService,
  type BackstageCredentials,
  type BackstageUserPrincipal,
  isPrincipal,
} from '@stagepass/auth-node';
import { type AuthServiceSubject, tokenFor, userOf } from './AuthServiceSubject';
import { assertRefused, type ContractCase } from './ContractCase';

const JANE = 'user:default/jane';
const JOHN = 'user:default/john';

/**
 * What every auth service promises of users: limited tokens, calls on their behalf, stored credentials.
 *
 * @public
 */
export const onBehalfOfContract: readonly ContractCase<AuthServiceSubject>[] = [
  {
    name: 'accepts a limited user token only where limited access is allowed',
    async run(subject) {
      const auth = await subject.plugin('catalog');
      const { token } = await auth.getLimitedUserToken(await signIn(subject, auth, JANE));
      for (const options of [undefined, {}, { allowLimitedAccess: false }]) {
        await assertRefused(auth.authenticate(token, options), 'AUTH_LIMITED_TOKEN_NOT_ALLOWED');
      }
      const credentials = await auth.authenticate(token, { allowLimitedAccess: true });
      assert.deepEqual(credentials.principal, { type: 'user', userEntityRef: JANE });
    },
  },
  {
    name: 'limits a user who came by a limited token to that very token',
    async run(subject) {
      const auth = await subject.plugin('catalog');
      const { token } = await auth.getLimitedUserToken(await signIn(subject, auth, JANE));
      const limited = await auth.authenticate(token, { allowLimitedAccess: true });
      assert.ok(isPrincipal(limited, 'user'));
      assert.equal((await auth.getLimitedUserToken(limited)).token, token);
    },
  },
  {
    name: 'says when a limited user token expires',
    async run(subject) {
      const auth = await subject.plugin('catalog');
      const credentials = await signIn(subject, auth, JANE);
      const { expiresAt } = await auth.getLimitedUserToken(credentials);
      assert.ok(expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime()));
    },
  },
  {
    name: 'has no limited user token for services and callers without credentials',
    async run({ plugin }) {
      const auth = await plugin('catalog');
      const others: Record<string, BackstageCredentials> = {
        service: await auth.getOwnServiceCredentials(),
        none: await auth.getNoneCredentials(),
      };
      for (const [type, credentials] of Object.entries(others)) {
        await assertRefused(
          auth.getLimitedUserToken(credentials as BackstageCredentials<BackstageUserPrincipal>),
          'AUTH_CREDENTIALS_MISSING',
          `Refused to issue limited user token for credential type '${type}'`,
        );
      }
    },
  },
  {
    name: 'proves the same user at every hop of a chain',
    async run(subject) {
      for (const { credentials } of await chain(subject, JANE)) {
        assert.equal(userOf(credentials), JANE);
      }
    },
  },
  {
    name: 'names the immediate caller as actor at every hop of a chain',
    async run(subject) {
      const hops = await chain(subject, JANE);
      assert.deepEqual(
        hops.map(({ credentials }) => credentials.principal),
        [
          { type: 'user', userEntityRef: JANE },
          actedFor(JANE, 'plugin:one'),
          actedFor(JANE, 'plugin:two'),
          actedFor(JANE, 'plugin:three'),
        ],
      );
      assert.match(
        String(hops[1]?.credentials),
        /\{userPrincipal\{user:default\/jane,actor=\{servicePrincipal\{plugin:one\}\}\}\}$/,
      );
    },
  },
  {
    name: 'lets no call on behalf of a user outlive the sign-in',
    async run(subject) {
      const hops = await chain(subject, JANE);
      const expiries = hops.map(({ credentials }) => credentials.expiresAt);
      assert.ok(expiries[0] instanceof Date);
      for (const expiresAt of expiries) assert.deepEqual(expiresAt, expiries[0]);
    },
  },
  {
    name: 'lets a user who came by a limited token be called for',
    async run(subject) {
      const [caller, target] = [await subject.plugin('one'), await subject.plugin('two')];
      const { token } = await caller.getLimitedUserToken(await signIn(subject, caller, JANE));
      const limited = await caller.authenticate(token, { allowLimitedAccess: true });
      const seen = await target.authenticate(await tokenFor(caller, limited, 'two'));
      assert.equal(userOf(seen), JANE);
    },
  },
  {
    name: 'mixes up no users whose calls run at the same time',
    async run(subject) {
      const [caller, target] = [await subject.plugin('one'), await subject.plugin('two')];
      const users = Array.from({ length: 20 }, (_, index) => `user:default/u${index}`);
      const seen = await Promise.all(
        users.map(async user => {
          const credentials = await signIn(subject, caller, user);
          return userOf(await target.authenticate(await tokenFor(caller, credentials, 'two')));
        }),
      );
      assert.deepEqual(seen, users);
    },
  },
  {
    name: 'works for the credentials of a user that were stored as JSON with their token',
    async run(subject) {
      const [caller, target] = [await subject.plugin('one'), await subject.plugin('two')];
      const stored = revive(await signIn(subject, caller, JANE));
      const seen = await target.authenticate(await tokenFor(caller, stored, 'two'));
      assert.equal(userOf(seen), JANE);
      const { token } = await caller.getLimitedUserToken(stored);
      assert.equal(userOf(await caller.authenticate(token, { allowLimitedAccess: true })), JANE);
    },
  },
  {
    name: 'refuses stored credentials that name another user than their token',
    async run(subject) {
      const auth = await subject.plugin('one');
      const stored = revive(await signIn(subject, auth, JANE));
      stored.principal.userEntityRef = JOHN;
      await assertRefused(tokenFor(auth, stored, 'two'), 'AUTH_CLAIM_INVALID');
      await assertRefused(auth.getLimitedUserToken(stored), 'AUTH_CLAIM_INVALID');
    },
  },
  {
    name: 'refuses to call for a user whose stored credentials have no token',
    async run(subject) {
      const auth = await subject.plugin('one');
      const stored = revive(await signIn(subject, auth, JANE), { token: undefined });
      await assertRefused(tokenFor(auth, stored, 'two'), 'AUTH_CREDENTIALS_MISSING');
      await assertRefused(auth.getLimitedUserToken(stored), 'AUTH_CREDENTIALS_MISSING');
    },
  },
  {
    name: 'refuses to call for a service whose credentials came out of JSON',
    async run({ plugin }) {
      const auth = await plugin('one');
      const stored = revive(await auth.getOwnServiceCredentials());
      await assertRefused(tokenFor(auth, stored, 'two'), 'AUTH_DELEGATION_NOT_ALLOWED');
    },
  },
];

async function signIn(subject: AuthServiceSubject, auth: AuthService, user: string) {
  const credentials = await auth.authenticate(await subject.userToken(user));
  assert.ok(isPrincipal(credentials, 'user'));
  return credentials;
}

/** A user signs in at the plugin `one`, which calls `two`, which calls `three`, which calls `four`. */
async function chain(subject: AuthServiceSubject, user: string) {
  const first = await subject.plugin('one');
  const hops = [{ auth: first, credentials: await signIn(subject, first, user) }];
  for (const pluginId of ['two', 'three', 'four']) {
    const { auth: caller, credentials } = hops.at(-1)!;
    const auth = await subject.plugin(pluginId);
    const seen = await auth.authenticate(await tokenFor(caller, credentials, pluginId));
    assert.ok(isPrincipal(seen, 'user'));
    hops.push({ auth, credentials: seen });
  }
  return hops;
}

function actedFor(userEntityRef: string, subject: string): BackstageUserPrincipal {
  return { type: 'user', userEntityRef, actor: { type: 'service', subject } };
}

/** Stores credentials as the scaffolder does, with their token, and reads them again. */
function revive<TPrincipal>(
  credentials: BackstageCredentials<TPrincipal>,
  changes: { token?: string } = {
    token: (credentials as { token?: string }).token,
  },
): BackstageCredentials<TPrincipal> {
  return JSON.parse(
    JSON.stringify({ ...credentials, ...changes }),
  ) as BackstageCredentials<TPrincipal>;
}
