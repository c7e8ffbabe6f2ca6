import { element } from './element.js';

// Tokens as the inspector shows them: `{ form: 'jwt', header, claims }` or `{ form: 'opaque' }`.

/** What each kind is called, and the colour of its card. */
const kinds = {
  'vnd.backstage.user': ['User token', 'user'],
  'vnd.backstage.limited-user': ['Limited user token', 'limited'],
  'vnd.backstage.plugin': ['Plugin token', 'plugin'],
};

const meanings = {
  typ: 'kind of token',
  alg: 'how it is signed',
  kid: 'which key signed it',
  iss: 'who issued it',
  sub: 'about whom',
  aud: 'for whom alone',
  iat: 'issued',
  exp: 'expires',
  ent: 'owns things through',
  uip: 'for the limited form',
  obo: 'on behalf of whom',
};

/** Reads a token that this page holds, as the inspector would show it. */
export function readToken(token) {
  const [header, claims] = token.split('.').slice(0, 2).map(decode);
  return { form: 'jwt', header, claims: { ...claims, uip: '(a signature, not shown)' } };
}

/** Reads one segment of a token. */
export function decode(segment) {
  const binary = atob(segment.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, it => it.charCodeAt(0))));
}

/** Returns a token with other header or claims written into it, under the signature that it had. */
export function tamper(token, { header, claims }) {
  const [first, second, signature] = token.split('.');
  const write = (segment, changes) =>
    changes ? encode({ ...decode(segment), ...changes }) : segment;
  return [write(first, header), write(second, claims), signature].join('.');
}

function encode(value) {
  const binary = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(value)));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What a token is called in a few words. */
export function nameOf(token) {
  if (token.form === 'opaque') return 'Opaque token';
  return kinds[token.header.typ]?.[0] ?? 'Token of an unknown kind';
}

/** The user whose token is inside another, if there is one. */
export function userInside({ claims }) {
  return isToken(claims?.obo) ? claims.obo.claims.sub : undefined;
}

/** Makes the card of a token. */
export function tokenCard(token) {
  if (token.form === 'opaque') {
    const text = 'No JSON Web Token, such as a static token. Nothing in it can be shown.';
    return element('div.pass.opaque', {}, title(token), element('p.hint', {}, text));
  }
  const kind = kinds[token.header.typ]?.[1] ?? 'opaque';
  return element(
    `div.pass.${kind}`,
    {},
    title(token),
    element('p.who', {}, summary(token)),
    members('Header', token.header),
    members('Claims', token.claims),
  );
}

function title(token) {
  return element('p.kind', {}, nameOf(token));
}

function summary(token) {
  const { sub, aud } = token.claims;
  if (aud === undefined || aud === 'backstage') return String(sub ?? '');
  const user = userInside(token) ? `, on behalf of ${userInside(token)}` : '';
  return `from ${sub}, for ${aud}${user}`;
}

function members(caption, object) {
  const rows = Object.entries(object).flatMap(([name, value]) => {
    const meaning = meanings[name] && element('small', {}, meanings[name]);
    const heading = element('th', { scope: 'row' }, name, ' ', meaning);
    if (!isToken(value)) return row(heading, element('td', {}, show(name, value)));
    heading.colSpan = 2;
    return [row(heading), row(element('td.inside', { colSpan: 2 }, tokenCard(value)))];
  });
  return element('table', {}, element('caption', {}, caption), element('tbody', {}, ...rows));
}

function row(...cells) {
  return element('tr', {}, ...cells);
}

function show(name, value) {
  if (['iat', 'exp', 'nbf'].includes(name) && typeof value === 'number') {
    const time = new Date(value * 1000).toLocaleString();
    return element('span', {}, `${value}`, element('small', {}, time));
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isToken(value) {
  return value?.form === 'jwt' && value.header !== undefined && value.claims !== undefined;
}
