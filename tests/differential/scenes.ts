import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createAuthBackend } from '@stagepass/auth-backend';
import { createHttpAuthService } from '@stagepass/auth-http';
import type { AuthService, BackstageCredentials, HttpAuthService } from '@stagepass/auth-node';
import { closeSqlite, openSqlite } from '../../packages/auth-backend/src/testing/sqlite';
import { createBackstageAuthService } from '../interop/backstageClasses';
import type { DifferenceId } from './differences';
import { type Outcome, outcomeOf } from './engine';
import { writeKeyFiles } from './keyFiles';
import { createRequestTokens, externalOrigin } from './requestInputs';
import { createStarts } from './starts';
import { createTheirHttpAuth } from './theirs';
import { buildToken } from './tokenInputs';
import { authenticateBoth } from './tokenRun';
import { createWorld, describeCredentials, NOW, silentLogger, type World } from './worlds';

/** An example that takes more than one input: what both sides did, and what they should have done. */
type Scene = () => Promise<{
  theirs: Outcome;
  ours: Outcome;
  expected: { theirs: unknown; ours: unknown };
}>;

const gives = (text: string): unknown => ({ gave: expect.stringContaining(text) as unknown });
const expiry = new Date(NOW + 3_539_500).toUTCString();

const hostOnlyCookie =
  /^backstage-auth=[\w.-]+; Path=\/; Max-Age=3539; Expires=[^;]+; HttpOnly; Secure; Priority=High; SameSite=None$/;

