import { AssertionError } from 'node:assert';
import type {
  AuthErrorCode,
  BackstageCredentials,
  BackstageNonePrincipal,
  BackstageServicePrincipal,
  BackstageUserPrincipal,
} from '@stagepass/auth-node';
import { type AuthMatcherResult, authMatchers } from './authMatchers';
import type { ExpectedToken, TokenDescriber } from './expectedToken';

/**
 * Asserts that credentials are those of a user.
 *
 * @param credentials - what an auth service or a request service returned
 * @param userEntityRef - of this user; default any
 * @throws AssertionError that names whose they are
 * @public
 */
export function assertUserPrincipal(
  credentials: unknown,
  userEntityRef?: string,
): asserts credentials is BackstageCredentials<BackstageUserPrincipal> {
  demand(authMatchers.toBeUserPrincipal(credentials, userEntityRef), assertUserPrincipal);
}

/**
 * Asserts that credentials are those of a service.
 *
 * @param credentials - what an auth service or a request service returned
 * @param subject - of this service, such as `plugin:catalog`; default any
 * @throws AssertionError that names whose they are
 * @public
 */
export function assertServicePrincipal(
  credentials: unknown,
  subject?: string,
): asserts credentials is BackstageCredentials<BackstageServicePrincipal> {
  demand(authMatchers.toBeServicePrincipal(credentials, subject), assertServicePrincipal);
}

/**
 * Asserts that credentials are those of a caller who presented none.
 *
 * @param credentials - what an auth service or a request service returned
 * @throws AssertionError that names whose they are
 * @public
 */
export function assertNonePrincipal(
  credentials: unknown,
): asserts credentials is BackstageCredentials<BackstageNonePrincipal> {
  demand(authMatchers.toBeNonePrincipal(credentials), assertNonePrincipal);
}

/**
 * Asserts that credentials are those of a user for whom a service calls.
 *
 * @param credentials - what an auth service or a request service returned
 * @param subject - the service, such as `plugin:catalog`
 * @throws AssertionError that names whose they are
 * @public
 */
export function assertActor(
  credentials: unknown,
  subject: string,
): asserts credentials is BackstageCredentials<BackstageUserPrincipal> {
  demand(authMatchers.toHaveActor(credentials, subject), assertActor);
}

/**
 * Asserts that a call is refused, for this reason.
 *
 * @param refused - the promise of the call, a function that makes it, or the error
 * @param code - the code of the refusal
 * @throws AssertionError that says what came instead
 * @public
 */
export async function assertRefusedWith(refused: unknown, code: AuthErrorCode): Promise<void> {
  demand(await authMatchers.toBeRefusedWith(refused, code), assertRefusedWith);
}

/**
 * Asserts which token a plugin sent onward, signed or mock.
 *
 * @param sent - a token, an `Authorization` header, headers, a request, or the arguments of a `fetch`
 * @param expected - who calls, whom, and for whom; `authority`: what signed tokens are checked with
 * @throws AssertionError that says what the token is, and does not hold it
 * @public
 */
export function assertTokenFor(
  sent: unknown,
  expected: ExpectedToken & { authority: TokenDescriber },
): Promise<void>;
/**
 * Asserts which mock token a plugin sent onward.
 *
 * @param sent - a token, an `Authorization` header, headers, a request, or the arguments of a `fetch`
 * @param expected - who calls, whom, and for whom
 * @throws AssertionError that says what the token is, and does not hold it
 * @public
 */
export function assertTokenFor(sent: unknown, expected: ExpectedToken): void;
export function assertTokenFor(
  sent: unknown,
  expected: ExpectedToken & { authority?: TokenDescriber },
): Promise<void> | void {
  const { authority } = expected;
  if (!authority) return demand(authMatchers.toBeTokenFor(sent, expected), assertTokenFor);
  const judged = authMatchers.toBeTokenFor(sent, { ...expected, authority });
  return judged.then(result => demand(result, assertTokenFor));
}

function demand({ pass, message }: AuthMatcherResult, stackStartFn: (...args: never[]) => unknown) {
  if (!pass) throw new AssertionError({ message: message(), stackStartFn });
}
