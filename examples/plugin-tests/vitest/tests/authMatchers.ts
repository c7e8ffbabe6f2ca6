import { authMatchers, type AuthMatchers } from '@stagepass/auth-test-utils/matchers';
import { expect } from 'vitest';

declare module 'vitest' {
  interface Matchers<T> extends AuthMatchers<T> {}
}

expect.extend(authMatchers);
