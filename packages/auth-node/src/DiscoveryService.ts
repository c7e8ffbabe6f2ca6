/**
 * Tells where the plugins of a backend are reached.
 *
 * @public
 */
export interface DiscoveryService {
  /** Returns the base URL for calls inside the backend, without a trailing slash. */
  getBaseUrl(pluginId: string): Promise<string>;
  /** Returns the base URL that browsers and other outsiders use, without a trailing slash. */
  getExternalBaseUrl(pluginId: string): Promise<string>;
}
