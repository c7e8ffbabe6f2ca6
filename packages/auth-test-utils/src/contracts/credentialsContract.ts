import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { BackstageCredentials } from '@stagepass/auth-node';
import { type AuthServiceSubject, tokenFor } from './AuthServiceSubject';
import type { ContractCase } from './ContractCase';

const JANE = 'user:default/jane';

/**
 * What every auth service promises of the credentials that it hands out.
 *
 * @public
 */
export const credentialsContract: readonly ContractCase<AuthServiceSubject>[] = [
  {
    name: 'gives a user an expiry',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      const credentials = await auth.authenticate(await userToken(JANE));
      const { expiresAt } = credentials;
      assert.ok(expiresAt instanceof Date && !Number.isNaN(expiresAt.getTime()));
      assert.ok(auth.isPrincipal(credentials, 'user'));
      assert.deepEqual((await auth.getLimitedUserToken(credentials)).expiresAt, expiresAt);
    },
  },
  {
    name: 'gives services, and callers without credentials, no expiry',
    async run({ plugin }) {
      const auth = await plugin('catalog');
      assert.equal((await auth.getOwnServiceCredentials()).expiresAt, undefined);
      assert.equal((await auth.getNoneCredentials()).expiresAt, undefined);
    },
  },
  {
    name: 'finds principals to be of their own type and of unknown, and of no other',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      const byType: Record<'user' | 'service' | 'none', BackstageCredentials> = {
        user: await auth.authenticate(await userToken(JANE)),
        service: await auth.getOwnServiceCredentials(),
        none: await auth.getNoneCredentials(),
      };
      for (const [type, credentials] of Object.entries(byType)) {
        for (const asked of ['user', 'service', 'none', 'unknown'] as const) {
          const expected = asked === type || asked === 'unknown';
          assert.equal(auth.isPrincipal(credentials, asked), expected, `${type} is ${asked}`);
        }
      }
    },
  },
  {
    name: 'shows no token in any printed form of credentials',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      const token = await userToken(JANE);
      const user = await auth.authenticate(token);
      assert.ok(auth.isPrincipal(user, 'user'));
      const limited = await auth.getLimitedUserToken(user);
      const onBehalf = await tokenFor(auth, user, 'catalog');
      const service = await tokenFor(auth, await auth.getOwnServiceCredentials(), 'catalog');
      for (const secret of [token, limited.token, onBehalf, service]) {
        const credentials = await auth.authenticate(secret, { allowLimitedAccess: true });
        const forms = [
          String(credentials),
          String(credentials.principal),
          JSON.stringify(credentials),
          JSON.stringify({ ...credentials }),
          inspect(credentials),
        ];
        for (const form of forms) {
          assert.ok(!form.includes(secret), form);
          assert.ok(!form.includes(JSON.stringify(secret).slice(1, -1)), form);
          assert.ok(!/"?token/i.test(form), form);
        }
      }
    },
  },
  {
    name: 'names the principal when credentials are printed',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      const user = await auth.authenticate(await userToken(JANE));
      assert.match(String(user), /^\w+\{userPrincipal\{user:default\/jane\}\}$/);
      const own = await auth.getOwnServiceCredentials();
      assert.match(String(own), /^\w+\{servicePrincipal\{plugin:catalog\}\}$/);
      assert.match(String(await auth.getNoneCredentials()), /^\w+\{nonePrincipal\}$/);
    },
  },
];
