import type { BackstageCredentials } from './credentials';

/**
 * What the backend knows of a user.
 *
 * @public
 */
export interface BackstageUserInfo {
  /** Entity ref of the user. */
  userEntityRef: string;
  /** Entity refs through which the user owns things: the user and its groups. */
  ownershipEntityRefs: string[];
}

/**
 * Finds what the backend knows of the user behind credentials.
 *
 * @public
 */
export interface UserInfoService {
  /**
   * Returns the ownership of the user, as of the last sign-in.
   *
   * @param credentials - credentials of a user principal
   * @throws InputError when the credentials are not a user's
   * @throws NotFoundError when the auth plugin does not know the user
   */
  getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo>;
}
