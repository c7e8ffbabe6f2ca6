import { element } from './element.js';
import { nameOf, tokenCard, userInside } from './token.js';

/**
 * Makes the entry of a call: its way at a glance, then each hop in full.
 *
 * @param {{ name: string, id: string, hops: object[] }} call - `hops`: as the inspector tells them
 */
export function entryOf({ name, id, hops }) {
  const [first] = hops;
  return element(
    'details.entry',
    { open: true },
    element(
      'summary',
      {},
      element('h3', {}, name),
      first?.answer && statusPill(first.answer.status),
      element('time', {}, new Date().toLocaleTimeString()),
    ),
    way(hops),
    element('p.hint', {}, 'In the log under the correlation id ', element('code', {}, id)),
    ...hops.map(hop),
  );
}

/** Says in one sentence what came of a call. */
export function sentenceOf({ name, hops }) {
  const refusal = hops.map(refusalOf).find(Boolean);
  const route = hops.map(({ to }) => to).join(', then ');
  const outcome = refusal ? `refused with ${refusal.code}` : `answered ${hops[0]?.answer?.status}`;
  return `${name}: ${route}: ${outcome}`;
}

/** The plugins on the way, and between them what travelled. */
function way(hops) {
  const items = hops.flatMap(({ to, carrier, token, answer }) => [
    element('li.arrow', {}, cargo(carrier, token)),
    element(
      `li.place.${isGood(answer) ? 'good' : 'bad'}`,
      {},
      element('span', { 'aria-hidden': 'true' }, isGood(answer) ? '✓ ' : '✕ '),
      to,
    ),
  ]);
  return element(
    'ol.way',
    { 'aria-label': 'The way' },
    element('li.place', {}, 'browser'),
    ...items,
  );
}

function cargo(carrier, token) {
  if (!token) return 'no token';
  const user = userInside(token);
  return `${nameOf(token)}${user ? `, ${user} inside` : ''}${carrier === 'cookie' ? ', as cookie' : ''}`;
}

function hop(it) {
  const refusal = refusalOf(it);
  return element(
    'section.hop',
    {},
    element('h4', {}, `${it.from} → ${it.to} `, element('code', {}, `${it.method} ${it.path}`)),
    refusal && refusalNote(it, refusal),
    element(
      'div.columns',
      {},
      column('What came in', ...travelled(it)),
      column(`Credentials at ${it.to}`, ...caller(it, refusal)),
      column('The answer', ...answerParts(it)),
    ),
  );
}

function column(title, ...content) {
  return element('div', {}, element('h5', {}, title), ...content);
}

function travelled({ carrier, token }) {
  if (carrier === 'malformed')
    return [element('p', {}, 'An Authorization header of another scheme')];
  if (!token) return [element('p', {}, 'No credentials')];
  const place = carrier === 'cookie' ? 'In the auth cookie:' : 'In the Authorization header:';
  return [element('p.hint', {}, place), tokenCard(token)];
}

function caller({ credentials, events }, refusal) {
  if (!credentials) {
    return [
      element('p', {}, refusal ? 'Nobody: what came in proves nothing here' : 'Nobody was asked'),
    ];
  }
  const { type, userEntityRef, subject, actor, accessRestrictions } = credentials.principal;
  return [
    element('p.principal', {}, userEntityRef ?? subject ?? type),
    element('p.hint', {}, `type: ${type}`),
    actor && element('p', {}, 'through the actor ', element('strong', {}, actor.subject)),
    accessRestrictions &&
      element('p', {}, 'restricted to ', element('code', {}, JSON.stringify(accessRestrictions))),
    element('p.hint', {}, 'Printed: ', element('code', {}, credentials.printed)),
    events.length > 0 && auditTrail(events),
  ];
}

function auditTrail(events) {
  const lines = events.map(({ type, principal, code }) =>
    element('li', {}, element('code', {}, `${type} ${principal ?? code}`)),
  );
  return element(
    'details',
    {},
    element('summary', {}, `Audit trail: ${events.length}`),
    element('ul', {}, ...lines),
  );
}

function answerParts({ answer }) {
  if (!answer) return [element('p', {}, 'None')];
  const { status, challenge, cookies = [], body } = answer;
  const text = typeof body === 'string' ? body : JSON.stringify(body, null, 2);
  return [
    element('p', {}, statusPill(status)),
    challenge && element('p.hint', {}, 'WWW-Authenticate: ', element('code', {}, challenge)),
    ...cookies.flatMap(cookie => [
      element('p.hint', {}, cookie.token ? 'Sets the cookie: ' : 'Drops the cookie: '),
      element('p', {}, element('code', {}, cookie.attributes)),
      cookie.token && tokenCard(cookie.token),
    ]),
    body !== undefined &&
      element('pre', { tabIndex: 0, role: 'group', 'aria-label': 'Body' }, text),
  ];
}

function refusalNote({ to, answer }, { code, reason }) {
  return element(
    'div.refusal',
    {},
    element('p', {}, 'The caller reads: ', element('q', {}, answer?.body?.error?.message ?? '')),
    element('p', {}, `Only the log of ${to} says why: `, element('strong', {}, code)),
    element('p.reason', {}, reason),
  );
}

function refusalOf({ events }) {
  return events.find(({ type }) => type === 'refused');
}

function isGood(answer) {
  return answer !== undefined && answer.status < 400;
}

function statusPill(status) {
  return element(`span.status.${status < 400 ? 'good' : 'bad'}`, {}, String(status));
}
