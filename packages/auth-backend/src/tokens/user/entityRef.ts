/**
 * Tells whether a text is an entity ref, `<kind>:<namespace>/<name>` or `<kind>:<name>`, with nothing in it
 * that could be read two ways: no white space, no control characters, no further separators.
 */
export function isEntityRef(ref: unknown): ref is string {
  return (
    typeof ref === 'string' && /^[^:/]+:([^:/]+\/)?[^:/]+$/.test(ref) && !/[\s\p{C}]/u.test(ref)
  );
}