/** Examples of the rows that no single input shows. */
export const scenes: Readonly<Partial<Record<DifferenceId, Scene>>> = {
  'keys-through-outage': () =>
    inWorld(async world => {
      const token = buildToken(world.keys, { base: 'plugin', changes: [] });
      await authenticateBoth(world, token, false);
      world.keySets.plugins.set('caller', () => Promise.reject(new Error('out of order')));
      world.clock.advance({ minutes: 11 });
      jest.setSystemTime(world.clock.now());
      const outcomes = await authenticateBoth(world, token, false);
      jest.setSystemTime(NOW);
      return {
        ...outcomes,
        expected: {
          theirs: { name: 'AuthenticationError', message: 'Failed plugin token verification' },
          ours: gives('servicePrincipal{plugin:caller}'),
        },
      };
    }),

  'strangers-share-requests': () =>
    inWorld(async world => {
      const tokenOf = (base: 'plugin' | 'solo', sub: string) =>
        buildToken(world.keys, {
          base,
          changes: [{ in: 'claims', name: 'sub', json: JSON.stringify(sub) }],
        });
      for (let stranger = 0; stranger < 10; stranger += 1) {
        await authenticateBoth(world, tokenOf('plugin', `stranger-${stranger}`), false);
      }
      return {
        ...(await authenticateBoth(world, tokenOf('solo', 'solo'), false)),
        expected: {
          theirs: gives('servicePrincipal{plugin:solo}'),
          ours: {
            name: 'ServiceUnavailableError',
            code: 'AUTH_KEYS_UNAVAILABLE',
            message: 'Credentials cannot be verified at the moment',
          },
        },
      };
    }),

  'discovered-addresses': () =>
    inWorld(async world => {
      const { discovery } = world.keySets;
      const spell = async (id: string) =>
        (await discovery.getBaseUrl(id)).replace(/localhost|127\.0\.0\.1/, '127.1');
      const starts = createStarts(createAuthBackend, {
        getBaseUrl: spell,
        getExternalBaseUrl: spell,
      });
      const token = buildToken(world.keys, { base: 'plugin', changes: [] });
      const run = (auth: AuthService) =>
        outcomeOf(async () => describeCredentials(await auth.authenticate(token)));
      return {
        theirs: await run(await starts.theirs({})),
        ours: await run(await starts.ours({})),
        expected: {
          theirs: gives('servicePrincipal{plugin:caller}'),
          ours: {
            name: 'ServiceUnavailableError',
            code: 'AUTH_KEYS_UNAVAILABLE',
            message: 'Credentials cannot be verified at the moment',
          },
        },
      };
    }),

  'host-only-cookie': () =>
    inWorld(async world => {
      const { user } = createRequestTokens(world.keys);
      return {
        ...(await issueCookies(world, { authorization: `Bearer ${user}` })),
        expected: {
          theirs: gives('domain=backstage.example.com; httpOnly=true; secure=true'),
          ours: { gave: expect.stringMatching(hostOnlyCookie) as unknown },
        },
      };
    }),

  'cookie-of-another-user': () =>
    inWorld(async world => {
      const { limitedJoe, user } = createRequestTokens(world.keys);
      const outcomes = await issueCookies(world, {
        authorization: `Bearer ${user}`,
        cookie: `backstage-auth=${limitedJoe}`,
      });
      return { ...outcomes, expected: { theirs: { gave: '' }, ours: gives(`Expires=${expiry}`) } };
    }),

  'stored-user-credentials': () =>
    inWorld(async world => {
      const { user } = createRequestTokens(world.keys);
      const starts = createStarts(createAuthBackend, world.keySets.discovery);
      const run = async (auth: AuthService) => {
        const credentials = await auth.authenticate(user);
        const stored = {
          ...credentials,
          principal: { type: 'user', userEntityRef: 'user:default/admin' },
          token: user,
        } as BackstageCredentials;
        const onBehalfOf = JSON.parse(JSON.stringify(stored)) as BackstageCredentials;
        return outcomeOf(async () => {
          const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: 'a' });
          return Buffer.from(token.split('.')[1]!, 'base64url').toString();
        });
      };
      return {
        theirs: await run(await starts.theirs({})),
        ours: await run(await starts.ours({})),
        expected: {
          theirs: gives('"aud":"a"'),
          ours: {
            name: 'AuthenticationError',
            code: 'AUTH_CLAIM_INVALID',
            message: 'Illegal token',
          },
        },
      };
    }),

  'static-keys-fit': async () => {
    const { files, remove } = writeKeyFiles();
    const starts = createStarts(createAuthBackend);
    const key = {
      publicKeyFile: files['p256-public'],
      privateKeyFile: files['rsa-private'],
      keyId: 'a',
    };
    const auth = { pluginKeyStore: { type: 'static', static: { keys: [key] } } };
    const run = (side: 'theirs' | 'ours') =>
      outcomeOf(async () =>
        JSON.stringify(await (await starts[side](auth)).listPublicServiceKeys()),
      );
    const outcomes = { theirs: await run('theirs'), ours: await run('ours') };
    remove();
    return {
      ...outcomes,
      expected: {
        theirs: gives('"kid":"a"'),
        ours: {
          name: 'Error',
          code: 'AUTH_CONFIG_INVALID',
          message: expect.stringContaining('backend.auth.pluginKeyStore.static.keys[0]') as unknown,
        },
      },
    };
  },

  'one-database-per-plugin': () =>
    inWorld(async ({ keySets: { discovery } }) => {
      const logger = silentLogger;
      // Two clients, as two processes would have them.
      const filename = join(mkdtempSync(join(tmpdir(), 'stagepass-shared-')), 'shared.sqlite');
      const clients = ['first', 'second', 'third', 'fourth'].map(() => openSqlite(filename));
      const database = () => {
        const client = clients.pop()!;
        return { client, getClient: () => Promise.resolve(client) };
      };
      const theirStart = (pluginId: string) =>
        createBackstageAuthService({ pluginId, discovery, logger, client: database().client });
      const ourStart = (pluginId: string) =>
        createAuthBackend({ discovery, logger }).forPlugin(pluginId, { database: database() });
      const run = (start: (pluginId: string) => Promise<AuthService>) =>
        outcomeOf(async () => {
          await start('first');
          return String(await (await start('second')).getOwnServiceCredentials());
        });
      const outcomes = { theirs: await run(theirStart), ours: await run(ourStart) };
      await closeSqlite();
      rmSync(dirname(filename), { recursive: true });
      return {
        ...outcomes,
        expected: {
          theirs: gives('servicePrincipal{plugin:second}'),
          ours: {
            name: 'Error',
            code: 'AUTH_CONFIG_INVALID',
            message: expect.stringContaining(
              'database: expected one of its own for the plugin "second", found that of the plugin "first"',
            ) as unknown,
          },
        },
      };
    }),
};

async function inWorld<T>(scene: (world: World) => Promise<T>): Promise<T> {
  const world = await createWorld();
  try {
    return await scene(world);
  } finally {
    await world.close();
  }
}

/** Issues the cookie on both sides, and gives what was set, as a text. */
async function issueCookies(world: World, headers: Record<string, string>) {
  const getBaseUrl = (id: string) => Promise.resolve(`${externalOrigin}/api/${id}`);
  const base = { pluginId: 'receiver', discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl } };
  const issue = (httpAuth: HttpAuthService) =>
    outcomeOf(async () => {
      const set: string[] = [];
      const response = {
        req: { headers, method: 'GET' },
        headersSent: false,
        getHeader: () => undefined,
        // Ours writes the header, theirs has Express write it.
        setHeader: (name: string, value: string | string[]) => {
          if (name.toLowerCase() === 'set-cookie') set.push(...[value].flat());
        },
        cookie: (_name: string, _value: string, options: object) => {
          set.push(
            Object.entries(options)
              .map(([name, value]) => `${name}=${String(value)}`)
              .join('; '),
          );
        },
      };
      await httpAuth.issueUserCookie(response);
      return set.join('\n');
    });
  return {
    theirs: await issue(createTheirHttpAuth({ ...base, auth: world.theirs })),
    ours: await issue(createHttpAuthService({ ...base, auth: world.ours, logger: silentLogger })),
  };
}
