import type { AuthPolicy } from '@stagepass/auth-node';
import { type Access, addPolicy, decideAccess, type PolicyRule } from './pathPolicy';

const build = (...policies: AuthPolicy[]) =>
  policies.reduce<PolicyRule[]>((rules, policy) => addPolicy(rules, policy), []);

const open = (path: string, more: Partial<AuthPolicy> = {}): AuthPolicy => ({
  path,
  allow: 'unauthenticated',
  ...more,
});
const cookie = (path: string, more: Partial<AuthPolicy> = {}): AuthPolicy => ({
  path,
  allow: 'user-cookie',
  ...more,
});

describe('decideAccess', () => {
  it.each(['/', '/a', '/.backstage/auth/v1/cookie', '*', ''])('is closed by default: %j', path => {
    expect(decideAccess([], 'GET', path)).toBe('closed');
  });

  it.each<[string, Access]>([
    ['/public', 'unauthenticated'],
    ['/PUBLIC/x', 'closed'],
    ['/public/', 'unauthenticated'],
    ['/public/a;b', 'unauthenticated'],
    ['/public;x', 'closed'],
    ['/public/#/../x', 'closed'],
    ['/public/a%20b', 'unauthenticated'],
    ['/publicity', 'closed'],
    ['/public/../private', 'closed'],
    ['/public/%2e%2e/private', 'closed'],
    ['/public/..%2fprivate', 'closed'],
    ['/public/%252e%252e/private', 'closed'],
    ['/public/./x', 'closed'],
    ['/public/..;/private', 'closed'],
    ['/public/..;a=b/private', 'closed'],
    ['/public/..%3b/private', 'closed'],
    ['/public/;/../private', 'closed'],
    ['/public/;x/y', 'closed'],
    ['/public/..;', 'closed'],
    ['/public/a;..', 'unauthenticated'],
    ['/public/..a;b/c', 'unauthenticated'],
    ['/public%2fx', 'closed'],
    ['/public\\x', 'closed'],
    ['//public', 'closed'],
    ['/public//x', 'closed'],
    ['/public//', 'closed'],
    ['/%70ublic/x', 'closed'],
    ['/public%', 'closed'],
  ])('with /public unauthenticated, %s is %s', (path, expected) => {
    expect(decideAccess(build(open('/public')), 'GET', path)).toBe(expected);
  });

  describe('PATH-05: whichever router stands behind', () => {
    it.each<[AuthPolicy[], string, Access]>([
      [[open('/public', { exact: true })], '/public', 'unauthenticated'],
      [[open('/public', { exact: true })], '/PUBLIC', 'closed'],
      [[open('/public', { exact: true })], '/public/', 'closed'],
      [[open('/public/', { exact: true })], '/public', 'closed'],
      [[open('/public{/}', { exact: true })], '/public/', 'unauthenticated'],
      [[open('/public/')], '/public', 'closed'],
      [[open('/public/')], '/public/x', 'closed'],
      [[open('/files/:id')], '/FILES/1', 'closed'],
      [[open('/files/:id')], '/files/A', 'unauthenticated'],
      [[open('/'), cookie('/admin')], '/ADMIN', 'user-cookie'],
      [[open('/'), cookie('/admin', { exact: true })], '/admin/', 'user-cookie'],
      [[open('/'), cookie('/admin/')], '/Admin/x', 'user-cookie'],
      [[open('/'), cookie('/admin')], '/admin;x', 'user-cookie'],
      [[open('/'), cookie('/a/admin')], '/a;x/admin', 'user-cookie'],
      [[open('/'), cookie('/keys')], '/\u212aeys', 'user-cookie'],
      [[open('/'), cookie('/keys')], '/%E2%84%AAeys', 'user-cookie'],
      [[open('/caf\u00e9')], '/caf\u00e9/x', 'unauthenticated'],
      [[cookie('/files'), open('/files/Logo')], '/files/logo', 'user-cookie'],
      [[cookie('/files'), open('/files/Logo')], '/files/Logo', 'unauthenticated'],
      // Only a router that tells cases apart, but not slashes, finds the policy for `/x` the narrowest.
      [
        [
          open('/:a/', { exact: true }),
          cookie('/x', { exact: true }),
          open('/X', { exact: true, methods: ['GET'] }),
        ],
        '/x/',
        'user-cookie',
      ],
    ])('of %j, %s is %s', (policies, path, expected) => {
      expect(decideAccess(build(...policies), 'GET', path)).toBe(expected);
    });

    it.each<[AuthPolicy[], string, Access]>([
      [[open('/public')], '/PUBLIC/x', 'unauthenticated'],
      [[open('/public', { exact: true })], '/PUBLIC', 'unauthenticated'],
      [[open('/public', { exact: true })], '/PUBLIC/', 'closed'],
      [[cookie('/files'), open('/files/Logo')], '/FILES/logo', 'unauthenticated'],
      [[open('/'), cookie('/admin', { exact: true })], '/ADMIN/', 'user-cookie'],
      [[open('/'), cookie('/keys')], '/%E2%84%AAeys', 'user-cookie'],
    ])('of %j, before one that ignores case, %s is %s', (policies, path, expected) => {
      const options = { caseInsensitive: true };
      expect(decideAccess(build(...policies), 'GET', path, options)).toBe(expected);
    });
  });

  it('keeps paths with two readings closed even where the whole plugin is open', () => {
    expect(decideAccess(build(open('/')), 'GET', '/a/../b')).toBe('closed');
    expect(decideAccess(build(open('*')), 'GET', '//a')).toBe('closed');
  });

  it('takes the stricter answer for the two readings of an encoded path', () => {
    const rules = build(open('/'), cookie('/admin'));
    expect(decideAccess(rules, 'GET', '/admin')).toBe('user-cookie');
    expect(decideAccess(rules, 'GET', '/%61dmin')).toBe('user-cookie');
    expect(decideAccess(rules, 'GET', '/%62dmin')).toBe('unauthenticated');
  });

  it.each<[AuthPolicy[], string, Access]>([
    [[open('/'), cookie('/private')], '/private/x', 'user-cookie'],
    [[cookie('/'), open('/public')], '/public/x', 'unauthenticated'],
    [[cookie('/'), open('/public')], '/other', 'user-cookie'],
    [[cookie('/files/:id'), open('/files/logo')], '/files/logo', 'unauthenticated'],
    [[cookie('/files/:id'), open('/files/logo')], '/files/plan', 'user-cookie'],
    [[cookie('/files'), open('/files/*rest')], '/files/plan', 'unauthenticated'],
    [[cookie('/files'), open('/files/*rest')], '/files', 'user-cookie'],
    [[cookie('/a'), open('/a', { exact: true })], '/a', 'unauthenticated'],
    [[cookie('/a'), open('/a', { exact: true })], '/a/b', 'user-cookie'],
    [[open('/a'), cookie('/a', { methods: ['GET'] })], '/a', 'user-cookie'],
    [
      [open('/a', { methods: ['GET', 'PUT'] }), cookie('/a', { methods: ['GET'] })],
      '/a',
      'user-cookie',
    ],
    [
      [cookie('/a', { methods: ['GET', 'PUT'] }), open('/a', { methods: ['GET'] })],
      '/a',
      'unauthenticated',
    ],
    [
      [cookie('/a', { methods: ['GET', 'PUT'] }), open('/a/b', { methods: ['GET', 'POST'] })],
      '/a/b',
      'user-cookie',
    ],
    // Neither of the two is the narrower: the stricter holds.
    [[open('/:x/admin'), cookie('/files/:y')], '/files/admin', 'user-cookie'],
    [[open('/a', { exact: true }), cookie('/a', { methods: ['GET'] })], '/a', 'user-cookie'],
    [[open('/*rest/raw'), cookie('/files')], '/files/raw', 'user-cookie'],
    // A narrower one overrules the dispute of two wider ones only if it is narrower than both.
    [
      [open('/:x/admin'), cookie('/files/:y'), open('/files/admin')],
      '/files/admin',
      'unauthenticated',
    ],
  ])('of %j, the most specific decides on %s: %s', (policies, path, expected) => {
    expect(decideAccess(build(...policies), 'GET', path)).toBe(expected);
    expect(decideAccess(build(...policies.toReversed()), 'GET', path)).toBe(expected);
  });

  it('covers a method with a hyphen', () => {
    const rules = build(open('/a', { methods: ['M-SEARCH'] }));
    expect(decideAccess(rules, 'M-SEARCH', '/a')).toBe('unauthenticated');
  });

  it('covers all methods unless the policy names some', () => {
    const rules = build(open('/all'), open('/some', { methods: ['get', 'Post'] }));
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE', 'PROPFIND', undefined]) {
      expect(decideAccess(rules, method, '/all')).toBe('unauthenticated');
    }
    for (const method of ['GET', 'HEAD', 'POST']) {
      expect(decideAccess(rules, method, '/some')).toBe('unauthenticated');
    }
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'PROPFIND', 'get', '', undefined]) {
      expect(decideAccess(rules, method, '/some')).toBe('closed');
    }
  });

  it('does not let HEAD imply GET', () => {
    expect(decideAccess(build(open('/a', { methods: ['HEAD'] })), 'GET', '/a')).toBe('closed');
  });
});

