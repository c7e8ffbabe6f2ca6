import { encode, readToken } from './signedToken';

/**
 * What of a token is changed: a bit of the signature, a claim, a header parameter, or the algorithm, which
 * becomes `none` with an empty signature.
 *
 * @public
 */
export type TamperedPart = 'signature' | 'payload' | 'header' | 'algorithm';

/**
 * Changes a signed token so that it must be refused; its shape stays that of a token.
 *
 * @throws TypeError when it is no signed token; the message does not hold it
 */
export function tamper(token: string, part: TamperedPart): string {
  const parts = readToken(token);
  if (!parts) {
    throw new TypeError(
      'Expected a signed token of three parts, found none; mock tokens have no parts',
    );
  }
  const { header, claims, signature } = parts;
  const [writtenHeader, writtenClaims] = parts.signingInput.split('.');
  switch (part) {
    case 'signature': {
      const bytes = Buffer.from(signature, 'base64url');
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return `${parts.signingInput}.${bytes.toString('base64url')}`;
    }
    case 'payload':
      return `${writtenHeader}.${encode({ ...claims, tampered: true })}.${signature}`;
    case 'header':
      return `${encode({ ...header, tampered: true })}.${writtenClaims}.${signature}`;
    case 'algorithm':
      return `${encode({ ...header, alg: 'none' })}.${writtenClaims}.`;
    default:
      throw new TypeError(
        `Expected signature, payload, header or algorithm, found ${String(part)}`,
      );
  }
}
