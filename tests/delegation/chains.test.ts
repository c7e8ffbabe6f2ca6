import { createAuthBackend } from '@stagepass/auth-backend';
import type {
  AuthService,
  BackstageCredentials,
  BackstageServicePrincipal,
} from '@stagepass/auth-node';
import fc from 'fast-check';
import { isPermitted } from '../../examples/standalone/src/plugins/permissions';
import { silentLogger as logger } from '../databases/silentLogger';
import { explore, seed } from '../differential/engine';

const TOKEN = 'static-token-of-the-restricted-caller';
const pluginIds = ['a', 'b', 'c', 'd'];
const names = ['x', 'y', 'z'];
const actions = ['create', 'read', 'update', 'delete'] as const;
const permissions = names.flatMap(name => actions.map(action => ({ name, action })));

/** An entry of `accessRestrictions`, as it stands in a configuration. */
interface Restriction {
  readonly plugin: string;
  readonly permission?: string[];
  readonly permissionAttribute?: { readonly action: Array<(typeof actions)[number]> };
}

/** A caller's restrictions, and the plugins through which its call goes; at some it is kept for later. */
interface Chain {
  readonly restrictions: readonly Restriction[];
  readonly hops: ReadonlyArray<{ readonly to: string; readonly stored: boolean }>;
}

const restriction = (plugin: string): fc.Arbitrary<Restriction> =>
  fc.record(
    {
      plugin: fc.constant(plugin),
      permission: fc.subarray(names, { minLength: 1 }),
      permissionAttribute: fc.record({ action: fc.subarray([...actions], { minLength: 1 }) }),
    },
    { requiredKeys: ['plugin'] },
  );
const chains: fc.Arbitrary<Chain> = fc
  .subarray(pluginIds, { minLength: 1 })
  .chain(listed => fc.tuple(...listed.map(restriction)))
  .chain(restrictions =>
    fc.record({
      restrictions: fc.constant(restrictions),
      hops: fc.array(
        fc.record({
          to: fc.oneof(
            { weight: 4, arbitrary: fc.constantFrom(...restrictions.map(({ plugin }) => plugin)) },
            { weight: 1, arbitrary: fc.constantFrom(...pluginIds) },
          ),
          stored: fc.integer({ min: 0, max: 9 }).map(number => number === 0),
        }),
        { minLength: 1, maxLength: 8 },
      ),
    }),
  );

/** What the configuration allows somewhere, said without the code under test. */
function mayDo({ restrictions }: Chain, pluginId: string): typeof permissions {
  const own = restrictions.find(({ plugin }) => plugin === pluginId);
  return permissions.filter(
    ({ name, action }) =>
      own &&
      (own.permission?.includes(name) ?? true) &&
      (own.permissionAttribute?.action.includes(action) ?? true),
  );
}

async function openPlugins({ restrictions }: Chain): Promise<Map<string, AuthService>> {
  const caller = { token: TOKEN, subject: 'caller' };
  const backend = createAuthBackend({
    logger,
    config: {
      backend: {
        auth: {
          externalAccess: [
            { type: 'static', options: caller, accessRestrictions: restrictions as never },
          ],
        },
      },
    },
    discovery: {
      getBaseUrl: async id => `http://backend.invalid/api/${id}`,
      getExternalBaseUrl: async id => `http://backend.invalid/api/${id}`,
    },
    fetch: () => Promise.reject(new Error('there is nobody else')),
  });
  const opened = pluginIds.map(async id => [id, await backend.forPlugin(id)] as const);
  return new Map(await Promise.all(opened));
}

/** Sends the call through the chain; returns where it arrived, and as whom it did. */
async function send(chain: Chain) {
  const plugins = await openPlugins(chain);
  const arrived: Array<{ at: string; principal: BackstageServicePrincipal; all: unknown }> = [];
  let token = TOKEN;
  try {
    for (const [index, { to, stored }] of chain.hops.entries()) {
      const auth = plugins.get(to)!;
      const credentials = await auth.authenticate(token);
      const { allAccessRestrictions: all } = credentials as { allAccessRestrictions?: unknown };
      arrived.push({ at: to, principal: credentials.principal as never, all });
      const next = chain.hops[index + 1];
      if (!next) break;
      const onBehalfOf = stored
        ? (JSON.parse(JSON.stringify(credentials)) as BackstageCredentials)
        : credentials;
      token = (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: next.to })).token;
    }
  } catch (error) {
    return { arrived, refused: (error as { code?: string }).code };
  }
  return { arrived, refused: undefined };
}

describe(`The call of a restricted caller (STAGEPASS_SEED=${seed})`, () => {
  const seen = { whole: 0, refused: 0, longest: 0 };

  it('RST-02 RST-05 may do at each hop what its configuration says of that plugin, however it came there', async () => {
    await explore('chains of calls', chains, 300, async chain => {
      const { arrived, refused } = await send(chain);
      const first = arrived[0];
      for (const { at, principal, all } of arrived) {
        expect(principal.accessRestrictions).toBeDefined();
        expect(permissions.filter(it => isPermitted(principal, it))).toEqual(mayDo(chain, at));
        // All that the caller came with goes on, and nothing is added.
        expect(all).toEqual(first?.all);
      }
      const blocked = chain.hops.findIndex(({ to }, index) => {
        const isStored = index > 0 && chain.hops[index - 1]?.stored === true;
        return isStored || mayDo(chain, to).length === 0;
      });
      expect(arrived).toHaveLength(blocked === -1 ? chain.hops.length : blocked);
      const code = blocked === 0 ? 'AUTH_ACCESS_RESTRICTED' : 'AUTH_DELEGATION_NOT_ALLOWED';
      expect(refused).toBe(blocked === -1 ? undefined : code);
      seen[refused ? 'refused' : 'whole'] += 1;
      if (!refused) seen.longest = Math.max(seen.longest, arrived.length);
    });
  });

  it('has been tried with calls that came through, and with calls that did not', () => {
    expect(seen.whole).toBeGreaterThan(50);
    expect(seen.refused).toBeGreaterThan(50);
    expect(seen.longest).toBeGreaterThan(5);
  });
});
