import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { createKey } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge } from '../../packages/auth-backend/src/testing/tokenFixtures';
import type { Sent } from './World';

/** Stands in what nobody but the caller may see again: no answer, no error, no log, no event, no metric. */
export const SECRET = 'canary-secret';

/** Stands in what the reason of a refusal may tell: typ, alg, kid, aud and iss. */
export const TELLABLE = 'canary-tellable';

/** The static tokens of the configuration, and something that is nearly one of them. */
export const STATIC_TOKEN = `${SECRET}-static-token`;
export const RESTRICTED_TOKEN = `${SECRET}-restricted-token`;

const catalogKey = createKey('catalog-key');
const userKey = createKey('user-key');
export const publishedKeys = { catalogKey, userKey };
const foreignKey = createKey('catalog-key');

const evil = ['', '\r\n[error] forged ', '\u001b[31m', '\u2028', '"}', '\u0000', 'é😀'];

/** A value of any JSON type in which the canary stands somewhere, among what could break a line. */
const holding = (canary: string): fc.Arbitrary<unknown> =>
  fc
    .record({ before: fc.constantFrom(...evil), after: fc.constantFrom(...evil), shape: fc.nat(5) })
    .map(({ before, after, shape }) => {
      const text = `${before}${canary}${after}`;
      return [text, [text], { [text]: text }, [[{ deep: text }]], text.repeat(20), `!${text}`][
        shape
      ];
    });

/** A text in which the canary stands somewhere. */
const textOf = (canary: string) =>
  fc.tuple(fc.constantFrom(...evil), fc.constantFrom(...evil)).map(parts => parts.join(canary));

const member = (name: string, value: fc.Arbitrary<unknown>) =>
  fc.option(value, { nil: undefined }).map(it => (it === undefined ? {} : { [name]: it }));

const typ = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('vnd.backstage.plugin', 'vnd.backstage.user') },
  fc.constantFrom('vnd.backstage.limited-user', 'JWT'),
  textOf(TELLABLE),
  holding(SECRET).filter(value => typeof value !== 'string'),
);

const header = fc
  .tuple(
    member('typ', typ),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant({ alg: 'ES256' }) },
      textOf(TELLABLE).map(alg => ({ alg })),
      fc.constantFrom({ alg: 'none' }, { alg: 'HS256' }, {}),
    ),
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom({ kid: 'catalog-key' }, { kid: 'user-key' }) },
      textOf(TELLABLE).map(kid => ({ kid })),
      fc.constant({}),
    ),
    fc.oneof(
      { weight: 12, arbitrary: fc.constant({}) },
      holding(SECRET).map(crit => ({ crit })),
      holding(SECRET).map(value => ({ [SECRET]: value, jwk: value, jku: value })),
    ),
  )
  .map(parts => Object.assign({}, ...parts) as object);

/** Claims for a moment; each of them good, missing, or of the caller's own making. */
const claims = (now: number) => {
  const time = (good: number) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(good) },
      fc.constantFrom(0, -1, 1e300, now - 9, now + 99_999),
      holding(SECRET),
    );
  const party = (good: string) =>
    fc.oneof(
      { weight: 4, arbitrary: fc.constant(good) },
      textOf(TELLABLE),
      textOf(TELLABLE).map(text => [text, 'x']),
      holding(SECRET).filter(value => !isTellable(value)),
    );
  return fc
    .tuple(
      member(
        'sub',
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom('catalog', 'user:default/jane', 'nobody') },
          // A text that is no plugin id; of users only the auth plugin says who they are.
          holding(SECRET).map(value => (typeof value === 'string' ? `!${value}` : value)),
        ),
      ),
      member('aud', party('scaffolder')),
      member('iss', party('https://idp.example')),
      member('iat', time(now)),
      member('exp', time(now + 3_600)),
      fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, member('nbf', time(now))),
      fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, member('obo', holding(SECRET))),
      member('uip', holding(SECRET)),
      member('ent', holding(SECRET)),
      member(SECRET, holding(SECRET)),
      member('email', holding(SECRET)),
    )
    .map(parts => Object.assign({}, ...parts) as Record<string, unknown>);
};

function isTellable(value: unknown): boolean {
  return [value].flat().every(part => typeof part === 'string');
}

const token = (now: number): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .record({ header, claims: claims(now), choice: fc.nat(7) })
        .map(({ header: head, claims: payload, choice }) => {
          const named = (head as { kid?: string }).kid === 'user-key' ? userKey : catalogKey;
          const signer = [catalogKey, userKey, foreignKey][choice] ?? named;
          // A name of the caller's own making is one that nobody vouches for: the auth plugin signs others.
          const vouched = !(signer === userKey && isOwnMaking(payload.sub));
          return forge(head, payload, (vouched ? signer : catalogKey).signing);
        }),
    },
    fc.constantFrom(STATIC_TOKEN, RESTRICTED_TOKEN, `${STATIC_TOKEN}x`, STATIC_TOKEN.slice(1)),
    fc.constantFrom(`${SECRET}.x.y`, `${SECRET}`, `a.${SECRET}.b`),
    fc.constant(0).map(() => `${SECRET}-${randomBytes(24).toString('base64url')}`),
  );

function isOwnMaking(sub: unknown): boolean {
  return JSON.stringify(sub)?.includes(SECRET) ?? false;
}

/** A request, and the token in it, of which no part may be seen again either. */
export const hostileRequest = (now: number): fc.Arbitrary<Sent & { token: string }> =>
  fc
    .record({
      token: token(now),
      way: fc.nat(7),
      path: fc.constantFrom('/private', '/view', '/users', '/calls', '/.backstage/auth/v1/cookie'),
      method: fc.constantFrom('GET', 'POST'),
      origin: fc.constantFrom(undefined, SECRET, 'https://elsewhere.example'),
    })
    .map(({ token: presented, way, path, method, origin }) => ({
      token: presented,
      path: `${path}?access_token=${SECRET}`,
      method,
      headers: { ...headersOf(presented, way), ...(origin !== undefined && { origin }) },
    }));

function headersOf(presented: string, way: number): Record<string, string> {
  const cookie = `backstage-auth=${presented}`;
  switch (way) {
    case 0:
      return { cookie };
    case 1:
      return { cookie: `${cookie}; backstage-auth=${SECRET}; other=${SECRET}` };
    case 2:
      return { authorization: presented };
    case 3:
      return { authorization: `Basic ${SECRET}` };
    case 4:
      return { authorization: `Bearer ${presented}, Bearer ${SECRET}`, cookie };
    default:
      return { authorization: `Bearer ${presented}`, 'x-request-id': `${SECRET} x` };
  }
}
