/** The same in every copy of this package, ESM beside CommonJS. */
const attached = Symbol.for('@stagepass/auth-http/cookies');

/**
 * Gives a refusal the `Set-Cookie` lines that belong to its answer, out of sight of what prints errors or sends
 * their members. Errors are somebody else's: one that cannot take them goes without.
 *
 * @returns the same error
 */
export function attachCookies(error: unknown, lines: readonly string[]): unknown {
  if (error instanceof Object && Object.isExtensible(error)) {
    Object.defineProperty(error, attached, { value: lines, configurable: true });
  }
  return error;
}

/** Returns the `Set-Cookie` lines that belong to the answer to an error. */
export function attachedCookies(error: unknown): readonly string[] {
  return (error as { [attached]?: readonly string[] } | null | undefined)?.[attached] ?? [];
}