describe('addPolicy', () => {
  const refusal = (message: unknown) =>
    expect.objectContaining({ code: 'AUTH_CONFIG_INVALID', message });

  it.each<[AuthPolicy, AuthPolicy]>([
    [open('/a'), cookie('/a')],
    [open('/a'), cookie('/A')],
    [open('/'), cookie('*')],
    [open('/files/:id'), cookie('/files/:name')],
    [open('/a{/b}'), cookie('/a/b')],
    [open('/a', { exact: true }), cookie('/a', { exact: true })],
    [open('/a', { methods: ['GET'] }), cookie('/a', { methods: ['HEAD', 'GET'] })],
    [open('/a', { methods: ['GET', 'PUT'] }), cookie('/a', { methods: ['PUT', 'POST'] })],
  ])('refuses %j beside %j, in either order', (one, other) => {
    const message = expect.stringMatching(
      /^Invalid auth policy for path .* cannot be both "[a-z-]+" and "[a-z-]+", the first by the policy for /,
    );
    expect(() => build(one, other)).toThrow(refusal(message));
    expect(() => build(other, one)).toThrow(refusal(message));
  });

  it.each<[AuthPolicy, AuthPolicy]>([
    [open('/a'), open('/a')],
    [open('/a'), cookie('/b')],
    [open('/a'), cookie('/a/b')],
    [open('/a', { methods: ['GET'] }), cookie('/a', { methods: ['POST'] })],
    [open('/a', { methods: ['GET'] }), cookie('/a')],
  ])('accepts %j beside %j', (one, other) => {
    expect(build(one, other)).toHaveLength(2);
  });

  it('leaves the rules as they were when it refuses one', () => {
    const rules = build(open('/a'));
    expect(() => addPolicy(rules, cookie('/a'))).toThrow();
    expect(rules).toHaveLength(1);
  });

  it.each([
    ['', 'Invalid auth policy for path "": it does not begin with "/". Accepted are "/" and "*"'],
    ['health', 'Invalid auth policy for path "health": it does not begin with "/"'],
    ['/a/*', 'Invalid auth policy for path "/a/*": Missing parameter name'],
    [undefined, 'Invalid auth policy for path undefined: it is not a string'],
    [['/a'], 'Invalid auth policy for path ["/a"]: it is not a string'],
  ])('refuses the path %j and says what is accepted', (path, start) => {
    expect(() => build({ path, allow: 'unauthenticated' } as AuthPolicy)).toThrow(
      refusal(expect.stringContaining(start)),
    );
    expect(() => build({ path, allow: 'unauthenticated' } as AuthPolicy)).toThrow(
      'in the grammar of path-to-regexp 8',
    );
  });

  it.each([
    [{ path: '/a' }, "allow must be 'unauthenticated' or 'user-cookie', found undefined"],
    [{ path: '/a', allow: 'everyone' }, 'found "everyone"'],
    [open('/a', { exact: 'yes' as never }), 'exact must be true or false, found "yes"'],
    [open('/a', { methods: [] }), 'methods must be a list of HTTP methods, found []'],
    [open('/a', { methods: 'GET' as never }), 'methods must be a list of HTTP methods'],
    [open('/a', { methods: ['GET POST'] }), 'methods must be a list of HTTP methods'],
    [open('/a', { methods: ['M-1'] }), 'methods must be a list of HTTP methods'],
    [open('/a', { methods: ['GET', '1'] }), 'methods must be a list of HTTP methods'],
    [open('/a', { methods: ['GET', true as never] }), 'methods must be a list of HTTP methods'],
    [{ ...open('/a'), method: ['GET'] }, 'it may have path, allow, methods, exact, found "method"'],
  ])('refuses %j', (policy, message) => {
    const whole = expect.stringMatching(/^Invalid auth policy for path "\/a": /);
    expect(() => build(policy as AuthPolicy)).toThrow(refusal(whole));
    expect(() => build(policy as AuthPolicy)).toThrow(message);
  });
});
