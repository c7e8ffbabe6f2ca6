import type { AuthPolicy } from '@stagepass/auth-node';
import { jane, janesCookie } from '../../packages/auth-http/src/testing/expressPlugin';
import { describeAdapters } from './adapters';

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

/** Which handler a request without credentials reached, if any. */
const handlerOf = ({ text }: { text: string }) => /"handler":"(\w+)"/.exec(text)?.[1];

describeAdapters('the paths of a policy', (start, name) => {
  it.each([
    ['PATH-01', '/public/../private/s.txt'],
    ['PATH-01', '/public/../secret.txt'],
    ['PATH-01', '/public/..'],
    ['PATH-01', '/../public'],
    ['PATH-02', '/public/%2e%2e/private/s.txt'],
    ['PATH-02', '/public/%2E%2E/private/s.txt'],
    ['PATH-02', '/public/.%2e/private/s.txt'],
    ['PATH-02', '/public/..%2fprivate/s.txt'],
    ['PATH-02', '/public/%252e%252e/private/s.txt'],
    ['PATH-02', '/public/..%5cprivate/s.txt'],
    ['PATH-02', '/public/..\\private/s.txt'],
    ['PATH-02', '/public/./../x'],
    ['PATH-02', '/public/./x'],
    ['PATH-03', '/public%2f..%2fprivate%2fs.txt'],
    ['PATH-03', '/public%2fx'],
    ['PATH-03', '/public%5cx'],
    ['PATH-03', '/public\\x'],
    ['PATH-03', '/public%00'],
    ['PATH-03', '/x/%70ublic'],
    ['PATH-03', '/public%'],
    ['PATH-03', '/public%ff'],
    ['PATH-04', '//private'],
    ['PATH-04', '/public//private'],
    ['PATH-04', '/public//'],
    ['PATH-04', '///'],
    ['PATH-05', '/PRIVATE'],
    ['PATH-06', '/publicity'],
    ['PATH-06', '/public.json'],
    ['PATH-06', '/public;x'],
    ['PATH-06', '/x/public'],
    ['PATH-12', '#/../public'],
  ])('%s: open nothing else at %s', async (_id, path) => {
    const { auth, send } = await start({ policies: [open('/public')] });
    const handler = handlerOf(await send(`GET /api/test${path}`));
    // Where the platform resolves the path before anybody sees it, it is just another path.
    const tidied = new URL(`http://localhost/api/test${path}`).pathname;
    const isPlain = name.startsWith('Hono') && /^[/]api[/]test[/]public([/]\w+)*$/.test(tidied);
    expect([undefined, ...(isPlain ? ['public'] : [])]).toContain(handler);
    expect(auth.verified).toEqual([]);
  });

  it.each([
    '/public',
    '/public/',
    '/public/x/y',
    '/public/a%20b',
    '/public/x?../private',
    '/public/a;b',
  ])('open %s, also as an absolute target', async path => {
    const { send } = await start({ policies: [open('/public')] });
    expect(handlerOf(await send(`GET /api/test${path}`))).toBe('public');
    expect(handlerOf(await send(`GET http://localhost/api/test${path}`))).toBe('public');
  });

  it.each([
    'http://localhost/api/test/public/../private',
    '/api//test/private',
    '//api/test/private',
    '/API/TEST/private',
    '/Api/Test/PRIVATE',
    'http://localhost//api/test/private',
    'http://user@localhost/api/test/private',
    'http://localhost/api/test/public#/../../private',
    'https://localhost/api/test/private?/public',
    'ftp://localhost/api/test/private',
    '*',
  ])('PATH-04, PATH-05: open nothing else for the target %s', async target => {
    const { send } = await start({ policies: [open('/public')] });
    expect([undefined, 'public']).toContain(handlerOf(await send(`GET ${target}`)));
    expect(handlerOf(await send(`OPTIONS ${target}`))).not.toBe('private');
  });

  describe.each([[false], [true]])('PATH-05, PATH-12: with a lenient router: %s', lenientRouter => {
    it.each([
      [open('/item', { exact: true }), '/ITEM'],
      [open('/item', { exact: true }), '/item/'],
      [open('/item', { exact: true }), '/Item/'],
      [open('/public'), '/Public/x'],
      [open('/files/:id', { exact: true }), '/Files/1'],
      [open('/files/:id', { exact: true }), '/files/1/'],
    ])('%j gives %s to no other handler', async (policy, path) => {
      const { send } = await start({ policies: [policy], lenientRouter });
      const named = policy.path.replace(/^[/](file)?s?/, '$1').replace(/[/]:id$/, '');
      expect([undefined, named]).toContain(handlerOf(await send(`GET /api/test${path}`)));
      const plain = policy.path.replace(':id', '1');
      expect(handlerOf(await send(`GET /api/test${plain}`))).toBe(named);
    });

    it.each(['/view', '/VIEW', '/view/', '/View/x', '/view;x', '/%76iew'])(
      'a stricter policy below an open one keeps guarding %s',
      async path => {
        const { send } = await start({ policies: [open('/'), cookie('/view')], lenientRouter });
        expect(handlerOf(await send('GET /api/test/item'))).toBe('item');
        expect(handlerOf(await send(`GET /api/test${path}`))).toBeUndefined();
      },
    );
  });

  it.each(['/%70ublic', '/%70ublic/x', '/p%75blic'])(
    'PATH-03: an encoded letter at %s opens nothing that the letter does not',
    async path => {
      const { send } = await start({ policies: [open('/public')] });
      expect([undefined, 'public']).toContain(handlerOf(await send(`GET /api/test${path}`)));
      const { send: sendClosed } = await start({ policies: [open('/'), cookie('/public')] });
      expect(handlerOf(await sendClosed(`GET /api/test${path}`))).toBeUndefined();
    },
  );

  it('PATH-07: methods narrow a policy, and GET brings HEAD', async () => {
    const { send } = await start({ policies: [open('/item', { methods: ['GET'] })] });
    expect(handlerOf(await send('GET /api/test/item'))).toBe('item');
    expect((await send('HEAD /api/test/item')).status).toBe(200);
    for (const method of [
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
      'FOO',
    ]) {
      const answer = await send(`${method} /api/test/item`, 'Content-Length: 0');
      expect([400, 401, 404]).toContain(answer.status);
      expect(handlerOf(answer)).toBeUndefined();
    }
  });

  it('PATH-07: a policy without methods covers them all', async () => {
    const { send } = await start({ policies: [open('/item')] });
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      expect(handlerOf(await send(`${method} /api/test/item`, 'Content-Length: 0'))).toBe('item');
    }
  });

  it.each([
    '/files/1/admin',
    '/files/%2e%2e',
    '/files/..',
    '/files/a%2fb',
    '/files/a%5cb',
    '/files/',
  ])('PATH-08: an exact parameter does not take %s', async path => {
    const { send } = await start({ policies: [open('/files/:id', { exact: true })] });
    expect(handlerOf(await send(`GET /api/test${path}`))).toBeUndefined();
    expect(handlerOf(await send('GET /api/test/files/a%20b'))).toBe('file');
  });

  it('PATH-08: what is below a parameter is open unless the policy is exact', async () => {
    const { send } = await start({ policies: [open('/files/:id')] });
    expect((await send('GET /api/test/files/1/admin')).text).toBe(
      '{"handler":"private","principal":{"type":"none"}}',
    );
  });

  it.each(['', '/api/test', '/backstage/api/test'])(
    'PATH-12: are those below %j, where the plugin is mounted',
    async basePath => {
      const { send } = await start({
        basePath,
        policies: [open('/public'), open('/api/test/item')],
      });
      expect(handlerOf(await send(`GET ${basePath}/public`))).toBe('public');
      expect((await send(`GET ${basePath}/.backstage/auth/v1/jwks.json`)).status).toBe(200);
      expect((await send(`GET ${basePath}/x`)).status).toBe(401);
      for (const path of ['/public', '/api/test/item', '/x/public', '/api/test', '/']) {
        const isBelow = path.startsWith(`${basePath}/`);
        if (!isBelow) expect(handlerOf(await send(`GET ${path}`))).toBeUndefined();
      }
      for (const path of ['/x/..', '//', '/.', '/%2e']) {
        const handler = handlerOf(await send(`GET ${path}${basePath}/user`));
        expect(handler).toBeUndefined();
      }
    },
  );

  it('PATH-13: may be added after the first request, and say the same in either order', async () => {
    const policies = [open('/'), cookie('/view'), open('/view/logo')];
    for (const order of [policies, policies.toReversed()]) {
      const { addAuthPolicy, send } = await start({});
      expect(handlerOf(await send('GET /api/test/item'))).toBeUndefined();
      order.forEach(policy => addAuthPolicy(policy));
      expect(handlerOf(await send('GET /api/test/item'))).toBe('item');
      expect(handlerOf(await send('GET /api/test/view'))).toBeUndefined();
      expect(handlerOf(await send('GET /api/test/view', janesCookie))).toBe('view');
      expect(handlerOf(await send('GET /api/test/view/logo'))).toBe('view');
      expect(() => addAuthPolicy(cookie('/view/Logo'))).toThrow(
        'Invalid auth policy for path "/view/Logo": the same requests cannot be both',
      );
      expect(() => addAuthPolicy(open('/a/*'))).toThrow('Invalid auth policy for path "/a/*"');
    }
  });

  it('let a bearer pass on every path that they open', async () => {
    const { send } = await start({ policies: [cookie('/view')] });
    expect(handlerOf(await send('GET /api/test/view', jane))).toBe('view');
  });
});
