import type { DiscoveryService } from '@stagepass/auth-node';

/** Tells where the plugins are: all in this process, each at `/api/<id>`. */
export function createDiscovery(urls: { internal: string; external: string }): DiscoveryService {
  return {
    async getBaseUrl(pluginId) {
      return `${urls.internal}/api/${encodeURIComponent(pluginId)}`;
    },
    async getExternalBaseUrl(pluginId) {
      return `${urls.external}/api/${encodeURIComponent(pluginId)}`;
    },
  };
}
