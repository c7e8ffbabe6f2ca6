import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { tokenTypes } from '@stagepass/auth-node';
import type { DescribedRestrictions, TokenDescription } from '../describeMockToken';
import { readRestrictions } from '../mockRestrictions';
import { RESTRICTIONS } from './issueTokens';
import { isSignedBy, readToken, type TokenParts } from './signedToken';

/** By so much may the clock of an issuer be ahead, in seconds. */
const CLOCK_SKEW = 60;

/** Where keys are found, and what time it is. */
export interface KeysAndTime {
  readonly now: () => number;
  readonly pluginKeys: (pluginId: string) => Promise<object[]>;
  readonly userKeys: () => object[];
  readonly external: { readonly issuer: string; readonly keys: () => object[] };
}

/** Says what a signed token is, its signature and times checked, that of the user in it too. */
export async function describeSignedToken(
  token: string,
  world: KeysAndTime,
): Promise<TokenDescription> {
  const parts = readToken(token);
  if (!parts) throw new Error('Expected a mock token or a signed token, found neither');
  const { typ } = parts.header;
  const sub = text(parts, 'sub');
  switch (typ) {
    case tokenTypes.user.typParam:
      check(parts, world.userKeys(), world.now(), 'user token');
      return { type: 'user', subject: sub };
    case tokenTypes.limitedUser.typParam:
      check(parts, world.userKeys(), world.now(), 'limited user token');
      return { type: 'limited-user', subject: sub };
    case tokenTypes.plugin.typParam: {
      check(parts, await world.pluginKeys(sub), world.now(), 'plugin token');
      const call = {
        type: 'plugin' as const,
        from: sub,
        to: text(parts, 'aud'),
        ...restrictionsIn(parts),
      };
      if (parts.claims.obo === undefined) return call;
      const user = await describeSignedToken(text(parts, 'obo'), world);
      if (user.type !== 'limited-user') {
        throw new Error(`Expected a limited user token in obo, found a ${user.type} token`);
      }
      return { ...call, onBehalfOf: user.subject };
    }
    default:
      if (parts.claims.iss === world.external.issuer) {
        check(parts, world.external.keys(), world.now(), 'token of the third party');
        return { type: 'service', subject: `external:${sub}` };
      }
      throw new Error(
        'Expected a user, limited user or plugin token, found a token of another type',
      );
  }
}

/** Checks signature and times. */
export function check(parts: TokenParts, keys: object[], now: number, what: string): void {
  const { kid, alg } = parts.header;
  const jwk = keys.find(key => (key as { kid?: unknown }).kid === kid);
  if (!jwk || kid === undefined) {
    const help =
      what === 'plugin token'
        ? '; if the plugin signs for itself, call publishKeysOf(pluginId, auth)'
        : '';
    throw new Error(`Expected a ${what} signed with a published key, found another key id${help}`);
  }
  if (alg !== 'ES256')
    throw new Error(`Expected a ${what} signed with ES256, found another algorithm`);
  if (!isSignedBy(createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }), parts)) {
    throw new Error(`Expected a ${what} with a good signature, found a bad one`);
  }
  const { exp, iat } = parts.claims;
  if (typeof exp !== 'number' || exp <= now / 1000) {
    throw new Error(`Expected a ${what} that is still good, found one that has expired`);
  }
  if (typeof iat === 'number' && iat > now / 1000 + CLOCK_SKEW) {
    throw new Error(`Expected a ${what} that is already good, found one from the future`);
  }
}

function restrictionsIn({ header }: TokenParts): { restrictions?: DescribedRestrictions } {
  if (header[RESTRICTIONS] === undefined && header.crit === undefined) return {};
  const restrictions = readRestrictions(header[RESTRICTIONS]);
  const isCritical = JSON.stringify(header.crit) === JSON.stringify([RESTRICTIONS]);
  if (restrictions && isCritical) return { restrictions };
  throw new Error(
    'Expected access restrictions by plugin id in a critical header, found others, or another critical header',
  );
}

function text({ claims }: TokenParts, name: string): string {
  const value = claims[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`Expected a token with a text as ${name}, found a value of type ${typeof value}`);
}
