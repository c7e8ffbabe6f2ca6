import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  expressVersions,
  jane,
  loadExpress,
} from '../../packages/auth-http/src/testing/expressPlugin';
import { setUpHttpAuth } from '../../packages/auth-http/src/testing/setUpHttpAuth';

/** A plugin that serves a folder of which `public` is open, with `express.static`, which reads paths as files. */
describe.each(expressVersions)('files behind a policy, served by %s,', name => {
  const express = loadExpress(name);
  const folder = mkdtempSync(join(tmpdir(), 'stagepass-files-'));
  mkdirSync(join(folder, 'public'));
  mkdirSync(join(folder, 'private'));
  writeFileSync(join(folder, 'public/ok.txt'), 'for everybody');
  writeFileSync(join(folder, 'private/s.txt'), 'canary');
  writeFileSync(join(folder, 'secret.txt'), 'canary');
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => express.stop());

  async function start() {
    const { auth, httpAuth } = setUpHttpAuth();
    const { router, addAuthPolicy } = express.adapter.createPluginRouter({ auth, httpAuth });
    addAuthPolicy({ path: '/public', allow: 'unauthenticated' });
    const app = express.framework();
    app.use('/api/p', router, express.framework.static(folder));
    app.use(express.adapter.authErrorHandler());
    return express.start(app);
  }

  it('are served: the open one to anybody, the others with credentials', async () => {
    const send = await start();
    expect((await send('GET /api/p/public/ok.txt')).text).toBe('for everybody');
    expect((await send('GET /api/p/private/s.txt', jane)).text).toBe('canary');
    expect((await send('GET /api/p/secret.txt')).status).toBe(401);
  });

  it.each([
    ['PATH-01', '/public/../private/s.txt'],
    ['PATH-01', '/public/../secret.txt'],
    ['PATH-01', '/../p/secret.txt'],
    ['PATH-02', '/public/%2e%2e/private/s.txt'],
    ['PATH-02', '/public/%2E%2E/secret.txt'],
    ['PATH-02', '/public/..%2fprivate/s.txt'],
    ['PATH-02', '/public/%252e%252e/private/s.txt'],
    ['PATH-02', '/public/..%5cprivate/s.txt'],
    ['PATH-02', '/public/.%2e/secret.txt'],
    ['PATH-02', '/public/./../secret.txt'],
    ['PATH-02', '/public/%2e/%2e%2e/secret.txt'],
    ['PATH-03', '/public%2f..%2fprivate%2fs.txt'],
    ['PATH-03', '/public%5c..%5csecret.txt'],
    ['PATH-03', '/%70rivate/s.txt'],
    ['PATH-03', '/private%2fs.txt'],
    ['PATH-04', '//secret.txt'],
    ['PATH-04', '//private/s.txt'],
    ['PATH-04', '/private//s.txt'],
    ['PATH-04', '/public//../secret.txt'],
    ['PATH-04', '///secret.txt'],
    ['PATH-05', '/PUBLIC/../secret.txt'],
    ['PATH-05', '/Private/s.txt'],
  ])('%s: are not given away to nobody at %s', async (_id, path) => {
    const send = await start();
    for (const target of [`/api/p${path}`, `http://localhost/api/p${path}`, `/api//p${path}`]) {
      const answer = await send(`GET ${target}`);
      expect([400, 401, 404]).toContain(answer.status);
      expect(answer.text).not.toContain('canary');
    }
  });
});
