/**
 * WebSocket upgrades on any Node HTTP server.
 *
 * @packageDocumentation
 */
export {
  type AdmittedUpgrade,
  createUpgradeAuth,
  type UpgradeAuth,
  type UpgradeAuthOptions,
} from './adapters/websocket';
export type { UpgradeRequest } from './adapters/websocket/requireUpgrade';
export type { UpgradeSocket } from './adapters/websocket/UpgradeSocket';
