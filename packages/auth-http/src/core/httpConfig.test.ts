import { ConfigReader } from '@backstage/config';
import type { JsonObject } from '@backstage/types';
import { readHttpConfig } from './httpConfig';

const defaults = { defaultPolicyDisabled: false, corsOrigins: [], cookie: {} };

describe('readHttpConfig', () => {
  it('takes the defaults without configuration', () => {
    expect(readHttpConfig()).toEqual(defaults);
  });

  const policy = (dangerouslyDisableDefaultAuthPolicy: unknown) =>
    ({ backend: { auth: { dangerouslyDisableDefaultAuthPolicy } } }) as JsonObject;
  const cookie = (value: unknown) => ({ backend: { auth: { cookie: value } } }) as JsonObject;
  const cors = (origin: unknown) => ({ backend: { cors: { origin } } }) as JsonObject;

  it.each<[JsonObject, Partial<ReturnType<typeof readHttpConfig>>]>([
    [{}, {}],
    [{ backend: { auth: {} } }, {}],
    [policy(true), { defaultPolicyDisabled: true }],
    [policy('true'), { defaultPolicyDisabled: true }],
    [policy(false), {}],
    [cors('http://localhost:3000'), { corsOrigins: ['http://localhost:3000'] }],
    [
      cors(['https://a.example', 'https://b.example']),
      { corsOrigins: ['https://a.example', 'https://b.example'] },
    ],
    [cookie(null), {}],
    [cookie({ name: 'x', sameSite: 'lax' }), { cookie: { name: 'x', sameSite: 'lax' } }],
    [cors(true), {}],
    [cors(null), {}],
    [cors(['*', 'null', 'https://*.example.com', 'https://a.example/', 'a.example', '']), {}],
  ])('reads %j, as an object and through a reader', (config, expected) => {
    expect(readHttpConfig(config)).toEqual({ ...defaults, ...expected });
    expect(readHttpConfig(new ConfigReader(config))).toEqual({ ...defaults, ...expected });
  });

  it.each<[JsonObject, string]>([
    [policy('perhaps'), 'backend.auth.dangerouslyDisableDefaultAuthPolicy: '],
    [policy({}), 'backend.auth.dangerouslyDisableDefaultAuthPolicy: '],
    [{ backend: 'x' }, 'backend.auth.dangerouslyDisableDefaultAuthPolicy: '],
    [{ backend: { cors: 'x' } }, 'backend.cors.origin: '],
    [cors(1), 'backend.cors.origin: expected an origin or a list of them, found 1'],
    [cookie('x'), 'backend.auth.cookie: expected an object, found a string of 1 characters'],
    [cookie([]), 'backend.auth.cookie: expected an object, found a list of 0'],
    [
      cookie({ path: '/' }),
      'backend.auth.cookie.path: unknown key, expected one of name, domain, sameSite, partitioned',
    ],
    [cors([{}]), 'backend.cors.origin: expected an origin or a list of them, found {}'],
  ])('refuses %j', (config, start) => {
    expect(() => readHttpConfig(config)).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringContaining(start),
      }),
    );
  });
});
