import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { createAuthBackend } from '@stagepass/auth-backend';
import { root } from '../projectFiles';

/** The schemas that the packages publish, as Backstage finds them in an installation. */
const dependencies = ['auth-backend', 'auth-http'].map(name => {
  const folder = join(root, 'packages', name);
  const { configSchema } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    configSchema: string;
  };
  const value = JSON.parse(readFileSync(join(folder, configSchema), 'utf8')) as JsonObject;
  return { path: join(folder, configSchema), packageName: `@stagepass/${name}`, value };
});

const loadSchema = () =>
  loadConfigSchema({
    serialized: { backstageConfigSchemaVersion: 1, schemas: dependencies },
  });

const secret = 'Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2E=';
const everything = {
  backend: {
    auth: {
      dangerouslyDisableDefaultAuthPolicy: false,
      acceptUntypedUserTokens: true,
      dangerouslyAllowStoredServiceCredentials: true,
      restrictedDelegation: 'plain',
      externalAccess: [
        {
          type: 'static',
          options: { token: 'canary-token', subject: 'ci' },
          accessRestrictions: [
            { plugin: 'a' },
            { plugin: 'b', permission: 'x' },
            { plugin: 'c', permission: ['x', 'y'], permissionAttribute: { action: ['read'] } },
          ],
        },
        { type: 'legacy', options: { secret, subject: 'old' } },
        {
          type: 'jwks',
          options: {
            url: 'https://idp.example/keys',
            issuer: 'https://idp.example',
            audience: ['a', 'b'],
            algorithm: 'RS256',
            subjectPrefix: 'idp',
          },
        },
        {
          type: 'jwks',
          options: {
            url: 'https://idp.example/keys',
            dangerouslyAllowAnyIssuer: true,
            dangerouslyAllowAnyAudience: true,
          },
        },
      ],
      keys: [{ secret: `B${secret.slice(1)}` }],
      pluginKeyStore: { type: 'database' },
      cookie: { name: 'sso', sameSite: 'lax', domain: 'example.com', partitioned: false },
    },
    cors: { origin: ['https://a.example'] },
  },
};

const check = async (config: JsonObject) =>
  (await loadSchema()).process([{ data: config, context: 'app-config.yaml' }]);

describe('the config schemas', () => {
  it('accept every key that is read', async () => {
    expect((await check(everything))[0]?.data).toEqual(everything);
    expect(() => createAuthBackend({ config: everything, logger })).not.toThrow();
  });

  it('mark what is secret, so that it is never shown', async () => {
    const schema = await loadSchema();
    const secrets = schema.process([{ data: everything, context: 'x' }], {
      visibility: ['secret'],
    });
    expect(secrets[0]?.data).toEqual({
      backend: {
        auth: {
          externalAccess: [{ options: { token: 'canary-token' } }, { options: { secret } }],
          keys: [{ secret: `B${secret.slice(1)}` }],
        },
      },
    });
  });

  it.each<[string, JsonObject]>([
    ['a switch that is none', { backend: { auth: { acceptUntypedUserTokens: 'perhaps' } } }],
    ['an entry without options', { backend: { auth: { externalAccess: [{ type: 'static' }] } } }],
    ['an entry without type', { backend: { auth: { externalAccess: [{ options: {} }] } } }],
    [
      'a short token',
      { backend: { auth: { externalAccess: [{ type: 'static', options: { token: 'x' } }] } } },
    ],
    ['an unknown key store', { backend: { auth: { pluginKeyStore: { type: 'firestore' } } } }],
    ['an unknown way to delegate', { backend: { auth: { restrictedDelegation: 'unrestricted' } } }],
    ['a key without secret', { backend: { auth: { keys: [{}] } } }],
    ['an unknown sameSite', { backend: { auth: { cookie: { sameSite: 'None' } } } }],
  ])('refuse %s', async (_, config) => {
    await expect(check(config)).rejects.toThrow(/Config validation failed/);
  });
});

const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };
