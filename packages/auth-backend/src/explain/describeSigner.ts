import type { JsonObject } from '@backstage/types';
import type { AuthErrorCode } from '@stagepass/auth-node';
import { quote } from '@stagepass/auth-node/internal';
import type { ExternalTrial } from '../tokens/external/ExternalAccess';
import { decisiveTrial, type Findings } from './Findings';
import type { SignerExplanation } from './TokenExplanation';
import { type KeyRecord, type KeySearch, withoutQuery } from './WatchedKeys';

/** Codes of refusals that come after a signature has been found good. */
const afterSignature: readonly AuthErrorCode[] = [
  'AUTH_CLAIM_INVALID',
  'AUTH_TOKEN_EXPIRED',
  'AUTH_TOKEN_NOT_YET_VALID',
];

/** Says who signed a token, or says so; undefined where nobody did. */
export function describeSigner(findings: Findings): SignerExplanation | undefined {
  const { description, keys } = findings;
  const trial = decisiveTrial(findings);
  if (trial) return describeCaller(findings, trial);
  const { kind, header, claims } = description;
  if (!header || kind === 'encrypted token') return undefined;
  const isPlugins = kind.startsWith('plugin token');
  const search = keys.searches.find(({ of }) => of === (isPlugins ? 'plugin' : 'user'));
  return {
    who: isPlugins ? `the plugin ${quote(claims?.sub ?? null)}` : whoIssued(kind, claims?.iss),
    ...nameKey(header),
    signature: signatureOf(findings, search),
    key: keyOf(findings, search),
    askedForKey: answersTo(keys, search),
    warnings: [...keys.warnings],
  };
}

function describeCaller(findings: Findings, { entry, subject, error }: ExternalTrial) {
  const { description, keys } = findings;
  const shown = entry.type === 'jwks' ? withoutQuery(new URL(entry.url)) : undefined;
  const search = keys.searches.find(({ asked }) => shown !== undefined && asked.includes(shown));
  const code = (error as { code?: AuthErrorCode } | undefined)?.code;
  const isSigned = entry.type === 'legacy' || entry.type === 'jwks';
  const proved = isSigned && (subject !== undefined || (code && afterSignature.includes(code)));
  const signer: SignerExplanation = {
    who: subject === undefined ? 'an external caller' : `the external caller ${quote(subject)}`,
    configPath: entry.path,
    ...(description.header && nameKey(description.header)),
    signature: proved ? 'verified' : code === 'AUTH_SIGNATURE_INVALID' ? 'invalid' : 'not checked',
    key: entry.type === 'jwks' ? keyOf(findings, search) : 'a shared secret',
    askedForKey: answersTo(keys, search),
    warnings: [...keys.warnings],
  };
  return signer;
}

function whoIssued(kind: string, issuer: unknown): string {
  const who = kind.includes('user') ? 'the auth plugin' : 'a third party';
  return issuer === undefined ? who : `${who} ${quote(issuer)}`;
}

function nameKey({ kid, alg }: JsonObject): { keyId?: string; algorithm?: string } {
  return {
    ...(typeof kid === 'string' && { keyId: kid }),
    ...(typeof alg === 'string' && { algorithm: alg }),
  };
}

function signatureOf(
  { keys, refusal }: Findings,
  search: KeySearch | undefined,
): SignerExplanation['signature'] {
  // A decorator may have asked nobody.
  if (!search) return refusal ? 'not checked' : 'verified';
  if (!search.found) return 'not checked';
  // Who asks for the user's key has believed the plugin's signature.
  const isLast = keys.searches.at(-1) === search;
  if (isLast && refusal?.code === 'AUTH_SIGNATURE_INVALID') return 'invalid';
  if (isLast && refusal?.code === 'AUTH_ALGORITHM_NOT_ALLOWED') return 'not checked';
  return 'verified';
}

function keyOf({ refusal }: Findings, search: KeySearch | undefined): SignerExplanation['key'] {
  if (search?.found) return 'published';
  return search && refusal?.code === 'AUTH_KEY_UNKNOWN' ? 'not published' : 'not known';
}

function answersTo(
  { answers }: KeyRecord,
  search: KeySearch | undefined,
): SignerExplanation['askedForKey'] {
  if (!search) return [];
  return search.asked.map((where, index) => {
    const isLast = index === search.asked.length - 1;
    const has = isLast && search.found ? 'has it' : 'does not have it';
    if (where === 'this process') return { where, outcome: has };
    const answer = answers.get(where) ?? 'remembered from before';
    const isAnswer = answer === 'status 200' || !/^(no|status)/.test(answer);
    return { where, outcome: isAnswer ? `${answer}, ${has}` : answer };
  });
}
