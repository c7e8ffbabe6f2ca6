import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type {
  AuthService,
  BackstageCredentials,
  BackstageUserInfo,
  HttpAuthService,
  UserInfoService,
} from '@stagepass/auth-node';
import { mockCredentials, mockServices } from '@stagepass/auth-test-utils';

const requireHere = createRequire(__filename);

/** Loads a built file of Backstage's test utilities: their entry would load half of a backend. */
function load(file: string): unknown {
  const root = dirname(requireHere.resolve('@backstage/backend-test-utils/package.json'));
  return requireHere(join(root, 'dist/services', file));
}

const theirCredentials = load('mockCredentials.cjs.js') as {
  mockCredentials: typeof mockCredentials;
};
const { MockAuthService } = load('MockAuthService.cjs.js') as {
  MockAuthService: new (options: object) => AuthService;
};
const { MockHttpAuthService } = load('MockHttpAuthService.cjs.js') as {
  MockHttpAuthService: new (pluginId: string, credentials: BackstageCredentials) => HttpAuthService;
};
const { MockUserInfoService } = load('MockUserInfoService.cjs.js') as {
  MockUserInfoService: new (customInfo?: object) => UserInfoService;
};

/** The mocks of one product. */
export interface Mocks {
  readonly mockCredentials: typeof mockCredentials;
  auth(options?: { pluginId?: string; disableDefaultAuthPolicy?: boolean }): AuthService;
  httpAuth(options?: {
    pluginId?: string;
    defaultCredentials?: BackstageCredentials;
  }): HttpAuthService;
  userInfo(customInfo?: Partial<BackstageUserInfo>): UserInfoService;
}

export const ourMocks: Mocks = { mockCredentials, ...mockServices };

/** Backstage's, put together as its `mockServices` does it. */
export const theirMocks: Mocks = {
  ...theirCredentials,
  auth: options =>
    new MockAuthService({
      pluginId: options?.pluginId ?? 'test',
      disableDefaultAuthPolicy: Boolean(options?.disableDefaultAuthPolicy),
    }),
  httpAuth: options =>
    new MockHttpAuthService(
      options?.pluginId ?? 'test',
      options?.defaultCredentials ?? theirCredentials.mockCredentials.user(),
    ),
  userInfo: customInfo => new MockUserInfoService(customInfo),
};
