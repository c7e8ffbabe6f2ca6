import {
  createRouterProbe,
  expressVersions,
  loadExpress,
  startPlugin,
} from '../testing/expressPlugin';
import { createRandom, randomText } from '../testing/random';

const parts = [
  ...['/', '/', 'public', 'PUBLIC', 'files', 'secret', '.', '..', '%2e', '%2f', '%5c', '\\'],
  ...['%70', '%25', '%', ';', 'a', '?', '#', '%00', ' ', '\u00e9', 'S', 's', '/public', '/files/'],
];

describe.each(expressVersions)('the paths of a policy on %s', name => {
  const express = loadExpress(name);
  afterEach(express.stop);

  it.each([
    '/public/../private/s.txt',
    '/public/../secret.txt',
    '/public/%2e%2e/private/s.txt',
    '/public/%2E%2E/private/s.txt',
    '/public/..%2fprivate/s.txt',
    '/public/%252e%252e/private/s.txt',
    '/public/..%5cprivate',
    '/public/.%2e/private',
    '/public/./../x',
    '/public%2f..%2fprivate%2fs.txt',
    '/public%5cx',
    '/public\\..\\private',
    '/%70ublic/x',
    '/public//x',
    '/public//',
    '///',
    '/publicity',
    '/PUBLIC/x',
    '/public;x',
    '/public.json',
    '/x/public',
    '/public%00',
    '/public%',
  ])('does not exempt the raw path %s', async path => {
    const { send } = await startPlugin(express, {
      policies: [{ path: '/public', allow: 'unauthenticated' }],
    });
    expect((await send(`GET /api/test${path}`)).status).toBe(401);
  });

  it('agrees with the router about a doubled slash at the mount point', async () => {
    const { send } = await startPlugin(express, {
      policies: [{ path: '/public', allow: 'unauthenticated' }],
    });
    // The mount point of Express 4 takes both slashes, so that the router sees `/public`.
    const answer = await send('GET /api/test//public');
    if (name === 'express') expect(answer.status).toBe(401);
    else expect(answer.text).toBe('{"handler":"public"}');
    expect((await send('GET /api/test///public')).status).toBe(401);
    expect((await send('GET /api/test//private')).status).toBe(401);
  });

  it.each(['/public', '/public/', '/public/a%20b', '/public/x?../private'])(
    'exempts the raw path %s',
    async path => {
      const { send } = await startPlugin(express, {
        policies: [{ path: '/public', allow: 'unauthenticated' }],
      });
      expect((await send(`GET /api/test${path}`)).text).toBe('{"handler":"public"}');
      expect((await send(`GET http://localhost/api/test${path}`)).status).toBe(200);
    },
  );

  it('exempts no path that the router gives to another handler than the policy names', async () => {
    const reach = createRouterProbe(express, [
      { path: '/public', allow: 'unauthenticated' },
      { path: '/files/:id', allow: 'unauthenticated', exact: true },
    ]);
    const random = createRandom(7);
    let exempt = 0;
    for (let count = 0; count < 20_000; count += 1) {
      const path = `/${randomText(random, parts, 5)}`;
      const handler = await reach(path);
      if (handler === undefined) continue;
      exempt += 1;
      expect({ path, handler }).toEqual({
        path,
        handler: expect.stringMatching(/^(public|file)$/),
      });
    }
    expect(exempt).toBeGreaterThan(100);
  });
});
