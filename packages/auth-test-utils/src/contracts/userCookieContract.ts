import assert from 'node:assert/strict';
import { userOf } from './AuthServiceSubject';
import { assertRefused, assertUnauthenticated, type ContractCase } from './ContractCase';
import {
  anonymous,
  cookieOf,
  type HttpAuthServiceSubject,
  JANE,
  JOHN,
  withBearer,
  withCookie,
} from './HttpAuthServiceSubject';
import { answerTo, pairOf } from './RecordedResponse';

/**
 * What every request service promises of the auth cookie, received and issued.
 *
 * @public
 */
export const userCookieContract: readonly ContractCase<HttpAuthServiceSubject>[] = [
  {
    name: 'refuses an auth cookie that holds anything but a limited user token',
    async run({ httpAuth, userToken, serviceToken }) {
      for (const token of ['x.y.z', await userToken(JANE), await serviceToken()]) {
        await assertUnauthenticated(
          httpAuth.credentials(withCookie(cookieOf(token)), {
            allow: ['none', 'user', 'service'],
            allowLimitedAccess: true,
          }),
        );
      }
    },
  },
  {
    name: 'passes over junk beside a good auth cookie, and refuses the cookies of two users',
    async run({ httpAuth, limitedUserToken }) {
      const [jane, john] = [
        cookieOf(await limitedUserToken(JANE)),
        cookieOf(await limitedUserToken(JOHN)),
      ];
      for (const cookie of [
        `${jane}; backstage-auth=junk`,
        `backstage-auth=junk; ${jane}`,
        `${jane}; ${jane}`,
      ]) {
        const credentials = await httpAuth.credentials(withCookie(cookie), {
          allowLimitedAccess: true,
        });
        assert.equal(userOf(credentials), JANE);
      }
      await assertRefused(
        httpAuth.credentials(withCookie(`${jane}; ${john}`), { allowLimitedAccess: true }),
        'AUTH_REQUEST_AMBIGUOUS',
      );
    },
  },
  {
    name: 'refuses the cookie with a request that can change something and comes from elsewhere',
    async run({ httpAuth, limitedUserToken }) {
      const cookie = cookieOf(await limitedUserToken(JANE));
      await assertRefused(
        httpAuth.credentials(
          { headers: { cookie, origin: 'https://elsewhere.example' }, method: 'POST' },
          { allowLimitedAccess: true },
        ),
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      );
    },
  },
  {
    name: 'sets a cookie that proves the caller where limited access is allowed',
    async run(subject) {
      const { httpAuth, userToken, limitedUserToken } = subject;
      const response = answerTo(withBearer(`Bearer ${await userToken(JANE)}`));
      const { expiresAt } = await httpAuth.issueUserCookie(response);
      assert.ok(expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime()));
      assert.equal(pairOf(response), cookieOf(await limitedUserToken(JANE)));
      assert.equal(await userWithCookie(subject, pairOf(response)), JANE);
    },
  },
  {
    name: 'sets the cookie of the credentials it is given instead',
    async run(subject) {
      const { httpAuth, auth, userToken } = subject;
      const response = answerTo(withBearer(`Bearer ${await userToken(JANE)}`));
      const credentials = await auth.authenticate(await userToken(JOHN));
      await httpAuth.issueUserCookie(response, { credentials });
      assert.equal(await userWithCookie(subject, pairOf(response)), JOHN);
    },
  },
  {
    name: 'replaces the cookie of another user at once',
    async run(subject) {
      const { httpAuth, userToken, limitedUserToken } = subject;
      const response = answerTo({
        headers: {
          authorization: `Bearer ${await userToken(JANE)}`,
          cookie: cookieOf(await limitedUserToken(JOHN)),
        },
        method: 'GET',
      });
      await httpAuth.issueUserCookie(response);
      assert.equal(await userWithCookie(subject, pairOf(response)), JANE);
    },
  },
  {
    name: 'leaves a cookie of the same user alone while it is good',
    async run({ httpAuth, userToken, limitedUserToken }) {
      const response = answerTo({
        headers: {
          authorization: `Bearer ${await userToken(JANE)}`,
          cookie: cookieOf(await limitedUserToken(JANE)),
        },
        method: 'GET',
      });
      await httpAuth.issueUserCookie(response);
      assert.deepEqual(response.cookies(), []);
    },
  },
  {
    name: 'replaces a cookie that proves nothing',
    async run(subject) {
      const { httpAuth, userToken, serviceToken } = subject;
      for (const junk of ['x.y.z', await userToken(JANE), await serviceToken()]) {
        const headers = {
          authorization: `Bearer ${await userToken(JANE)}`,
          cookie: cookieOf(junk),
        };
        const response = answerTo({ headers, method: 'GET' });
        await httpAuth.issueUserCookie(response);
        assert.equal(await userWithCookie(subject, pairOf(response)), JANE);
      }
    },
  },
  {
    name: 'keeps the cookie from scripts, and sends it for every path',
    async run({ httpAuth, userToken }) {
      const response = answerTo(withBearer(`Bearer ${await userToken(JANE)}`));
      await httpAuth.issueUserCookie(response);
      const attributes = response.cookies().at(-1)!.split('; ').slice(1);
      assert.ok(attributes.includes('HttpOnly') && attributes.includes('Path=/'));
    },
  },
  {
    name: 'clears the cookie for credentials of nobody',
    async run({ httpAuth, auth, clock, limitedUserToken }) {
      const response = answerTo(withCookie(cookieOf(await limitedUserToken(JANE))));
      const credentials = await auth.getNoneCredentials();
      const { expiresAt } = await httpAuth.issueUserCookie(response, { credentials });
      assert.notEqual(response.cookies().length, 0);
      for (const line of response.cookies()) {
        assert.match(line, /^backstage-auth=;(.*;)? Expires=Thu, 01 Jan 1970 00:00:00 GMT(;|$)/);
      }
      assert.equal(expiresAt.getTime(), clock.now());
    },
  },
  {
    name: 'sets nothing for a request of nobody',
    async run({ httpAuth }) {
      const response = answerTo(anonymous());
      await assertRefused(
        httpAuth.issueUserCookie(response),
        'AUTH_CREDENTIALS_MISSING',
        'Missing credentials',
      );
      assert.deepEqual(response.cookies(), []);
    },
  },
  {
    name: 'sets nothing for a request with the cookie alone',
    async run({ httpAuth, limitedUserToken }) {
      const response = answerTo(withCookie(cookieOf(await limitedUserToken(JANE))));
      await assertRefused(httpAuth.issueUserCookie(response), 'AUTH_CREDENTIALS_MISSING');
      assert.deepEqual(response.cookies(), []);
    },
  },
  {
    name: 'sets nothing for the request of a service',
    async run({ httpAuth, serviceToken }) {
      const response = answerTo(withBearer(`Bearer ${await serviceToken()}`));
      await assertRefused(
        httpAuth.issueUserCookie(response),
        'AUTH_PRINCIPAL_NOT_ALLOWED',
        "This endpoint does not allow 'service' credentials",
      );
      assert.deepEqual(response.cookies(), []);
    },
  },
  {
    name: 'sets nothing for the credentials of a service',
    async run({ httpAuth, auth, userToken }) {
      const response = answerTo(withBearer(`Bearer ${await userToken(JANE)}`));
      const credentials = await auth.getOwnServiceCredentials();
      await assertRefused(
        httpAuth.issueUserCookie(response, { credentials }),
        'AUTH_CLAIM_INVALID',
        'Refused to issue cookie for non-user principal',
      );
      assert.deepEqual(response.cookies(), []);
    },
  },
  {
    name: 'says so when it is too late to set a cookie',
    async run({ httpAuth, userToken }) {
      const response = answerTo(withBearer(`Bearer ${await userToken(JANE)}`), {
        headersSent: true,
      });
      await assert.rejects(httpAuth.issueUserCookie(response), {
        message: 'Failed to issue user cookie, headers were already sent',
      });
      assert.deepEqual(response.cookies(), []);
    },
  },
];

async function userWithCookie({ httpAuth }: HttpAuthServiceSubject, pair: string) {
  return userOf(await httpAuth.credentials(withCookie(pair), { allowLimitedAccess: true }));
}
