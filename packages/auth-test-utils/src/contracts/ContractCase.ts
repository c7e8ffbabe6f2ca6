import assert from 'node:assert/strict';
import { type AuthErrorCode, isAuthError } from '@stagepass/auth-node';

/**
 * One promise of an interface, as a check that any implementation can be put to. A suite is a list of
 * them; it belongs to no test runner.
 *
 * @public
 */
export interface ContractCase<TSubject> {
  /** What is promised; unique in its suite. */
  readonly name: string;
  /** Rejects, with an `AssertionError` or what the subject threw, if the promise is broken. Every run gets a subject of its own. */
  run(subject: TSubject): Promise<void>;
}

/** Checks that a call was refused with this code and, where every implementation says the same, message. */
export async function assertRefused(
  call: Promise<unknown>,
  code: AuthErrorCode,
  message?: string,
): Promise<void> {
  const error = await refusalOf(call);
  assert.deepEqual(
    { code: error.code, message: error.message },
    { code, message: message ?? error.message },
  );
}

/** Checks that a call was refused for a fault of the caller's credentials, for whatever reason. */
export async function assertUnauthenticated(call: Promise<unknown>): Promise<void> {
  const error = await refusalOf(call);
  assert.equal(error.name, 'AuthenticationError');
  assert.notEqual(error.message, '');
}

async function refusalOf(call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => assert.fail('expected a refusal, the call succeeded'),
    (rejection: unknown) => rejection,
  );
  assert.ok(isAuthError(error), `expected an error with a code, found ${String(error)}`);
  return error;
}
