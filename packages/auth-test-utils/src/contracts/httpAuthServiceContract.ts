import assert from 'node:assert/strict';
import type { AuthRequest, BackstageCredentials } from '@stagepass/auth-node';
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

const [none, user, service] = ['none', 'user', 'service'] as const;

/**
 * What every request service promises of requests and the credentials they carry.
 *
 * @public
 */
export const httpAuthServiceContract: readonly ContractCase<HttpAuthServiceSubject>[] = [
  {
    name: 'reads a bearer token, with its scheme in any case and one or more spaces',
    async run({ httpAuth, userToken }) {
      const token = await userToken(JANE);
      for (const value of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`]) {
        assert.equal(userOf(await httpAuth.credentials(withBearer(value))), JANE);
      }
    },
  },
  {
    name: 'reads Fetch headers as it reads those of Node',
    async run({ httpAuth, userToken, limitedUserToken }) {
      const bearer = { headers: new Headers({ Authorization: `Bearer ${await userToken(JANE)}` }) };
      assert.equal(userOf(await httpAuth.credentials(bearer)), JANE);
      const cookie = { headers: new Headers({ Cookie: cookieOf(await limitedUserToken(JOHN)) }) };
      const credentials = await httpAuth.credentials(
        { ...cookie, method: 'GET' },
        { allowLimitedAccess: true },
      );
      assert.equal(userOf(credentials), JOHN);
    },
  },
  {
    name: 'takes a request without credentials for one of nobody, and says so unless asked otherwise',
    async run({ httpAuth }) {
      for (const options of [undefined, {}, { allowLimitedAccess: true }, { allow: [none] }]) {
        const credentials = await httpAuth.credentials(anonymous(), options);
        assert.deepEqual(credentials.principal, { type: 'none' });
      }
    },
  },
  {
    name: 'refuses a request without credentials where they are needed',
    async run({ httpAuth }) {
      for (const allow of [[user], [service], [user, service], []]) {
        await assertRefused(
          httpAuth.credentials(anonymous(), { allow }),
          'AUTH_CREDENTIALS_MISSING',
          'Missing credentials',
        );
      }
    },
  },
  {
    name: 'lets the allowed types of principals pass',
    async run({ httpAuth, userToken, serviceToken }) {
      const tokens = { user: await userToken(JANE), service: await serviceToken() };
      for (const [type, token] of Object.entries(tokens)) {
        for (const allow of [[user, service], [none, user, service], [type as 'user']]) {
          const credentials = await httpAuth.credentials(withBearer(`Bearer ${token}`), { allow });
          assert.equal((credentials.principal as { type: string }).type, type);
        }
      }
    },
  },
  {
    name: 'refuses principals of other types than the allowed ones',
    async run({ httpAuth, userToken, serviceToken }) {
      const tokens = { user: await userToken(JANE), service: await serviceToken() };
      for (const [type, token] of Object.entries(tokens)) {
        const other = type === 'user' ? service : user;
        for (const allow of [[other], [none], [none, other], []]) {
          await assertRefused(
            httpAuth.credentials(withBearer(`Bearer ${token}`), { allow }),
            'AUTH_PRINCIPAL_NOT_ALLOWED',
            `This endpoint does not allow '${type}' credentials`,
          );
        }
      }
    },
  },
  {
    name: 'refuses an Authorization header that is anything but a bearer token',
    async run({ httpAuth, userToken, limitedUserToken }) {
      const token = await userToken(JANE);
      const cookie = cookieOf(await limitedUserToken(JANE));
      const values = ['', 'Bearer', 'Bearer ', 'Basic x', token, `Basic ${token}`, 'Bearer\tx'];
      values.push(`Bearer ${token} x`, `Bearer ${token}, Bearer ${token}`);
      values.push(`Bearer:${token}`, ` Bearer ${token}`, `Bearer ${token} `);
      for (const authorization of values) {
        for (const allowLimitedAccess of [false, true]) {
          await assertRefused(
            httpAuth.credentials(
              { headers: { authorization, cookie }, method: 'GET' },
              { allow: [none, user, service], allowLimitedAccess },
            ),
            'AUTH_REQUEST_AMBIGUOUS',
            'Malformed or ambiguous credentials',
          );
        }
      }
    },
  },
  {
    name: 'refuses an Authorization header that comes twice, though Node shows one of them',
    async run({ httpAuth, userToken }) {
      const [one, two] = [`Bearer ${await userToken(JANE)}`, `Bearer ${await userToken(JOHN)}`];
      const rawHeaders = ['Authorization', one, 'Accept', '*/*', 'authorization', two];
      await assertRefused(
        httpAuth.credentials({ headers: { authorization: one }, rawHeaders }),
        'AUTH_REQUEST_AMBIGUOUS',
      );
    },
  },
  {
    name: 'refuses a bearer token that proves nothing, and falls back to nothing',
    async run({ httpAuth, limitedUserToken }) {
      const headers = {
        authorization: 'Bearer x.y.z',
        cookie: cookieOf(await limitedUserToken(JANE)),
      };
      for (const allowLimitedAccess of [false, true]) {
        await assertUnauthenticated(
          httpAuth.credentials({ headers, method: 'GET' }, { allow: [none], allowLimitedAccess }),
        );
      }
    },
  },
  {
    name: 'accepts a limited user token as bearer only where limited access is allowed',
    async run({ httpAuth, limitedUserToken }) {
      const value = `Bearer ${await limitedUserToken(JANE)}`;
      await assertRefused(
        httpAuth.credentials(withBearer(value)),
        'AUTH_LIMITED_TOKEN_NOT_ALLOWED',
      );
      const limited = await httpAuth.credentials(withBearer(value), { allowLimitedAccess: true });
      assert.equal(userOf(limited), JANE);
    },
  },
  {
    name: 'reads the auth cookie only where limited access is allowed',
    async run({ httpAuth, limitedUserToken }) {
      const cookie = cookieOf(await limitedUserToken(JANE));
      const full = await httpAuth.credentials(withCookie(cookie));
      assert.deepEqual(full.principal, { type: 'none' });
      for (const sent of [
        cookie,
        `a=b; ${cookie}; backstage-auth-x=y`,
        `backstage-auth=; ${cookie}`,
      ]) {
        const limited = await httpAuth.credentials(withCookie(sent), { allowLimitedAccess: true });
        assert.equal(userOf(limited), JANE);
      }
    },
  },
  {
    name: 'prefers the bearer token to the cookie',
    async run({ httpAuth, userToken, limitedUserToken }) {
      const headers = {
        authorization: `Bearer ${await userToken(JOHN)}`,
        cookie: cookieOf(await limitedUserToken(JANE)),
      };
      const credentials = await httpAuth.credentials(
        { headers, method: 'GET' },
        { allowLimitedAccess: true },
      );
      assert.equal(userOf(credentials), JOHN);
    },
  },
  {
    name: 'remembers the answer for the request, full and limited apart',
    async run({ httpAuth, limitedUserToken }) {
      const headers: Record<string, string> = { cookie: cookieOf(await limitedUserToken(JANE)) };
      const request: AuthRequest = { headers, method: 'GET' };
      const full = await httpAuth.credentials(request);
      const limited = await httpAuth.credentials(request, { allowLimitedAccess: true });
      assert.equal((full.principal as { type: string }).type, 'none');
      assert.equal(userOf(limited), JANE);
      headers.authorization = 'Bearer x.y.z';
      delete headers.cookie;
      assert.equal(await httpAuth.credentials(request), full);
      assert.equal(await httpAuth.credentials(request, { allowLimitedAccess: true }), limited);
    },
  },
  {
    name: 'remembers a refusal too',
    async run({ httpAuth, userToken }) {
      const headers = { authorization: 'Bearer x.y.z' };
      const request: AuthRequest = { headers };
      const first = await rejectionOf(httpAuth.credentials(request));
      headers.authorization = `Bearer ${await userToken(JANE)}`;
      assert.equal(await rejectionOf(httpAuth.credentials(request)), first);
    },
  },
  {
    name: 'decides about the allowed types anew each time',
    async run({ httpAuth, userToken }) {
      const request = withBearer(`Bearer ${await userToken(JANE)}`);
      await httpAuth.credentials(request, { allow: [user] });
      await assertRefused(
        httpAuth.credentials(request, { allow: [service] }),
        'AUTH_PRINCIPAL_NOT_ALLOWED',
      );
      assert.equal(userOf(await httpAuth.credentials(request)), JANE);
    },
  },
];

function rejectionOf(call: Promise<BackstageCredentials>): Promise<unknown> {
  return call.then(
    () => assert.fail('expected a refusal'),
    (error: unknown) => error,
  );
}
