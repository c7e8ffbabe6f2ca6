import type { AuthErrorCode } from '@stagepass/auth-node';

/**
 * What happened at the auth service of one plugin, for an audit trail. No event holds a token or a secret.
 *
 * @public
 */
export type AuthEvent =
  /** A token was accepted; `principal` is the printed principal that it proved. */
  | { type: 'verified'; pluginId: string; principal: string }
  /** A token was refused, or a token was not issued; `reason` is the full story. */
  | { type: 'refused'; pluginId: string; code: AuthErrorCode; reason: string }
  /** A token was issued for a call to `targetPluginId`, on behalf of the printed principal. */
  | { type: 'issued'; pluginId: string; targetPluginId: string; principal: string };
