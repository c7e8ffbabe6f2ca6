/** What a plugin can tell of its caller without giving a token away. */
export function describeCaller({ principal }) {
  const { type, subject, userEntityRef, actor, accessRestrictions } = principal;
  return { type, subject, userEntityRef, actor: actor?.subject, accessRestrictions };
}
