import type { JsonObject } from '@backstage/types';
import {
  type AuthService,
  type BackstageCredentials,
  type Clock,
  type DiscoveryService,
  isAuthError,
  type LoggerService,
} from '@stagepass/auth-node';
import type { KeyFinder } from '../keys/KeySets';
import type { ExternalTrial } from '../tokens/external/ExternalAccess';
import type { ExternalEntry } from '../tokens/external/externalEntries';
import { adviseOn } from './advice';
import { describeSigner } from './describeSigner';
import { describeTimes } from './describeTimes';
import { describeToken, type TokenDescription } from './describeToken';
import type { Findings } from './Findings';
import { createHiding, secretsIn, secretsOf } from './hideSecrets';
import { readPaste } from './readPaste';
import { silentLogger } from './silentLogger';
import type { TokenExplanation, TokenKind, TokenVerdict } from './TokenExplanation';
import type { WatchedKeys } from './WatchedKeys';

/** What is put around an auth service, so that it can be watched and leaves no trace. */
export interface Watch {
  readonly keySets: KeyFinder;
  readonly logger: LoggerService;
  onTried(trial: ExternalTrial): void;
}

/** Where a token is explained. */
export interface ExplanationContext {
  readonly pluginId: string;
  readonly allowLimitedAccess: boolean;
  readonly clock: Clock;
  /** The external callers of the configuration. */
  readonly entries: readonly ExternalEntry[];
  readonly discovery: DiscoveryService;
  readonly keys: WatchedKeys;
  /** Makes the auth service of the plugin, by the code that makes the running one. */
  open(watch: Watch): Promise<AuthService>;
}

/** Explains a text: see {@link TokenExplanation}. */
export async function explain(
  text: string,
  context: ExplanationContext,
): Promise<TokenExplanation> {
  const { token, pasted } = typeof text === 'string' ? readPaste(text) : { token: text };
  const explanation = await explainBare(token, context, 'outer');
  return pasted ? { ...explanation, pasted, advice: withPaste(pasted, explanation) } : explanation;
}

function withPaste(
  { as, problem }: NonNullable<TokenExplanation['pasted']>,
  { advice, verdict }: TokenExplanation,
): string[] {
  if (problem === undefined) return advice;
  const send =
    as === 'cookie'
      ? `send one cookie with one token: ${problem}`
      : `send exactly "Authorization: Bearer", a space and the token: ${problem}`;
  return verdict.accepted ? [send] : [send, ...advice];
}

async function explainBare(
  token: string,
  context: ExplanationContext,
  place: 'outer' | 'obo',
): Promise<TokenExplanation> {
  const { pluginId, allowLimitedAccess, clock, keys, entries } = context;
  const now = clock.now();
  const trials: ExternalTrial[] = [];
  const outcome = await authenticate(token, context, trial => void trials.push(trial));
  const refusal = isAuthError(outcome) ? outcome : undefined;
  const description = describeToken(token);
  const findings: Findings = { description, keys: keys.take(), trials, refusal };
  const advice = adviseOn({
    ...findings,
    pluginId,
    now,
    expectedIssuer: await issuerOf(context.discovery),
  });
  const signer = describeSigner(findings);
  const { obo } = description.claims ?? {};
  const onBehalfOf =
    place === 'outer' && typeof obo === 'string' && description.kind.startsWith('plugin token')
      ? await explainBare(obo, { ...context, allowLimitedAccess: true }, 'obo')
      : undefined;
  const hide = createHiding([
    ...secretsOf(entries),
    ...secretsIn(String(token), description.claims),
  ]);
  const times = describeTimes(description.claims ?? {}, now);
  const kind = kindOf(description, trials);
  const isSigned = kind === description.kind;
  const foreign = {
    ...(isSigned && description.problem !== undefined && { problem: description.problem }),
    ...decoded(description, signer?.signature === 'verified'),
    ...(signer && { signer }),
  };
  return {
    kind,
    asked: { pluginId, allowLimitedAccess, at: new Date(now).toISOString() },
    ...(hide(foreign as unknown as JsonObject) as object),
    ...(onBehalfOf && { onBehalfOf }),
    ...(times && { times }),
    ...(trials.length > 0 && {
      externalEntries: trials.map(trial => describeTrial(trial, text => String(hide(text)))),
    }),
    verdict: describeVerdict(outcome, value => hide(value)),
    advice: hide(advice) as string[],
  };
}

/** Asks the very code that the running service consists of; a fault that is no refusal passes through. */
async function authenticate(
  token: string,
  { open, keys, allowLimitedAccess }: ExplanationContext,
  onTried: (trial: ExternalTrial) => void,
): Promise<unknown> {
  const service = await open({ keySets: keys, logger: silentLogger, onTried });
  try {
    return await service.authenticate(token, { allowLimitedAccess });
  } catch (error) {
    if (isAuthError(error)) return error;
    throw error;
  }
}

/** What only the configuration knows outweighs what the text says of itself. */
function kindOf({ kind }: TokenDescription, trials: readonly ExternalTrial[]): TokenKind {
  const type = trials.find(({ subject }) => subject !== undefined)?.entry.type;
  if (type === 'static') return 'static token';
  return type === 'custom' ? 'token of a custom handler' : kind;
}

function decoded({ header, claims }: TokenDescription, verified: boolean) {
  const shown = claims && {
    ...claims,
    ...(Object.hasOwn(claims, 'obo') && { obo: '(not shown, see onBehalfOf)' }),
    ...(Object.hasOwn(claims, 'uip') && { uip: '(not shown, the identity proof of the user)' }),
  };
  return {
    ...(header && { [verified ? 'header' : 'unverifiedHeader']: header }),
    ...(shown && { [verified ? 'claims' : 'unverifiedClaims']: shown }),
  };
}

function describeTrial(
  { entry, subject, error }: ExternalTrial,
  hide: (text: string) => string,
): NonNullable<TokenExplanation['externalEntries']>[number] {
  const { path } = entry;
  const type = entry.type === 'custom' ? entry.handlerType : entry.type;
  if (subject !== undefined) return { path, type, said: 'accepted' };
  if (error === undefined) return { path, type, said: 'not mine' };
  if (!isAuthError(error)) return { path, type, said: 'refused' };
  return { path, type, said: 'refused', code: error.code, reason: hide(error.reason) };
}

/** The status of each class of refusals, which Backstage's code tells apart by name too. */
const statuses: Readonly<Record<string, 401 | 403 | 503>> = {
  AuthenticationError: 401,
  NotAllowedError: 403,
  ServiceUnavailableError: 503,
};

function describeVerdict(
  outcome: unknown,
  hide: (value: JsonObject[string]) => JsonObject[string],
): TokenVerdict {
  if (isAuthError(outcome)) {
    const { code, message, name, reason } = outcome;
    const status = statuses[name] ?? 500;
    return { accepted: false, code, message, status, reason: String(hide(reason)) };
  }
  const { principal, expiresAt } = outcome as BackstageCredentials;
  return {
    accepted: true,
    principal: hide(JSON.parse(JSON.stringify(principal)) as JsonObject) as JsonObject,
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
  };
}

async function issuerOf(discovery: DiscoveryService): Promise<string | undefined> {
  try {
    return await discovery.getExternalBaseUrl('auth');
  } catch {
    return undefined;
  }
}
