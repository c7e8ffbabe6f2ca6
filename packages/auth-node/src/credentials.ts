import type { BackstagePrincipalTypes } from './principals';

/**
 * The opaque object that a plugin holds for a verified caller. Hand it on, narrow it with
 * {@link isPrincipal}; do not build it yourself.
 *
 * Structurally Backstage's type of the same name.
 *
 * @public
 */
export type BackstageCredentials<TPrincipal = unknown> = {
  $$type: '@backstage/BackstageCredentials';
  /** When receivers stop accepting these credentials; absent when they do not expire. */
  expiresAt?: Date;
  /** Who is calling: the origin of the chain of calls, not necessarily the immediate caller. */
  principal: TPrincipal;
};

/**
 * Tells whether the credentials hold a principal of the given type, and narrows their TypeScript type.
 *
 * @param credentials - credentials of any principal
 * @param type - `user`, `service`, `none`, or `unknown`, which every principal is
 * @returns true if the principal is of that type; never throws for credentials of a foreign type
 * @public
 */
export function isPrincipal<TType extends keyof BackstagePrincipalTypes>(
  credentials: BackstageCredentials,
  type: TType,
): credentials is BackstageCredentials<BackstagePrincipalTypes[TType]> {
  if (type === 'unknown') return true;
  const principal = credentials.principal as { type?: unknown } | undefined;
  return principal?.type === type;
}
