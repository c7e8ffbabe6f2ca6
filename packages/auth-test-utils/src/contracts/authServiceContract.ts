import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { type AuthServiceSubject, tokenFor, userOf } from './AuthServiceSubject';
import { assertRefused, assertUnauthenticated, type ContractCase } from './ContractCase';

const JANE = 'user:default/jane';

/**
 * What every auth service promises of the tokens that it issues, accepts and refuses.
 *
 * @public
 */
export const authServiceContract: readonly ContractCase<AuthServiceSubject>[] = [
  {
    name: 'proves to the called plugin which plugin calls',
    async run({ plugin }) {
      const [caller, target] = [await plugin('my-plugin'), await plugin('catalog')];
      const own = await caller.getOwnServiceCredentials();
      assert.deepEqual(own.principal, { type: 'service', subject: 'plugin:my-plugin' });
      const credentials = await target.authenticate(await tokenFor(caller, own, 'catalog'));
      assert.deepEqual(credentials.principal, { type: 'service', subject: 'plugin:my-plugin' });
      assert.equal(credentials.$$type, '@backstage/BackstageCredentials');
    },
  },
  {
    name: 'lets a plugin call itself',
    async run({ plugin }) {
      const auth = await plugin('catalog');
      const token = await tokenFor(auth, await auth.getOwnServiceCredentials(), 'catalog');
      assert.deepEqual((await auth.authenticate(token)).principal, {
        type: 'service',
        subject: 'plugin:catalog',
      });
    },
  },
  {
    name: 'refuses a token for another plugin, on behalf of a user too',
    async run({ plugin, userToken }) {
      const [caller, other] = [await plugin('my-plugin'), await plugin('scaffolder')];
      const user = await caller.authenticate(await userToken(JANE));
      for (const onBehalfOf of [await caller.getOwnServiceCredentials(), user]) {
        const token = await tokenFor(caller, onBehalfOf, 'catalog');
        await assertRefused(other.authenticate(token), 'AUTH_AUDIENCE_MISMATCH');
        await assertRefused(
          other.authenticate(token, { allowLimitedAccess: true }),
          'AUTH_AUDIENCE_MISMATCH',
        );
      }
    },
  },
  {
    name: 'names as caller the plugin that issued the token, not the service it was issued for',
    async run({ plugin }) {
      const [first, second, third] = [
        await plugin('one'),
        await plugin('two'),
        await plugin('three'),
      ];
      const token = await tokenFor(first, await first.getOwnServiceCredentials(), 'two');
      const credentials = await second.authenticate(token);
      const seen = await third.authenticate(await tokenFor(second, credentials, 'three'));
      assert.deepEqual(seen.principal, { type: 'service', subject: 'plugin:two' });
    },
  },
  {
    name: 'proves a user to every plugin',
    async run({ plugin, userToken }) {
      const token = await userToken(JANE);
      for (const pluginId of ['catalog', 'my-plugin']) {
        const credentials = await (await plugin(pluginId)).authenticate(token);
        assert.deepEqual(credentials.principal, { type: 'user', userEntityRef: JANE });
      }
    },
  },
  {
    name: 'tells users apart',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      for (const user of [JANE, 'user:default/mock', 'user:other/jane', 'robot:default/r2-d2']) {
        assert.equal(userOf(await auth.authenticate(await userToken(user))), user);
      }
    },
  },
  {
    name: 'accepts a full user token where limited access is allowed too',
    async run({ plugin, userToken }) {
      const auth = await plugin('catalog');
      const token = await userToken(JANE);
      assert.equal(userOf(await auth.authenticate(token, { allowLimitedAccess: true })), JANE);
    },
  },
  {
    name: 'refuses what is no token of its own, with a code and a message',
    async run({ plugin, wrongTokens }) {
      const auth = await plugin('catalog');
      for (const token of [...garbage, ...Object.values(await wrongTokens())]) {
        await assertUnauthenticated(auth.authenticate(token as string));
        await assertUnauthenticated(
          auth.authenticate(token as string, { allowLimitedAccess: true }),
        );
      }
    },
  },
  {
    name: 'repeats no refused token, in message, reason, stack or any printed form of the error',
    async run({ plugin, wrongTokens }) {
      const auth = await plugin('catalog');
      const tokens = ['a-token-of-nobody', ...Object.values(await wrongTokens())];
      for (const token of tokens.filter(candidate => typeof candidate === 'string')) {
        const error: unknown = await auth.authenticate(token).catch((refusal: unknown) => refusal);
        const printed = inspect(error, { showHidden: true }) + JSON.stringify(error);
        assert.ok(token.length > 8 && !printed.includes(token), printed);
      }
    },
  },
  {
    name: 'issues nothing for callers without credentials',
    async run({ plugin }) {
      const auth = await plugin('my-plugin');
      await assertRefused(
        tokenFor(auth, await auth.getNoneCredentials(), 'catalog'),
        'AUTH_CREDENTIALS_MISSING',
        "Refused to issue service token for credential type 'none'",
      );
    },
  },
  {
    name: 'issues the empty token for them where the default policy is disabled, and accepts it nowhere',
    async run({ plugin, openPlugin }) {
      const open = await openPlugin('my-plugin');
      const token = await tokenFor(open, await open.getNoneCredentials(), 'catalog');
      assert.equal(token, '');
      for (const auth of [open, await plugin('catalog')]) {
        await assertRefused(auth.authenticate(token), 'AUTH_TOKEN_MALFORMED');
      }
    },
  },
  {
    name: 'still proves services where the default policy is disabled',
    async run({ openPlugin }) {
      const auth = await openPlugin('my-plugin');
      const token = await tokenFor(auth, await auth.getOwnServiceCredentials(), 'my-plugin');
      assert.deepEqual((await auth.authenticate(token)).principal, {
        type: 'service',
        subject: 'plugin:my-plugin',
      });
    },
  },
  {
    name: 'refuses to issue a token for what is no plugin id',
    async run({ plugin }) {
      const auth = await plugin('my-plugin');
      const own = await auth.getOwnServiceCredentials();
      for (const target of [
        '',
        '../auth',
        'a/b',
        'a b',
        'a.b',
        'http://x',
        'a\n',
        '\u212Aatalog',
      ]) {
        await assert.rejects(tokenFor(auth, own, target), { name: 'InputError' }, target);
      }
    },
  },
  {
    name: 'keeps a restricted service to the plugins it is allowed, and tells them what it may do',
    async run({ plugin, restrictedToken }) {
      const token = await restrictedToken();
      const credentials = await (await plugin('catalog')).authenticate(token);
      assert.deepEqual(
        (credentials.principal as { accessRestrictions?: unknown }).accessRestrictions,
        {
          permissionAttributes: { action: ['read'] },
        },
      );
      await assertRefused(
        (await plugin('scaffolder')).authenticate(token),
        'AUTH_ACCESS_RESTRICTED',
      );
    },
  },
  {
    name: 'does not let a restricted service reach other plugins by way of an allowed one',
    async run({ plugin, restrictedToken }) {
      const auth = await plugin('catalog');
      const credentials = await auth.authenticate(await restrictedToken());
      await assertRefused(tokenFor(auth, credentials, 'scaffolder'), 'AUTH_DELEGATION_NOT_ALLOWED');
    },
  },
  {
    name: 'publishes the public keys of its plugin tokens, and nothing private',
    async run({ plugin }) {
      const auth = await plugin('catalog');
      await tokenFor(auth, await auth.getOwnServiceCredentials(), 'my-plugin');
      const { keys } = await auth.listPublicServiceKeys();
      assert.notEqual(keys.length, 0);
      for (const key of keys) {
        assert.ok(typeof key.kid === 'string' && typeof key.kty === 'string');
        for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth']) {
          assert.ok(!(member in key), member);
        }
      }
    },
  },
];

const garbage: readonly unknown[] = [
  ...['', ' ', 'x', 'a.b', 'a.b.c', '..', 'a.b.c.d', 'null', '{}', 'Bearer x', 'a\nb', 'é', '\0'],
  ...['__proto__', 'constructor', '.'.repeat(10_000), 'x'.repeat(40_000)],
  ...[undefined, null, 1, true, {}, [], ['a.b.c'], Buffer.from('a.b.c'), Symbol('token'), 1n],
];
