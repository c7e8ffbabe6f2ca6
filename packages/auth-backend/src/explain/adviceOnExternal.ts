import { quote } from '@stagepass/auth-node/internal';
import { type Case, decisiveTrial } from './Findings';

/**
 * Says what to change about the third party whose entry refused a token for its algorithm, issuer or audience;
 * undefined where no entry did.
 */
export function adviseOnExternal(of: Case): string[] | undefined {
  const entry = decisiveTrial(of)?.entry;
  if (entry?.type !== 'jwks' || !of.refusal) return undefined;
  const { header = {}, claims = {} } = of.description;
  const { path, algorithms, issuers = [], audiences = [] } = entry;
  const change = {
    AUTH_ALGORITHM_NOT_ALLOWED: ['algorithm', header.alg, algorithms],
    AUTH_ISSUER_MISMATCH: ['issuer', claims.iss, issuers],
    AUTH_AUDIENCE_MISMATCH: ['audience', claims.aud, audiences],
  } as const;
  const { code } = of.refusal;
  if (!Object.hasOwn(change, code)) return undefined;
  const [option, found, expected] = change[code as keyof typeof change];
  const isSymmetric = option === 'algorithm' && !/^(ES|RS|PS|Ed)/.test(String(found));
  const mend = isSymmetric
    ? `let the third party sign with one of ${expected.join(', ')}: ${quote(found ?? null)} cannot be verified with a published key`
    : `add ${quote(found ?? null)} to ${path}.options.${option}, if you trust it; it has ${quote(expected)}`;
  return [
    mend,
    `or let the third party issue a token with another ${option}, one of ${quote(expected)}`,
    ...(of.trials.length > 1
      ? ['or, if another entry should accept it, see what each of them said']
      : []),
  ];
}
