import type { AuthErrorCode } from './errors';

/**
 * What happened at one plugin, for an audit trail: every single time, unlike the log, which counts what
 * repeats itself. No event holds a token or a secret, and all texts are printable ASCII on one line.
 *
 * A `principal` is in printed form, such as `userPrincipal{user:default/jane}`.
 *
 * @public
 */
export type AuthEvent =
  /** A token was accepted; `principal` is what it proved. */
  | { type: 'verified'; pluginId: string; principal: string; correlationId?: string }
  /**
   * A token was refused, a request had none that will do, or no token was issued; `reason` is the full story.
   * The line in the log and the error have the same `correlationId`.
   */
  | {
      type: 'refused';
      pluginId: string;
      code: AuthErrorCode;
      reason: string;
      correlationId: string;
    }
  /** A token was issued for a call to `targetPluginId` that the plugin makes as itself. */
  | { type: 'issued'; pluginId: string; targetPluginId: string; principal: string }
  /** A token was issued for a call to `targetPluginId` on behalf of somebody else, the principal. */
  | { type: 'delegated'; pluginId: string; targetPluginId: string; principal: string }
  /** The auth cookie was set for a user; the browser keeps it until `expiresAt`. */
  | { type: 'cookie-issued'; pluginId: string; principal: string; expiresAt: Date };
