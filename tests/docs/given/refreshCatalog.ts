import type { AuthService, DiscoveryService } from '@stagepass/auth-node';

/** A task of the plugin that a test is about: calls the catalog. */
export declare function refreshCatalog(services: {
  auth?: AuthService;
  discovery?: DiscoveryService;
  fetch?: typeof fetch;
}): Promise<void>;
