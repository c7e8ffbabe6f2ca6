import { limited } from '../callers.js';
import { step, unauthenticated } from '../step.js';

const cookiePath = '/api/my-plugin/.backstage/auth/v1/cookie';
const page = '/api/my-plugin/page';
const cookie = token => `backstage-auth=${token}`;

export const cookies = {
  title: 'Cookies',
  steps: [
    step('an open page needs nothing', walk => walk.get('/api/my-plugin/open'), {
      status: 200,
      body: /Come in/,
    }),
    step(
      'the page is closed without a cookie',
      walk => walk.get(page),
      unauthenticated('Missing credentials'),
    ),
    step('a user gets a cookie', walk => walk.get(cookiePath, { bearer: walk.user }), {
      status: 200,
      body: { expiresAt: /^\d{4}-\d\d-\d\dT[\d:.]+Z$/ },
      headers: { 'set-cookie': { 0: /^backstage-auth=ey.*HttpOnly/ } },
    }),
    step(
      'the page opens with a limited token in the cookie',
      walk => walk.get(page, { cookie: cookie(limited(walk.user)) }),
      { status: 200, body: /Hello, user:default\/jane/ },
    ),
    step(
      'a full user token in the cookie is refused',
      walk => walk.get(page, { cookie: cookie(walk.user) }),
      unauthenticated(),
      { onBackstage: { status: 200, body: /Hello, user:default\/jane/ } },
    ),
    step(
      'the cookie opens nothing else',
      walk => walk.get('/api/my-plugin/who', { cookie: cookie(limited(walk.user)) }),
      unauthenticated('Missing credentials'),
    ),
    step(
      'a cookie is dropped by whoever shows a token, not a cookie',
      walk => walk.send('DELETE', cookiePath, { cookie: cookie(limited(walk.user)) }),
      unauthenticated('Missing credentials'),
    ),
    step('dropping the cookie', walk => walk.send('DELETE', cookiePath, { bearer: walk.user }), {
      status: 204,
      headers: { 'set-cookie': { 0: /^backstage-auth=;.*1970/ } },
    }),
  ],
};
