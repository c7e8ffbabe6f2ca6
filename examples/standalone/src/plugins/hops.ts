import type { BackstageCredentials } from '@stagepass/auth-node';

/** Whom a plugin saw calling. */
export interface Hop {
  plugin: string;
  principal: unknown;
}

/** Notes whom a plugin sees, for the answers of this example; a real plugin keeps this to itself. */
export function hopAt(plugin: string, credentials: BackstageCredentials): Hop {
  return { plugin, principal: credentials.principal };
}
