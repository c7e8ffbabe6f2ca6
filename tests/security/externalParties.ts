import { createHmac } from 'node:crypto';
import type { JsonObject } from '@backstage/types';
import type { Installation } from '../../packages/auth-backend/src/testing/Installation';
import { createKey, type KeyFixture } from '../../packages/auth-backend/src/testing/keyFixtures';
import { forge, segment } from '../../packages/auth-backend/src/testing/tokenFixtures';

/** The secret of the legacy caller, and its entry. */
export const SECRET = Buffer.alloc(32, 'canary');
export const legacyEntry = {
  type: 'legacy',
  options: { secret: SECRET.toString('base64'), subject: 'old-caller' },
};

/** Signs a token as callers with a shared secret do. */
export function signShared(
  claims: unknown,
  {
    header = { alg: 'HS256' },
    secret = SECRET,
    hash = 'sha256',
  }: {
    header?: unknown;
    secret?: Buffer;
    hash?: string;
  } = {},
): string {
  const input = `${segment(header)}.${segment(claims)}`;
  return `${input}.${createHmac(hash, secret).update(input).digest('base64url')}`;
}

/** A third party that signs tokens of its own and publishes its keys. */
export class ThirdParty {
  readonly issuer: string;
  readonly url: string;
  readonly key: KeyFixture;

  constructor(name = 'idp', kid = `${name}-key`) {
    this.issuer = `https://${name}.example`;
    this.url = `${this.issuer}/keys`;
    this.key = createKey(kid);
  }

  /** Its entry in `backend.auth.externalAccess`, as strict as it should be but for what is given. */
  entry(options: JsonObject = {}, members: JsonObject = {}): JsonObject {
    const { url, issuer } = this;
    const strict = { url, issuer, audience: 'backend', algorithm: 'ES256' };
    return { type: 'jwks', options: { ...strict, ...options }, ...members };
  }

  /** A token of its caller `ci`, which ends in an hour; good but for what is given. */
  token(now: number, claims: object = {}, header: object = {}, key = this.key): string {
    return forge(
      { alg: 'ES256', kid: this.key.verification.kid, ...header },
      { iss: this.issuer, aud: 'backend', sub: 'ci', iat: now, exp: now + 3600, ...claims },
      key.signing,
    );
  }
}

/** Lets third parties publish their keys in the network of an installation. */
export function publish({ network }: Installation, ...parties: readonly ThirdParty[]): void {
  const { answer } = network;
  network.answer = (url, init) => {
    const party = parties.find(it => it.url === url);
    return party ? Response.json({ keys: [party.key.jwk] }) : answer(url, init);
  };
}
