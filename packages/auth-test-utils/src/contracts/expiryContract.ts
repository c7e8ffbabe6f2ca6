import assert from 'node:assert/strict';
import { type AuthService, type BackstageCredentials, isPrincipal } from '@stagepass/auth-node';
import { type TimedAuthServiceSubject, tokenFor, userOf } from './AuthServiceSubject';
import { assertRefused, type ContractCase } from './ContractCase';
import {
  cookieOf,
  type HttpAuthServiceSubject,
  JANE,
  type SubjectClock,
  withBearer,
  withCookie,
} from './HttpAuthServiceSubject';
import { answerTo, pairOf } from './RecordedResponse';

const HOUR = 3_600_000;
const limited = { allowLimitedAccess: true };

/**
 * What every auth service promises of tokens and credentials whose time is over.
 *
 * @public
 */
export const tokenExpiryContract: readonly ContractCase<TimedAuthServiceSubject>[] = [
  {
    name: 'accepts a user token, and its limited form, until they expire and not a moment longer',
    async run({ plugin, userToken, clock }) {
      const auth = await plugin('catalog');
      const token = await userToken(JANE);
      const credentials = await signedIn(auth, token);
      const { token: limitedToken } = await auth.getLimitedUserToken(credentials);
      clock.advance(untilExpiry(credentials, clock) - 1);
      for (const good of [token, limitedToken]) {
        assert.equal(userOf(await auth.authenticate(good, limited)), JANE);
      }
      clock.advance(1);
      for (const late of [token, limitedToken]) {
        await assertRefused(auth.authenticate(late, limited), 'AUTH_TOKEN_EXPIRED');
      }
    },
  },
  {
    name: 'accepts a plugin token for an hour at most',
    async run({ plugin, clock }) {
      const [caller, target] = [await plugin('one'), await plugin('two')];
      const token = await tokenFor(caller, await caller.getOwnServiceCredentials(), 'two');
      clock.advance(HOUR / 2);
      await target.authenticate(token);
      clock.advance(HOUR / 2);
      await assertRefused(target.authenticate(token), 'AUTH_TOKEN_EXPIRED');
    },
  },
  {
    name: 'accepts a call on behalf of a user no longer than the user is signed in',
    async run({ plugin, userToken, clock }) {
      const [caller, target] = [await plugin('one'), await plugin('two')];
      const credentials = await signedIn(caller, await userToken(JANE));
      clock.advance(untilExpiry(credentials, clock) - 1000);
      const token = await tokenFor(caller, credentials, 'two');
      assert.equal(userOf(await target.authenticate(token)), JANE);
      clock.advance(1000);
      await assertRefused(target.authenticate(token), 'AUTH_TOKEN_EXPIRED');
    },
  },
  {
    name: 'issues nothing for the credentials of a user that have expired, stored ones too',
    async run({ plugin, userToken, clock }) {
      const auth = await plugin('one');
      const credentials = await signedIn(auth, await userToken(JANE));
      const { token } = credentials as { token?: string };
      const stored = JSON.parse(JSON.stringify({ ...credentials, token })) as typeof credentials;
      await tokenFor(auth, stored, 'two');
      clock.advance(untilExpiry(credentials, clock));
      for (const late of [credentials, stored]) {
        await assertRefused(tokenFor(auth, late, 'two'), 'AUTH_TOKEN_EXPIRED');
        await assertRefused(auth.getLimitedUserToken(late), 'AUTH_TOKEN_EXPIRED');
      }
    },
  },
  {
    name: 'goes on issuing tokens for the plugin itself, whose credentials do not expire',
    async run({ plugin, clock }) {
      const [caller, target] = [await plugin('one'), await plugin('two')];
      const own = await caller.getOwnServiceCredentials();
      clock.advance(24 * HOUR);
      const seen = await target.authenticate(await tokenFor(caller, own, 'two'));
      assert.deepEqual(seen.principal, { type: 'service', subject: 'plugin:one' });
    },
  },
];

/**
 * What every request service promises of requests whose credentials have expired.
 *
 * @public
 */
export const requestExpiryContract: readonly ContractCase<HttpAuthServiceSubject>[] = [
  {
    name: 'refuses a bearer token and an auth cookie that have expired',
    async run({ httpAuth, auth, clock, userToken, limitedUserToken }) {
      const token = await userToken(JANE);
      const cookie = cookieOf(await limitedUserToken(JANE));
      clock.advance(untilExpiry(await auth.authenticate(token), clock));
      for (const request of [withBearer(`Bearer ${token}`), withCookie(cookie)]) {
        await assertRefused(
          httpAuth.credentials(request, { allow: ['none', 'user'], ...limited }),
          'AUTH_TOKEN_EXPIRED',
        );
      }
    },
  },
  {
    name: 'says when the auth cookie expires: with the user token',
    async run({ httpAuth, auth, userToken }) {
      const token = await userToken(JANE);
      const { expiresAt } = await httpAuth.issueUserCookie(answerTo(withBearer(`Bearer ${token}`)));
      assert.deepEqual(expiresAt, (await auth.authenticate(token)).expiresAt);
    },
  },
  {
    name: 'replaces an auth cookie that is good for five minutes or less',
    async run({ httpAuth, auth, clock, userToken, limitedUserToken }) {
      const token = await userToken(JANE);
      const cookie = cookieOf(await limitedUserToken(JANE));
      clock.advance(untilExpiry(await auth.authenticate(token), clock) - 5 * 60_000);
      const headers = { authorization: `Bearer ${token}`, cookie };
      const response = answerTo({ headers, method: 'GET' });
      await httpAuth.issueUserCookie(response);
      assert.equal(pairOf(response), cookie);
    },
  },
];

async function signedIn(auth: AuthService, token: string) {
  const credentials = await auth.authenticate(token);
  assert.ok(isPrincipal(credentials, 'user'));
  return credentials;
}

function untilExpiry({ expiresAt }: BackstageCredentials, clock: SubjectClock): number {
  assert.ok(expiresAt, 'expected credentials that expire');
  return expiresAt.getTime() - clock.now();
}
