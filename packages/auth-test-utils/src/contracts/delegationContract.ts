import assert from 'node:assert/strict';
import type { AuthService, BackstageCredentials } from '@stagepass/auth-node';
import { type DelegationSubject, tokenFor } from './AuthServiceSubject';
import { assertRefused, type ContractCase } from './ContractCase';

const CATALOG = { permissionAttributes: { action: ['read'] } };
const SEARCH = { permissionNames: ['search.query'] };

/**
 * What every auth service promises of callers whose access restrictions name some plugins: that they stay
 * restricted, however far their calls go.
 *
 * @public
 */
export const delegationContract: readonly ContractCase<DelegationSubject>[] = [
  {
    name: 'tells each plugin that a restricted caller may call what it may do there',
    async run({ plugin, delegableToken }) {
      const token = await delegableToken();
      const seen = [
        await (await plugin('catalog')).authenticate(token),
        await (await plugin('search')).authenticate(token),
      ];
      assert.deepEqual(seen.map(restrictionsOf), [CATALOG, SEARCH]);
      await assertRefused(
        (await plugin('scaffolder')).authenticate(token),
        'AUTH_ACCESS_RESTRICTED',
      );
    },
  },
  {
    name: 'keeps a restricted caller restricted in the next plugin, to what it may do there',
    async run(subject) {
      const { credentials } = await callerAt(subject, ['catalog', 'search']);
      assert.deepEqual(restrictionsOf(credentials), SEARCH);
    },
  },
  {
    name: 'keeps it restricted at every hop of a chain',
    async run(subject) {
      const chain = ['catalog', 'search', 'catalog', 'search', 'search'];
      const { credentials } = await callerAt(subject, chain);
      assert.deepEqual(restrictionsOf(credentials), SEARCH);
      const back = await callerAt(subject, [...chain, 'catalog']);
      assert.deepEqual(restrictionsOf(back.credentials), CATALOG);
    },
  },
  {
    name: 'lets a restricted caller reach no other plugin, at any hop',
    async run(subject) {
      for (const chain of [['catalog'], ['catalog', 'search'], ['search', 'catalog', 'search']]) {
        const { auth, credentials } = await callerAt(subject, chain);
        await assertRefused(
          tokenFor(auth, credentials, 'scaffolder'),
          'AUTH_DELEGATION_NOT_ALLOWED',
        );
      }
    },
  },
  {
    name: 'issues what is good for the next plugin alone',
    async run(subject) {
      const { auth, credentials } = await callerAt(subject, ['catalog']);
      const token = await tokenFor(auth, credentials, 'search');
      await assertRefused(auth.authenticate(token), 'AUTH_AUDIENCE_MISMATCH');
    },
  },
  {
    name: 'restricts no call that a plugin makes for itself beside it',
    async run(subject) {
      const { auth, credentials } = await callerAt(subject, ['catalog']);
      await tokenFor(auth, credentials, 'search');
      const own = await tokenFor(auth, await auth.getOwnServiceCredentials(), 'search');
      const seen = await (await subject.plugin('search')).authenticate(own);
      assert.deepEqual(seen.principal, { type: 'service', subject: 'plugin:catalog' });
    },
  },
];

/** The restricted caller calls the first plugin, which calls the next one for it, and so on. */
async function callerAt(
  { plugin, delegableToken }: DelegationSubject,
  [first = '', ...next]: readonly string[],
): Promise<{ auth: AuthService; credentials: BackstageCredentials }> {
  let auth = await plugin(first);
  let credentials = await auth.authenticate(await delegableToken());
  for (const pluginId of next) {
    const token = await tokenFor(auth, credentials, pluginId);
    auth = await plugin(pluginId);
    credentials = await auth.authenticate(token);
  }
  return { auth, credentials };
}

function restrictionsOf({ principal }: BackstageCredentials): unknown {
  return (principal as { accessRestrictions?: unknown }).accessRestrictions;
}
