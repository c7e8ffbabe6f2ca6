import { createUserCookie, type UserCookieOptions } from './userCookie';

const now = Date.UTC(2030, 0, 1);
const inOneHour = new Date(now + 60 * 60 * 1000);
const lifetime = 'Max-Age=3600; Expires=Tue, 01 Jan 2030 01:00:00 GMT';
const cleared = 'Expires=Thu, 01 Jan 1970 00:00:00 GMT';

const set = (url: string, options?: UserCookieOptions) =>
  createUserCookie(options).set(new URL(url), 'tok', inOneHour, now);

describe('createUserCookie', () => {
  const https = 'https://backstage.example.com/api/x';

  it.each<[string, UserCookieOptions | undefined, string]>([
    [
      https,
      undefined,
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ],
    [
      'http://localhost:7007/api/x',
      undefined,
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ],
    [
      'http://10.0.0.1:7007/api/x',
      undefined,
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Priority=High; SameSite=Lax`,
    ],
    [
      'http://10.0.0.1',
      { sameSite: 'none', partitioned: true },
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Priority=High; SameSite=Lax`,
    ],
    [
      'http://10.0.0.1',
      { sameSite: 'strict' },
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Priority=High; SameSite=Strict`,
    ],
    [
      https,
      { sameSite: 'lax' },
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=Lax`,
    ],
    [
      https,
      { partitioned: true },
      `backstage-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Partitioned; Priority=High; SameSite=None`,
    ],
    [
      https,
      { name: 'session', domain: 'example.com' },
      `session=tok; Domain=example.com; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ],
    [
      'http://10.0.0.1',
      { name: '__Host-auth' },
      `__Host-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ],
    [
      'http://10.0.0.1',
      { name: '__secure-auth' },
      `__secure-auth=tok; Path=/; ${lifetime}; HttpOnly; Secure; Priority=High; SameSite=None`,
    ],
  ])('at %s with %j sets %s', (url, options, line) => {
    expect(set(url, options)).toBe(line);
  });

  it('counts Max-Age in whole seconds of the server, never below zero', () => {
    const cookie = createUserCookie();
    const url = new URL(https);
    expect(cookie.set(url, 'tok', inOneHour, now + 1)).toContain('; Max-Age=3599; ');
    expect(cookie.set(url, 'tok', inOneHour, now + 2 * 3600 * 1000)).toContain('; Max-Age=0; ');
  });

  const host = 'backstage.example.com';
  it.each<[UserCookieOptions | undefined, Array<string | undefined>]>([
    [undefined, [undefined, host]],
    [{ domain: host }, [undefined, host]],
    [{ domain: 'example.com' }, [undefined, host, 'example.com']],
    [{ name: '__Host-auth' }, [undefined]],
  ])('with %j clears the forms of domains %j', (options, domains) => {
    const name = options?.name ?? 'backstage-auth';
    const line = (domain?: string) =>
      `${name}=; ${domain ? `Domain=${domain}; ` : ''}Path=/; ${cleared}; HttpOnly; Secure; Priority=High; SameSite=None`;
    const cookie = createUserCookie(options);
    expect(cookie.clear(new URL(https))).toEqual(domains.map(line));
    const others = domains.filter(domain => domain !== options?.domain);
    expect(cookie.clearOtherForms(new URL(https))).toEqual(others.map(line));
  });

  it('clears a partitioned cookie where it was set', () => {
    for (const line of createUserCookie({ partitioned: true }).clear(new URL(https))) {
      expect(line).toContain('; Partitioned; ');
    }
  });

  it.each<[UserCookieOptions, string]>([
    [{ name: '' }, 'cookie.name: expected a token'],
    [{ name: 'a b' }, 'cookie.name: expected a token of RFC 9110, found "a b"'],
    [{ name: 'a;b' }, 'cookie.name'],
    [{ name: 'a=b' }, 'cookie.name'],
    [{ domain: '' }, 'cookie.domain: expected a host name, found ""'],
    [{ domain: 1 as never }, 'cookie.domain: expected a host name, found 1'],
    [{ domain: 'a; Secure' }, 'cookie.domain'],
    [{ domain: 'https://a' }, 'cookie.domain'],
    [
      { name: '__Host-auth', domain: 'a' },
      'cookie.domain: a cookie named "__Host-auth" cannot have',
    ],
    [{ name: '__HOST-auth', domain: 'a' }, 'cookie.domain'],
    [{ sameSite: 'None' as never }, 'cookie.sameSite: expected strict, lax or none, found "None"'],
    [{ sameSite: 'toString' as never }, 'cookie.sameSite'],
    [{ name: 1 as never }, 'cookie.name: expected a token of RFC 9110, found 1'],
    [{ partitioned: 'yes' as never }, 'cookie.partitioned: expected true or false, found "yes"'],
  ])('refuses %j', (options, message) => {
    expect(() => createUserCookie(options)).toThrow(
      expect.objectContaining({
        code: 'AUTH_CONFIG_INVALID',
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each(['', 'a;b', 'a b', 'a\r\nSet-Cookie: x=y', 'a\u0000', 't\u00e9k'])(
    'refuses the value %j, which would not come back',
    value => {
      expect(() => createUserCookie().set(new URL(https), value, inOneHour, now)).toThrow(
        'Failed to issue user cookie, the token has characters that no cookie can hold',
      );
    },
  );

  it('refuses what browsers would drop for its length', () => {
    const { name, set: write } = createUserCookie();
    const longest = 'a'.repeat(4096 - name.length);
    expect(write(new URL(https), longest, inOneHour, now)).toContain(`${name}=${longest};`);
    expect(() => write(new URL(https), `${longest}a`, inOneHour, now)).toThrow(
      'Failed to issue user cookie, name and token have 4097 bytes and browsers drop a cookie of more than 4096',
    );
  });
});
