import type {
  AuthService,
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { JANE } from './Installation';

/** What credentials of Jane look like. */
export const user = (members: object = {}) => ({
  principal: { type: 'user', userEntityRef: JANE, ...members },
});

/** What credentials of a service look like. */
export const service = (subject: string) => ({ principal: { type: 'service', subject } });

/** Takes credentials the way of those that a task stores and takes up again. */
export function revive(
  credentials: BackstageCredentials,
): BackstageCredentials<BackstageUserPrincipal> {
  const { token } = credentials as unknown as { token?: string };
  return JSON.parse(
    JSON.stringify({ ...credentials, token }),
  ) as BackstageCredentials<BackstageUserPrincipal>;
}

/** Issues a token for one call. */
export async function issue(
  auth: AuthService,
  onBehalfOf: BackstageCredentials,
  targetPluginId = 'catalog',
): Promise<string> {
  return (await auth.getPluginRequestToken({ onBehalfOf, targetPluginId })).token;
}

/** Issues a token for one call that the plugin makes as itself. */
export async function issueOwn(auth: AuthService, targetPluginId: string): Promise<string> {
  return issue(auth, await auth.getOwnServiceCredentials(), targetPluginId);
}
