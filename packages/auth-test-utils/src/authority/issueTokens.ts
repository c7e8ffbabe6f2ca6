import { tokenTypes } from '@stagepass/auth-node';
import type { DescribedRestrictions } from '../describeMockToken';
import type { TestTokenOptions } from '../TestAuthority';
import { TestClock, type TestDuration } from '../TestClock';
import { createAuthorityKey } from './KeyRing';
import { type AuthorityKey, encode, readToken, signToken } from './signedToken';

const HOUR = 3600;

/** The protected header parameter that carries what a restricted caller may do, by plugin id. */
export const RESTRICTIONS = 'urn:stagepass:access-restrictions';

type Claims = Record<string, unknown>;

/** Signs a user token; `uip` is the signature of its limited form. */
export function signUserToken(
  issuer: { key: AuthorityKey; now: number; url: string },
  user: { sub: string; ent?: string[] },
  options: TestTokenOptions,
): string {
  const key = options.unknownKey ? createAuthorityKey() : issuer.key;
  const claims: Claims = {
    iss: issuer.url,
    sub: user.sub,
    ...(user.ent && { ent: user.ent }),
    aud: tokenTypes.user.audClaim,
    ...times(issuer.now, options),
    ...options.claims,
  };
  const { sub, iat, exp } = claims;
  const limited = signToken(key, header(tokenTypes.limitedUser.typParam, key), { sub, iat, exp });
  const uip = limited.slice(limited.lastIndexOf('.') + 1);
  return signToken(key, header(tokenTypes.user.typParam, key, options.header), {
    ...claims,
    uip,
    ...options.claims,
  });
}

/** Derives the limited form of a user token; that of a limited one is itself. */
export function limitToken(token: string): string {
  const parts = readToken(token);
  const typ = parts?.header.typ;
  if (parts && typ === tokenTypes.limitedUser.typParam) return token;
  if (!parts || typ !== tokenTypes.user.typParam) {
    throw new TypeError(
      'Expected a user entity reference, <kind>:<namespace>/<name>, or a user or limited user token, found another text',
    );
  }
  const { alg, kid } = parts.header;
  const { sub, iat, exp, uip } = parts.claims;
  const limitedHeader = { typ: tokenTypes.limitedUser.typParam, alg, kid };
  return `${encode(limitedHeader)}.${encode({ sub, iat, exp })}.${String(uip)}`;
}

/** Signs a plugin token; with a limited user token, it expires with that, at the latest. */
export function signPluginToken(
  issuer: { key: AuthorityKey; now: number },
  call: { from: string; to: string; obo?: string; restrictions?: DescribedRestrictions },
  options: TestTokenOptions,
): string {
  const key = options.unknownKey ? createAuthorityKey() : issuer.key;
  const { iat, exp } = times(issuer.now, options);
  const userExp = call.obo && readToken(call.obo)?.claims.exp;
  const critical = call.restrictions && {
    crit: [RESTRICTIONS],
    [RESTRICTIONS]: call.restrictions,
  };
  const parameters = { ...critical, ...options.header };
  return signToken(key, header(tokenTypes.plugin.typParam, key, parameters), {
    sub: call.from,
    aud: call.to,
    iat,
    exp: typeof userExp === 'number' ? Math.min(exp, userExp) : exp,
    ...(call.obo && { obo: call.obo }),
    ...options.claims,
  });
}

/** Signs a token as a third party does, of no type in particular. */
export function signExternalToken(
  issuer: { key: AuthorityKey; now: number; issuer: string; audience: string },
  sub: string,
  options: TestTokenOptions,
): string {
  const key = options.unknownKey ? createAuthorityKey() : issuer.key;
  return signToken(key, header('JWT', key, options.header), {
    iss: issuer.issuer,
    sub,
    aud: issuer.audience,
    ...times(issuer.now, options),
    ...options.claims,
  });
}

function header(typ: string, { kid }: AuthorityKey, others: Claims = {}): Claims {
  return { typ, alg: 'ES256', kid, ...others };
}

function times(now: number, options: TestTokenOptions): { iat: number; exp: number } {
  const seconds = Math.floor(now / 1000);
  if (options.expired) return { iat: seconds - 2 * HOUR, exp: seconds - HOUR };
  if (options.notYetValid) return { iat: seconds + HOUR, exp: seconds + 2 * HOUR };
  return { iat: seconds, exp: seconds + inSeconds(options.expiresIn ?? { hours: 1 }) };
}

function inSeconds(duration: TestDuration): number {
  const clock = new TestClock(0);
  clock.advance(duration);
  return Math.floor(clock.now() / 1000);
}
