import type { AuthService, BackstageCredentials } from '@stagepass/auth-node';
import { callRules } from './delegationRules';
import { compare, type Outcome, outcomeOf, type Verdict } from './engine';
import type { Keys } from './keys';
import { type BaseName, buildToken, type Change } from './tokenInputs';
import { describeCredentials } from './worlds';

/** Whose credentials a call is made with. */
export type Holder =
  | {
      readonly who: 'token';
      readonly base: BaseName;
      readonly changes: readonly Change[];
      readonly obo?: boolean;
    }
  | { readonly who: 'own' | 'none' }
  | {
      readonly who: 'restricted';
      readonly restrictions: readonly RestrictionInput[];
      /** Ours was told to delegate as Backstage does. */
      readonly plain?: boolean;
    };

/** An entry of `accessRestrictions`. */
export interface RestrictionInput {
  readonly plugin: string;
  readonly permission?: string | readonly string[];
  readonly permissionAttribute?: { readonly action: string | readonly string[] };
}

/** A call from the plugin `receiver` to another, as it is generated. */
export interface CallInput {
  readonly holder: Holder;
  readonly target: string;
  /** The credentials went through JSON on the way. */
  readonly stored?: 'with token' | 'without token';
}

/** The plugin on both sides, for each holder of credentials. */
export interface DelegationWorld {
  readonly keys: Keys;
  start(side: 'ours' | 'theirs', holder: Holder): Promise<AuthService>;
}

/** The configured token of the restricted caller. */
export const RESTRICTED_TOKEN = 'static-token-of-a-restricted-caller';

/** Gives the call to both sides, and compares the tokens that they issue for it. */
export async function runCall(world: DelegationWorld, input: CallInput): Promise<Verdict> {
  return compare(callRules, input, await callOutcomes(world, input));
}

/** What came of a call on both sides. */
export async function callOutcomes(
  world: DelegationWorld,
  input: CallInput,
): Promise<{ theirs: Outcome; ours: Outcome }> {
  const token = presentedToken(world.keys, input.holder);
  return {
    theirs: await call(world, 'theirs', input, token),
    ours: await call(world, 'ours', input, token),
  };
}

async function call(
  world: DelegationWorld,
  side: 'ours' | 'theirs',
  input: CallInput,
  presented: string,
): Promise<Outcome> {
  const { holder, target, stored } = input;
  const auth = await world.start(side, holder);
  return outcomeOf(async () => {
    const credentials = await credentialsOf(auth, holder, presented);
    const onBehalfOf = stored ? throughJson(credentials, stored) : credentials;
    const { token } = await auth.getPluginRequestToken({ onBehalfOf, targetPluginId: target });
    const limited =
      holder.who === 'token' && !stored ? await limitedOf(auth, credentials) : undefined;
    return JSON.stringify([describeCredentials(credentials), readToken(token), limited]);
  });
}

/** The token with which the holder came. */
function presentedToken(keys: Keys, holder: Holder): string {
  if (holder.who !== 'token') return RESTRICTED_TOKEN;
  const { base, changes, obo } = holder;
  return buildToken(
    keys,
    obo ? { base: 'plugin', changes: [], obo: { base, changes } } : { base, changes },
  );
}

async function credentialsOf(
  auth: AuthService,
  { who }: Holder,
  token: string,
): Promise<BackstageCredentials> {
  if (who === 'own') return auth.getOwnServiceCredentials();
  if (who === 'none') return auth.getNoneCredentials();
  return auth.authenticate(token, { allowLimitedAccess: true });
}

async function limitedOf(auth: AuthService, credentials: BackstageCredentials): Promise<unknown> {
  if (!auth.isPrincipal(credentials, 'user')) return undefined;
  const { token, expiresAt } = await auth.getLimitedUserToken(credentials);
  return [token, expiresAt.getTime()];
}

function throughJson(
  credentials: BackstageCredentials,
  how: CallInput['stored'],
): BackstageCredentials {
  const token = how === 'with token' ? (credentials as { token?: string }).token : undefined;
  return JSON.parse(JSON.stringify({ ...credentials, token })) as BackstageCredentials;
}

/** What a token says, apart from which key says it. */
function readToken(token: string): unknown {
  const [header = {}, claims = {}] = token
    .split('.')
    .slice(0, 2)
    .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  const { kid: _, ...said } = header;
  return [sorted(said), sorted(claims)];
}

function sorted(members: object): unknown {
  return Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1));
}
