import { isDeepStrictEqual } from 'node:util';
import { type AuthErrorCode, isAuthError } from '@stagepass/auth-node';

/** What a reader did with an input. */
export type Outcome<T> =
  { readonly value: T } | { readonly refusal: AuthErrorCode; readonly reason: string };

/** Fails with the name of the promise where it is not kept. */
export function promise(kept: boolean, name: string): asserts kept {
  if (!kept) throw new Error(name);
}

/** Runs a reader twice: it answers, or refuses with one of these codes, and the second time the same. */
export function readTwice<T>(read: () => T, codes: readonly AuthErrorCode[]): Outcome<T> {
  const first = attempt(read, codes);
  promise(isDeepStrictEqual(attempt(read, codes), first), 'reads the same twice');
  return first;
}

/** Runs a reader; whatever it throws that is not one of these refusals is left to fly. */
export function attempt<T>(read: () => T, codes: readonly AuthErrorCode[]): Outcome<T> {
  try {
    return { value: read() };
  } catch (error) {
    return toRefusal(error, codes);
  }
}

/** As {@link attempt}, for what is answered later, with whatever code. */
export async function attemptLater<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    return toRefusal(error);
  }
}

function toRefusal(error: unknown, codes?: readonly AuthErrorCode[]) {
  if (!isAuthError(error) || codes?.includes(error.code) === false) throw error;
  const { code, reason } = error;
  promise(
    /^[\x20-\x7e]{10,1500}$/.test(reason) || code === 'AUTH_CONFIG_INVALID',
    'has a printable reason',
  );
  return { refusal: code, reason };
}

/** Parses JSON by the rules of JavaScript; undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Compares values that came out of JSON, where `-0` and `0` are written the same. */
export function isSameJson(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(one)), JSON.parse(JSON.stringify(other)));
}
