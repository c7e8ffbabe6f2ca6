import { inspect } from 'node:util';
import type { BackstageCredentials } from './index';
import {
  createNoneCredentials,
  createServiceCredentials,
  createUserCredentials,
  viewCredentials,
} from './internal';

const expiresAt = new Date('2030-01-01T00:00:00Z');
const user = createUserCredentials({
  userEntityRef: 'user:default/jane',
  token: 's3cret',
  expiresAt,
});
const actingFor = createUserCredentials({
  userEntityRef: 'user:default/jane',
  token: 's3cret',
  expiresAt,
  actor: 'plugin:a',
});
const accessRestrictions = { permissionNames: ['catalog.entity.read'] };
const restricted = createServiceCredentials({
  subject: 'ci',
  accessRestrictions,
  allAccessRestrictions: new Map([['catalog', accessRestrictions]]),
});

describe('credentials', () => {
  it.each([
    [createNoneCredentials(), 'backstageCredentials{nonePrincipal}'],
    [
      createServiceCredentials({ subject: 'plugin:a' }),
      'backstageCredentials{servicePrincipal{plugin:a}}',
    ],
    [
      restricted,
      'backstageCredentials{servicePrincipal{ci,accessRestrictions=EgwYI4mumUi7M0TuRfTNKsv/keT/1i4AZMp8UlEk3R4}}',
    ],
    [user, 'backstageCredentials{userPrincipal{user:default/jane}}'],
    [
      actingFor,
      'backstageCredentials{userPrincipal{user:default/jane,actor={servicePrincipal{plugin:a}}}}',
    ],
  ])('print as in Backstage: %#', (credentials, text) => {
    expect(String(credentials)).toBe(text);
    expect(`backstageCredentials{${String(credentials.principal)}}`).toBe(text);
  });

  it('show neither the token nor the restrictions of other plugins when they are written out', () => {
    for (const credentials of [user, actingFor, restricted]) {
      const texts = [JSON.stringify(credentials), inspect(credentials), String(credentials)];
      expect(texts.join()).not.toContain('s3cret');
      expect(Object.keys(credentials)).not.toContain('allAccessRestrictions');
    }
  });

  it('are plain objects of a known shape', () => {
    expect({ ...actingFor }).toEqual({
      $$type: '@backstage/BackstageCredentials',
      version: 'v1',
      expiresAt,
      principal: {
        type: 'user',
        userEntityRef: 'user:default/jane',
        actor: { type: 'service', subject: 'plugin:a' },
      },
    });
    expect(Object.keys(createNoneCredentials())).toEqual(['$$type', 'version', 'principal']);
  });
});

describe('viewCredentials', () => {
  it('reads what is hidden', () => {
    expect(viewCredentials(user)).toMatchObject({ token: 's3cret', revived: false });
    expect(viewCredentials(restricted)).toMatchObject({
      allAccessRestrictions: new Map([['catalog', accessRestrictions]]),
      revived: false,
    });
  });

  it.each([
    ['out of JSON', JSON.parse(JSON.stringify({ ...user, token: 's3cret' }))],
    ['spread', { ...user, token: 's3cret' }],
    ['with a toString written by hand', { ...user, token: 's3cret', toString: () => '' }],
  ])('knows credentials that prove nothing by themselves: %s', (_, credentials) => {
    expect(viewCredentials(credentials as BackstageCredentials)).toMatchObject({
      token: 's3cret',
      revived: true,
    });
  });

  it.each([
    [undefined, 'Invalid credential type'],
    [null, 'Invalid credential type'],
    [{}, 'Invalid credential type'],
    [{ $$type: '@backstage/BackstageCredentials' }, 'Invalid credential version undefined'],
    [{ ...user, version: 'v2' }, 'Invalid credential version "v2"'],
    [{ ...user, principal: null }, 'Invalid credentials, expected a principal with a type'],
    [{ ...user, principal: { type: 1 } }, 'Invalid credentials, expected a principal with a type'],
  ])('refuses what are no credentials: %#', (value, message) => {
    expect(() => viewCredentials(value as BackstageCredentials)).toThrow(
      expect.objectContaining({
        name: 'AuthenticationError',
        code: 'AUTH_CREDENTIALS_MISSING',
        message,
      }),
    );
  });
});
