import { importVerificationKey } from '../../packages/auth-backend/src/keys/importKey';
import type { UnverifiedJws } from '../../packages/auth-backend/src/tokens/parseCompact';
import { verifyJws } from '../../packages/auth-backend/src/tokens/verifyJws';

/** What the code of the product makes of a signature: good, or why not. */
export type Decision = 'accepted' | `refused: ${string}`;

/**
 * Has the product decide about a signature: its reader of keys, and the one place that verifies. What is signed
 * need not be claims.
 */
export async function decideSignature(jwk: unknown, jws: UnverifiedJws): Promise<Decision> {
  const key = importVerificationKey(jwk);
  if (typeof key === 'string') return `refused: the key ${key}`;
  try {
    await verifyJws({ ...jws, unverifiedClaims: () => ({}) }, key, [key.alg]);
    return 'accepted';
  } catch (error) {
    return `refused: ${codeOf(error)}`;
  }
}

/** The code of a refusal; anything else that is thrown is a fault, and not a decision. */
export function codeOf(error: unknown): string {
  const { name, code } = error as { name?: unknown; code?: unknown };
  if (name === 'AuthenticationError' && typeof code === 'string') return code;
  throw error;
}
