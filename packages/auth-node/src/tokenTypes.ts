/**
 * The values by which tokens tell their type: the `typ` header parameter (RFC 7515 section 4.1.9), and
 * the `aud` claim of user tokens. They are Backstage's.
 *
 * @public
 */
export const tokenTypes = Object.freeze({
  user: Object.freeze({ typParam: 'vnd.backstage.user', audClaim: 'backstage' }),
  limitedUser: Object.freeze({ typParam: 'vnd.backstage.limited-user' }),
  plugin: Object.freeze({ typParam: 'vnd.backstage.plugin' }),
});
