import { createAuthorityFetch } from './authority/authorityFetch';
import { check, describeSignedToken } from './authority/describeSignedToken';
import {
  limitToken,
  signExternalToken,
  signPluginToken,
  signUserToken,
} from './authority/issueTokens';
import { KeyRing } from './authority/KeyRing';
import { readToken } from './authority/signedToken';
import { tamper } from './authority/tamper';
import { describeMockToken } from './describeMockToken';
import { isUserEntityRef, mockTokenKind, userEntityRefMessage } from './mockTokens';
import type { KeySetOwner, TestAuthority, TestUserTokenOptions } from './TestAuthority';
import { TestClock } from './TestClock';

/**
 * Makes an authority that signs real user and plugin tokens (ES256), and publishes its keys without a
 * network.
 *
 * @param options - `clock`: default one that stands at noon UTC on 1 January 2026; `baseUrl`: what stands
 *   before `/<plugin id>`, default `http://authority.test/api`
 * @example
 * ```ts
 * import { createAuthBackend } from '@stagepass/auth-backend';
 *
 * const authority = await createTestAuthority();
 * const { discovery, fetch, clock } = authority;
 * const auth = await createAuthBackend({ discovery, fetch, clock }).forPlugin('todo');
 * const credentials = await auth.authenticate(authority.userToken('user:default/jane'));
 * ```
 * @public
 */
export async function createTestAuthority(
  options: { clock?: TestClock; baseUrl?: string } = {},
): Promise<TestAuthority> {
  const { clock = new TestClock() } = options;
  const baseUrl = (options.baseUrl ?? 'http://authority.test/api').replace(/\/+$/, '');
  const urlOf = (pluginId: string) => `${baseUrl}/${pluginId}`;
  const users = new KeyRing();
  const plugins = new Map<string, KeyRing>();
  const others = new Map<string, KeySetOwner>();
  const records = new Map<string, Record<string, unknown>>();
  const third = new KeyRing();
  const externalIssuer = {
    url: 'http://third-party.test/jwks.json',
    issuer: 'http://third-party.test',
    audience: 'backend',
    algorithm: 'ES256',
  } as const;
  const externalKeys = () => third.publicKeys();
  const down = new Set<string>();
  let allDown = false;

  function ringOf(pluginId: string): KeyRing {
    const ring = plugins.get(pluginId) ?? new KeyRing();
    plugins.set(pluginId, ring);
    return ring;
  }

  const userKeys = () => users.publicKeys();
  const isDown = (pluginId: string | undefined) =>
    allDown || (pluginId !== undefined && down.has(pluginId));

  async function pluginKeys(pluginId: string): Promise<object[]> {
    const foreign = await others.get(pluginId)?.listPublicServiceKeys();
    return [...(plugins.get(pluginId)?.publicKeys() ?? []), ...(foreign?.keys ?? [])];
  }

  function userToken(userEntityRef: string, token: TestUserTokenOptions = {}): string {
    if (!isUserEntityRef(userEntityRef)) throw new TypeError(userEntityRefMessage(userEntityRef));
    const ent = token.ent ?? records.get(userEntityRef)?.ent ?? [userEntityRef];
    records.set(userEntityRef, { ...token.claims, sub: userEntityRef, ent });
    const issuer = { key: users.current, now: clock.now(), url: urlOf('auth') };
    return signUserToken(issuer, { sub: userEntityRef, ent: token.ent }, token);
  }

  function userRecord(token: string) {
    const parts = readToken(token);
    try {
      if (!parts) return 'invalid';
      check(parts, userKeys(), clock.now(), 'user token');
    } catch {
      return 'invalid';
    }
    return records.get(String(parts.claims.sub));
  }

  return {
    clock,
    advanceTime: duration => clock.advance(duration),
    discovery: {
      getBaseUrl: async pluginId => urlOf(pluginId),
      getExternalBaseUrl: async pluginId => urlOf(pluginId),
    },
    fetch: createAuthorityFetch({
      isDown,
      baseUrl,
      pluginKeys,
      userKeys,
      userRecord,
      external: { url: externalIssuer.url, keys: externalKeys },
    }),
    userToken,
    limitedUserToken: (userEntityRef, token) => limitToken(userToken(userEntityRef, token)),
    pluginToken({ from, to, onBehalfOf, restrictions, ...token }) {
      const user = isUserEntityRef(onBehalfOf) ? userToken(onBehalfOf) : onBehalfOf;
      const obo = user === undefined ? undefined : limitToken(user);
      const call = { from, to, obo, restrictions };
      return signPluginToken({ key: ringOf(from).current, now: clock.now() }, call, token);
    },
    externalIssuer,
    externalToken(subject, { audience = externalIssuer.audience, ...token } = {}) {
      const issuer = { key: third.current, now: clock.now(), issuer: externalIssuer.issuer };
      return signExternalToken({ ...issuer, audience }, subject, token);
    },
    tamper,
    async describeToken(token) {
      const isMock = token.startsWith('mock-') || mockTokenKind(token) !== undefined;
      if (isMock) return describeMockToken(token);
      const external = { issuer: externalIssuer.issuer, keys: externalKeys };
      return describeSignedToken(token, { now: () => clock.now(), pluginKeys, userKeys, external });
    },
    publishKeysOf: (pluginId, auth) => void others.set(pluginId, auth),
    rotateKeys(pluginId, { withdrawOld = false } = {}) {
      if (pluginId === undefined) third.rotate(withdrawOld);
      if (pluginId === undefined || pluginId === 'auth') users.rotate(withdrawOld);
      const rings = pluginId === undefined ? [...plugins.values()] : [ringOf(pluginId)];
      for (const ring of rings) ring.rotate(withdrawOld);
    },
    goDown(pluginId) {
      if (pluginId === undefined) allDown = true;
      else down.add(pluginId);
    },
    comeBack() {
      allDown = false;
      down.clear();
    },
  };
}
