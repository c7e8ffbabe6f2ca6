import type { AuthErrorCode } from '@stagepass/auth-node';
import {
  type ExpectedToken,
  judgeMockToken,
  judgeToken,
  printExpected,
  type TokenDescriber,
} from './expectedToken';

/**
 * What a matcher answers: whether it holds, and what to say if the test expected otherwise.
 *
 * @public
 */
export interface AuthMatcherResult {
  pass: boolean;
  message(): string;
}

/**
 * The matchers as methods of what `expect` returns, to be merged into the types of a test runner.
 *
 * @public
 */
export interface AuthMatchers<R = unknown> {
  /** The credentials are those of this user. */
  toBeUserPrincipal(userEntityRef?: string): R;
  /** The credentials are those of this service, such as `plugin:catalog`. */
  toBeServicePrincipal(subject?: string): R;
  /** The credentials are those of a caller who presented none. */
  toBeNonePrincipal(): R;
  /** The credentials are those of a user for whom this service calls, such as `plugin:catalog`. */
  toHaveActor(subject: string): R;
  /** The error, or the promise, or what the function throws or returns, is a refusal with this code. */
  toBeRefusedWith(code: AuthErrorCode): Promise<void>;
  /** What a plugin sent onward is such a token, signed, or a mock token. */
  toBeTokenFor(expected: ExpectedToken & { authority: TokenDescriber }): Promise<void>;
  /** What a plugin sent onward is such a mock token: a token, a header, a request, the call of a `fetch`. */
  toBeTokenFor(expected: ExpectedToken): R;
}

/**
 * Matchers for `expect.extend`. None prints a token: of what was found they name principals, error names and
 * codes alone.
 *
 * @example
 * ```ts
 * expect.extend(authMatchers);
 * expect(credentials).toBeUserPrincipal('user:default/jane');
 * await expect(auth.authenticate(token)).toBeRefusedWith('AUTH_TOKEN_EXPIRED');
 * ```
 *
 * @public
 */
export const authMatchers = {
  /** Credentials of this user; without a ref, of any user. */
  toBeUserPrincipal(received: unknown, userEntityRef?: string): AuthMatcherResult {
    const { type, userEntityRef: found } = principalOf(received);
    const pass = type === 'user' && (userEntityRef === undefined || found === userEntityRef);
    return answer(pass, userEntityRef ? `the user ${userEntityRef}` : 'a user', received);
  },

  /** Credentials of this service; without a subject, of any service. */
  toBeServicePrincipal(received: unknown, subject?: string): AuthMatcherResult {
    const { type, subject: found } = principalOf(received);
    const pass = type === 'service' && (subject === undefined || found === subject);
    return answer(pass, subject ? `the service ${subject}` : 'a service', received);
  },

  /** Credentials of a caller who presented none. */
  toBeNonePrincipal(received: unknown): AuthMatcherResult {
    return answer(principalOf(received).type === 'none', 'a caller without credentials', received);
  },

  /** Credentials of a user for whom this service calls. */
  toHaveActor(received: unknown, subject: string): AuthMatcherResult {
    const { type, actor } = principalOf(received);
    const pass = type === 'user' && actor?.subject === subject;
    return answer(pass, `a user for whom ${subject} calls`, received);
  },

  /** A refusal with this code: an error, a promise that rejects with it, or a function that ends so. */
  async toBeRefusedWith(received: unknown, code: AuthErrorCode): Promise<AuthMatcherResult> {
    const { error, how } = await outcomeOf(received);
    const found = (Object(error) as { code?: unknown }).code;
    return {
      pass: found === code,
      message: () =>
        found === code
          ? `Expected no refusal with ${code}, found one`
          : `Expected a refusal with ${code}, found ${how ?? describeError(error)}`,
    };
  },

  toBeTokenFor,
};

/** Such a token, signed by the authority or a plugin whose keys it publishes, or a mock token. */
function toBeTokenFor(
  received: unknown,
  expected: ExpectedToken & { authority: TokenDescriber },
): Promise<AuthMatcherResult>;
/** Such a mock token. */
function toBeTokenFor(received: unknown, expected: ExpectedToken): AuthMatcherResult;
function toBeTokenFor(
  received: unknown,
  { authority, ...expected }: ExpectedToken & { authority?: TokenDescriber },
): AuthMatcherResult | Promise<AuthMatcherResult> {
  const answerWith = ({ pass, found }: { pass: boolean; found: string }): AuthMatcherResult => ({
    pass,
    message: () =>
      pass
        ? `Expected anything but ${printExpected(expected)}`
        : `Expected ${printExpected(expected)}, found ${found}`,
  });
  return authority
    ? judgeToken(received, expected, authority).then(answerWith)
    : answerWith(judgeMockToken(received, expected));
}

interface LoosePrincipal {
  readonly type?: unknown;
  readonly userEntityRef?: unknown;
  readonly subject?: unknown;
  readonly actor?: LoosePrincipal;
}

function principalOf(credentials: unknown): LoosePrincipal {
  const { principal } = Object(credentials) as { principal?: unknown };
  return Object(principal) as LoosePrincipal;
}

function answer(pass: boolean, expected: string, received: unknown): AuthMatcherResult {
  return {
    pass,
    message: () =>
      `Expected credentials of ${pass ? 'anyone but ' : ''}${expected}, found ${describe(received)}`,
  };
}

function describe(received: unknown): string {
  const { type, userEntityRef, subject, actor } = principalOf(received);
  if (type === 'user') {
    const rest = actor ? `, for whom ${String(actor.subject)} calls` : '';
    return `those of the user ${String(userEntityRef)}${rest}`;
  }
  if (type === 'service') return `those of the service ${String(subject)}`;
  if (type === 'none') return 'those of a caller without credentials';
  if (isThenable(received)) return 'a promise; await it first';
  // Not the value: it may be a token.
  return received === null ? 'null' : `a value of type ${typeof received} that is no credentials`;
}

async function outcomeOf(received: unknown): Promise<{ error?: unknown; how?: string }> {
  try {
    const value: unknown =
      typeof received === 'function' ? (received as () => unknown)() : received;
    if (value instanceof Error) return { error: value };
    const isDone = !isThenable(value);
    await value;
    return isDone && typeof received !== 'function' && isErrorLike(value)
      ? { error: value }
      : { how: isDone ? `a value of type ${typeof value}` : 'a promise that was fulfilled' };
  } catch (error) {
    return { error };
  }
}

function describeError(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  if (!isErrorLike(error)) return `a rejection with a value of type ${typeof error}`;
  // Not the message: foreign errors may quote a token.
  return `${String(name)} with ${code === undefined ? 'no code' : `code ${String(code)}`}`;
}

function isErrorLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && 'message' in value;
}

function isThenable(value: unknown): boolean {
  return typeof (Object(value) as { then?: unknown }).then === 'function';
}
