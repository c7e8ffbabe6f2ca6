import { InputError } from '@backstage/errors';
import {
  type BackstageCredentials,
  type BackstageUserInfo,
  isPrincipal,
  type UserInfoService,
} from '@stagepass/auth-node';
import { viewCredentials } from '@stagepass/auth-node/internal';
import { proveMockUser } from './mockUser';

/** A user info service by which users own what they own themselves, unless told otherwise. */
export class MockUserInfoService implements UserInfoService {
  readonly #info: Partial<BackstageUserInfo>;

  constructor(info: Partial<BackstageUserInfo> = {}) {
    this.#info = info;
  }

  async getUserInfo(credentials: BackstageCredentials): Promise<BackstageUserInfo> {
    if (!isPrincipal(credentials, 'user')) {
      const principal = credentials.principal as { type?: unknown } | undefined;
      throw new InputError(
        `User info not available for principal type '${String(principal?.type)}'`,
      );
    }
    proveMockUser(viewCredentials(credentials));
    const { userEntityRef } = credentials.principal;
    return { userEntityRef, ownershipEntityRefs: [userEntityRef], ...this.#info };
  }
}
