import { createAuthBackend } from '@stagepass/auth-backend';

const baseUrl = pluginId => `http://backend/api/${pluginId}`;

/**
 * Makes a backend of ours in a network that is made up, so that no server is in the way.
 *
 * @param {{ logger: object }} context
 * @param {import('@stagepass/auth-backend').AuthBackendOptions & { keySets?: Record<string, object[]> }} [options] -
 *   `keySets`: what is published, by plugin id, or by URL
 */
export function createInstallation({ logger }, { keySets = {}, ...options } = {}) {
  const published = new Map();
  for (const [where, keys] of Object.entries(keySets)) {
    const url = where.includes(':') ? where : `${baseUrl(where)}/.backstage/auth/v1/jwks.json`;
    published.set(url, JSON.stringify({ keys }));
  }
  const getBaseUrl = async pluginId => baseUrl(pluginId);
  return createAuthBackend({
    discovery: { getBaseUrl, getExternalBaseUrl: getBaseUrl },
    fetch: async url =>
      new globalThis.Response(published.get(url), { status: published.has(url) ? 200 : 404 }),
    logger,
    ...options,
  });
}

/**
 * Hands out one after the other, and goes on in the next round where it stopped in this one.
 *
 * @template TItem, TInput
 * @param {TItem[]} items
 * @param {(item: TItem) => TInput} toInput - makes an input of its own of each
 */
export function takeTurns(items, toInput) {
  let next = 0;
  return count => Array.from({ length: count }, () => toInput(items[next++ % items.length]));
}
