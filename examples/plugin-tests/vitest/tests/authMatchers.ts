import { authMatchers, type AuthMatchers } from '@stagepass/auth-test-utils/matchers';
import { expect } from 'vitest';

declare module 'vitest' {
  interface Assertion<T> extends AuthMatchers<T> {}
}

expect.extend(authMatchers);
