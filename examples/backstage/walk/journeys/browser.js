import { step } from '../step.js';

const inBrowser = { needsBrowser: true };
const page = '/api/my-plugin/page';

/** What the browser itself does on a page of the same origin: `fetch` with its own cookies. */
async function fetchInPage(walk, method, path, bearer) {
  return await walk.browser.evaluate(
    async ([method, path, bearer]) => {
      const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
      const answer = await globalThis.fetch(path, { method, headers, credentials: 'include' });
      const text = await answer.text();
      return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text };
    },
    [method, path, bearer],
  );
}

async function visit(walk, path) {
  const answer = await walk.browser.goto(`${walk.backend.url}${path}`);
  return { status: answer.status(), text: await walk.browser.textContent('body') };
}

const cookiePath = '/api/my-plugin/.backstage/auth/v1/cookie';

export const browser = {
  title: 'A browser',
  steps: [
    step(
      'somebody opens the page and is sent away',
      walk => visit(walk, page),
      { status: 401, text: /AuthenticationError/ },
      inBrowser,
    ),
    step(
      'she opens a page for everybody and signs in',
      async walk => {
        await visit(walk, '/api/my-plugin/open');
        const answer = await fetchInPage(walk, 'GET', '/api/auth/guest/refresh');
        walk.user = answer.body.backstageIdentity?.token;
        walk.sent.add(walk.user);
        return answer;
      },
      { status: 200, body: { backstageIdentity: { token: /^ey/ } } },
      inBrowser,
    ),
    step(
      'she asks for the cookie',
      walk => fetchInPage(walk, 'GET', cookiePath, walk.user),
      { status: 200, body: { expiresAt: /Z$/ } },
      inBrowser,
    ),
    step(
      'the page opens for her',
      walk => visit(walk, page),
      { status: 200, text: /Hello, user:default\/jane/ },
      inBrowser,
    ),
    step(
      'scripts cannot read the cookie',
      async walk => ({ cookie: await walk.browser.evaluate(() => globalThis.document.cookie) }),
      { cookie: '' },
      inBrowser,
    ),
    step(
      'she signs out',
      walk => fetchInPage(walk, 'DELETE', cookiePath, walk.user),
      { status: 204 },
      inBrowser,
    ),
    step(
      'the page is closed again',
      walk => visit(walk, page),
      { status: 401, text: /AuthenticationError/ },
      inBrowser,
    ),
  ],
};
