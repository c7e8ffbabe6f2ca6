import { sign } from 'node:crypto';
import { schemeOf } from '../tokens/algorithms';
import type { SigningKey } from '../tokens/signJws';

/** Writes a segment of a token: bytes and texts as they are, anything else as JSON. */
export function segment(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64url');
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return Buffer.from(text, 'utf8').toString('base64url');
}

/**
 * Signs any header and any payload, well-formed or not, as an attacker with a key would; it shares no code
 * with what issues tokens.
 */
export function forge(header: unknown, payload: unknown, key: SigningKey): string {
  const signingInput = `${segment(header)}.${segment(payload)}`;
  const { hash, options } = schemeOf(key.alg);
  const signature = sign(hash, Buffer.from(signingInput), { key: key.privateKey, ...options });
  return `${signingInput}.${signature.toString('base64url')}`;
}

/** Reads a token without looking at its signature. */
export function decode(token: string) {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const read = (text: string) =>
    JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>;
  return { header: read(header), payload: read(payload), signature };
}

/** Returns a proof without what it rests on, which most tests do not ask about. */
export async function withoutEvidence<TProof extends { readonly evidence?: unknown }>(
  proving: TProof | undefined | Promise<TProof | undefined>,
): Promise<Omit<TProof, 'evidence'> | undefined> {
  const proof = await proving;
  if (!proof) return undefined;
  const { evidence: _, ...shown } = proof;
  return shown;
}
