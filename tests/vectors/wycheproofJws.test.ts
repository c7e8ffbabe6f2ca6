import { isSignedWith } from '../../packages/auth-backend/src/tokens/external/legacyMethod';
import {
  parseCompact,
  type UnverifiedJws,
} from '../../packages/auth-backend/src/tokens/parseCompact';
import { codeOf, type Decision, decideSignature } from './decideSignature';
import { countBy, describeVectors } from './vectorFiles';

interface Case {
  readonly tcId: number;
  readonly comment: string;
  readonly key: { readonly kty: string; readonly alg?: string; readonly k?: string };
  readonly jws: string;
  readonly valid: boolean;
}

/**
 * What the product says of the payload of a token; undefined where it is claims. These vectors sign texts, which are
 * none, so that this alone must not count as a refusal.
 */
function complaintAboutPayload(jws: UnverifiedJws): string | undefined {
  try {
    jws.unverifiedClaims();
    return undefined;
  } catch (error) {
    codeOf(error);
    return (error as { reason: string }).reason.replace(/^.*payload: /, '');
  }
}

const noClaims = ['is not UTF-8', 'is not JSON', 'is not a JSON object'];

/** Decides as the product does: by parser and key set, or by parser and secret. */
async function decide({ key, jws }: Case): Promise<Decision> {
  let parsed;
  try {
    parsed = parseCompact(jws);
  } catch (error) {
    return `refused: ${codeOf(error)}`;
  }
  const complaint = complaintAboutPayload(parsed);
  if (complaint !== undefined && !noClaims.includes(complaint)) return `refused: ${complaint}`;
  if (key.kty !== 'oct') return decideSignature(key, parsed);
  // As tokens/external/legacyMethod.ts does: of any other algorithm the token is nobody's.
  if (parsed.header.alg !== 'HS256' || key.alg !== 'HS256') return 'refused: nobody’s';
  const secret = Buffer.from(key.k ?? '', 'base64url');
  return isSignedWith(secret, parsed) ? 'accepted' : 'refused: AUTH_SIGNATURE_INVALID';
}

/** Valid, and refused all the same: a token of the product has three segments that are not empty, since it has claims. */
const EMPTY_PAYLOAD = 'emptyPayload';

describeVectors<{ cases: Case[] }>(
  'the JWS vectors of Wycheproof',
  'wycheproof-jws.json',
  ({ cases }) => {
    it('SIG-06 are decided as they say, 395 of 395: 389 by what was signed, 6 by an empty payload', async () => {
      const decided = await Promise.all(
        cases.map(async it => ({ ...it, decision: await decide(it) })),
      );
      const [empty, signed] = [
        decided.filter(({ comment }) => comment === EMPTY_PAYLOAD),
        decided.filter(({ comment }) => comment !== EMPTY_PAYLOAD),
      ];
      const wrong = signed.filter(({ valid, decision }) => valid !== (decision === 'accepted'));
      expect(wrong.map(it => `${it.tcId} ${it.comment}: ${it.decision}`)).toEqual([]);
      expect(signed).toHaveLength(389);
      expect(countBy(signed, it => it.decision)).toEqual({
        accepted: 34,
        'refused: AUTH_SIGNATURE_INVALID': 296,
        'refused: AUTH_TOKEN_MALFORMED': 43,
        'refused: AUTH_ALGORITHM_NOT_ALLOWED': 6,
        'refused: is not canonical base64url': 6,
        'refused: the key is for "enc", not for signatures': 2,
        'refused: the key is not for verifying': 2,
      });
      expect(countBy(empty, it => `${it.valid}, ${it.decision}`)).toEqual({
        'true, refused: AUTH_TOKEN_MALFORMED': 6,
      });
    });

    it('SIG-06 sign no claims: none of the 34 that verify would be a token of the product', () => {
      const verified = cases.filter(it => it.valid && it.comment !== EMPTY_PAYLOAD);
      const complaints = verified.map(it => complaintAboutPayload(parseCompact(it.jws)));
      expect(countBy(complaints, String)).toEqual({
        'is not UTF-8': 6,
        'is not JSON': 26,
        'is not a JSON object': 2,
      });
    });
  },
);
