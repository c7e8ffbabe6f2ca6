import { cookiePath, groups } from './calls.js';
import { element } from './element.js';
import { entryOf, sentenceOf } from './timeline.js';
import { readToken, tokenCard } from './token.js';

/** How many calls stay to be looked at. */
const KEPT = 12;

const at = id => document.getElementById(id);
const demo = await (await fetch('/demo.json')).json();

/** Who is signed in: `user`, `token`, `expiresAt`, and `cookieUntil`, if the cookie is set. */
let session;

for (const { username, password } of [demo.jane, demo.john]) {
  const take = () => {
    at('username').value = username;
    at('password').value = password;
  };
  at('choices').append(' ', element('button', { type: 'button', onclick: take }, username));
}

for (const { title, calls } of groups) {
  const buttons = calls.map(call => {
    const button = element('button.call', { onclick: () => take(call, button) }, call.name);
    button.append(element('small', {}, call.note));
    return element('li', {}, button);
  });
  at('calls').append(element('h2', {}, title), element('ul', {}, ...buttons));
}

at('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  at('sign-in-problem').textContent = '';
  const json = { username: at('username').value, password: at('password').value };
  const request = { method: 'POST', path: '/api/auth/sign-in', json };
  const { status, body } = await send(request).catch(error => ({ body: { error } }));
  if (status !== 200) {
    at('sign-in-problem').textContent = body.error.message;
    return;
  }
  const { claims } = readToken(body.token);
  session = { user: claims.sub, token: body.token, expiresAt: new Date(body.expiresAt) };
  at('password').value = '';
  at('user-token').replaceChildren(tokenCard(readToken(session.token)));
  showSession();
  at('user').focus();
});

at('sign-out').addEventListener('click', async () => {
  const request = { method: 'DELETE', path: cookiePath, bearer: session.token, cookie: true };
  const { status } = await send(request).catch(() => ({}));
  signOut(`Signed out: the token is forgotten${status === 204 ? ', and the cookie dropped' : ''}.`);
});

setInterval(() => session && showSession(), 1000);

/** Makes a call of the page, and shows what became of it. */
async function take(call, button) {
  button.setAttribute('aria-busy', 'true');
  try {
    const request = await call.request({ me: session.token, demo, other });
    // Without a trace of one's own the inspector keeps nothing.
    const { id } = await ask({ method: 'POST', path: '/api/inspector/traces' });
    const { status, body } = await send(request, id);
    noteCookie(request, status, body);
    const { trace } = await ask({ path: `/api/inspector/traces/${id}` });
    show({ name: call.name, id, hops: trace });
  } catch (error) {
    at('status').textContent = error.message;
  } finally {
    button.removeAttribute('aria-busy');
  }
}

/** What calls need that the user does not have at hand. */
const other = {
  pluginToken: async () => (await ask({ path: '/api/my-plugin/token' })).token,
  cookie: async () => {
    const request = { path: cookiePath, cookie: true };
    noteCookie(request, 200, await ask(request));
  },
};

/** Asks the backend something as the user. */
async function ask(request) {
  const { status, body } = await send({ ...request, bearer: session?.token });
  if (status < 300) return body;
  if (status === 401) signOut();
  throw new Error(
    status === 401 ? 'Your token is not accepted: sign in again' : body.error.message,
  );
}

/** Sends a request; cookies go with it only where it says so. Throws where there is no answer. */
async function send(request, requestId) {
  const { method = 'GET', path, bearer, cookie, json } = request;
  const authorization = request.authorization ?? (bearer && `Bearer ${bearer}`);
  const response = await fetch(path, {
    method,
    credentials: cookie ? 'same-origin' : 'omit',
    cache: 'no-store',
    headers: {
      ...(authorization && { authorization }),
      ...(requestId && { 'x-request-id': requestId }),
      ...(json && { 'content-type': 'application/json' }),
    },
    body: json && JSON.stringify(json),
  }).catch(() => {
    throw new Error('The backend does not answer');
  });
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, body: isJson ? await response.json() : undefined };
}

/** The cookie is out of reach of scripts: the page knows of it by what it did. */
function noteCookie({ method, path }, status, body) {
  if (!session || path !== cookiePath || status >= 300) return;
  session.cookieUntil = method === 'DELETE' ? undefined : new Date(body.expiresAt);
  showSession();
}

function show(call) {
  for (const entry of at('results').querySelectorAll('.entry')) entry.open = false;
  at('results').prepend(element('li', {}, entryOf(call)));
  while (at('results').children.length > KEPT) at('results').lastChild.remove();
  at('nothing-yet').hidden = true;
  at('status').textContent = sentenceOf(call);
  const { top } = at('status').getBoundingClientRect();
  if (top < 0 || top > innerHeight / 2) at('timeline').scrollIntoView();
}

function showSession() {
  at('sign-in').hidden = session !== undefined;
  at('signed-in').hidden = session === undefined;
  at('sign-in-first').hidden = session !== undefined;
  at('calls').disabled = session === undefined;
  at('user').textContent = session?.user ?? '';
  at('expiry').textContent = session ? until(session.expiresAt) : '';
  at('cookie').textContent = session?.cookieUntil ? until(session.cookieUntil) : 'not set';
  at('open-page').hidden = !session?.cookieUntil;
}

function until(time) {
  const seconds = Math.ceil((time - Date.now()) / 1000);
  if (seconds <= 0) return `expired at ${time.toLocaleTimeString()}`;
  const left = seconds > 90 ? `${Math.round(seconds / 60)} min` : `${seconds} s`;
  return `expires at ${time.toLocaleTimeString()}, in ${left}`;
}

function signOut(message = '') {
  session = undefined;
  at('user-token').replaceChildren();
  showSession();
  at('status').textContent = message;
  at('username').focus();
}
