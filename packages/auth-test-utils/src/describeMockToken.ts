import type { BackstagePrincipalAccessRestrictions } from '@stagepass/auth-node';
import {
  DEFAULT_SERVICE,
  DEFAULT_USER,
  INVALID_LIMITED_USER_TOKEN,
  INVALID_SERVICE_TOKEN,
  INVALID_USER_TOKEN,
  mockTokenKind,
  NONE_TOKEN,
  SERVICE_TOKEN,
  USER_TOKEN,
} from './mockTokens';
import { parseMockToken } from './parseMockToken';

/**
 * Who calls with a token, whom, and for whom; a member that does not apply is absent. Mock tokens on behalf of
 * a user do not say who calls: they have no `from`.
 *
 * @public
 */
export type TokenDescription =
  | { type: 'none' }
  | { type: 'invalid' }
  | { type: 'user'; subject: string; actor?: string }
  | { type: 'limited-user'; subject: string }
  | {
      type: 'service';
      subject: string;
      to?: string;
      onBehalfOf?: string;
      restrictions?: DescribedRestrictions;
    }
  | {
      type: 'plugin';
      from?: string;
      to?: string;
      onBehalfOf?: string;
      restrictions?: DescribedRestrictions;
    };

/**
 * What the caller may do, by the id of the plugin called; in mock tokens `*` is any plugin not named.
 *
 * @public
 */
export type DescribedRestrictions = Readonly<Record<string, BackstagePrincipalAccessRestrictions>>;

/**
 * Says what a mock token is, for a test that looks at the token which a plugin sent onward.
 *
 * @param token - a token of `mockCredentials` or of the mock auth service
 * @returns who calls, whom, and for whom; `{ type: 'invalid' }` for the tokens that are made to be refused
 * @throws AuthenticationError `AUTH_TOKEN_MALFORMED` or `AUTH_CLAIM_INVALID` when its claims are wrong
 * @throws TypeError when it is no mock token; the message does not hold it
 * @example
 * ```ts
 * expect(describeMockToken(token)).toEqual({
 *   type: 'plugin', to: 'catalog', onBehalfOf: 'user:default/jane',
 * });
 * ```
 * @public
 */
export function describeMockToken(token: string): TokenDescription {
  const plain = Object.hasOwn(plainTokens, token) ? plainTokens[token] : undefined;
  if (plain) return { ...plain };
  const kind = mockTokenKind(token);
  if (!kind)
    throw new TypeError(
      'Expected a mock token, found another text; signed ones are described by their authority',
    );
  const { sub, actor, obo, target, restrictions } = parseMockToken(kind, token);
  if (kind === 'user') {
    return {
      type: 'user',
      subject: sub ?? DEFAULT_USER,
      ...(actor && { actor: actor.subject }),
    };
  }
  if (kind === 'limitedUser') return { type: 'limited-user', subject: sub ?? DEFAULT_USER };
  const rest = {
    ...(target && { to: target }),
    ...(obo && { onBehalfOf: obo }),
    ...(restrictions && { restrictions }),
  };
  if (sub === undefined && obo !== undefined) return { type: 'plugin', ...rest };
  const subject = sub ?? DEFAULT_SERVICE;
  return subject.startsWith('plugin:')
    ? { type: 'plugin', from: subject.slice('plugin:'.length), ...rest }
    : { type: 'service', subject, ...rest };
}

const plainTokens: Readonly<Record<string, TokenDescription>> = {
  [NONE_TOKEN]: { type: 'none' },
  [USER_TOKEN]: { type: 'user', subject: DEFAULT_USER },
  [SERVICE_TOKEN]: { type: 'service', subject: DEFAULT_SERVICE },
  [INVALID_USER_TOKEN]: { type: 'invalid' },
  [INVALID_LIMITED_USER_TOKEN]: { type: 'invalid' },
  [INVALID_SERVICE_TOKEN]: { type: 'invalid' },
};
