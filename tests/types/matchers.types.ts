/**
 * The matchers merge into the types of `@jest/globals` as its users merge them; those of `@types/jest` are merged
 * where the matchers are tested, those of Vitest in its example project. There is nothing to run.
 */
import { expect } from '@jest/globals';
import { createTestAuthority } from '@stagepass/auth-test-utils';
import type { AuthMatchers } from '@stagepass/auth-test-utils/matchers';
import {
  assertTokenFor,
  assertUserPrincipal,
  authMatchers,
} from '@stagepass/auth-test-utils/matchers';
import { same } from './typeChecks';

declare module 'expect' {
  // The second base is for the linter, which wants no renaming interface.
  interface Matchers<R> extends AuthMatchers<R>, Record<never, never> {}
}

export async function matchers(value: unknown) {
  expect.extend(authMatchers);
  expect(value).toBeUserPrincipal('user:default/jane');
  expect(value).not.toHaveActor('plugin:y');
  expect(value).toBeTokenFor({ to: 'catalog' });
  same<Promise<void>, ReturnType<ReturnType<typeof expect>['toBeRefusedWith']>>();
  await expect(value).toBeRefusedWith('AUTH_TOKEN_EXPIRED');
  await expect(value).toBeTokenFor({ to: 'catalog', authority: await createTestAuthority() });
  // @ts-expect-error there is no such code
  await expect(value).toBeRefusedWith('AUTH_NO_SUCH_CODE');
  // @ts-expect-error it must be said whom the token is for
  void expect(value).toBeTokenFor({ from: 'todo' });
}

export async function assertions(value: unknown) {
  assertUserPrincipal(value);
  same<typeof value.principal.type, 'user'>();
  const checked = () => assertTokenFor(value, { to: 'catalog' });
  same<void, ReturnType<typeof checked>>();
  checked();
  await assertTokenFor(value, { to: 'catalog', authority: await createTestAuthority() });
}
