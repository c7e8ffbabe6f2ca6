import type { AuthService } from '@stagepass/auth-node';
import { type ConfigInput, entriesOf, isStatic } from './configurationInputs';
import { configRules } from './configurationRules';
import { compare, type Outcome, outcomeOf, type Verdict } from './engine';
import { secretSigner } from './signing';
import type { Start } from './starts';
import { describeCredentials, NOW_SECONDS } from './worlds';

/**
 * Starts both sides with a configuration, and tries the tokens that it names.
 *
 * @param starts - how each side starts
 */
export async function runConfig(
  starts: Readonly<Record<'theirs' | 'ours', Start>>,
  input: ConfigInput,
): Promise<Verdict> {
  return compare(configRules, input, {
    theirs: await tryOut(starts.theirs, input),
    ours: await tryOut(starts.ours, input),
  });
}

/** Starts one side with a configuration, and describes what its callers are then. */
export async function tryOut(start: Start, input: ConfigInput): Promise<Outcome> {
  const outcome = await outcomeOf(async () => {
    const auth = await start(input);
    const proofs = await Promise.all(presentedTokens(input).map(token => proofOf(auth, token)));
    const none = await auth.getNoneCredentials();
    const forNobody = await outcomeOf(async () => {
      return (await auth.getPluginRequestToken({ onBehalfOf: none, targetPluginId: 'catalog' }))
        .token;
    });
    const { keys } = await auth.listPublicServiceKeys();
    const published = isStatic(input) ? keys.map(({ kid, alg, x, n }) => [kid, alg, x, n]) : [];
    return JSON.stringify([
      proofs,
      'gave' in forNobody ? forNobody.gave : forNobody.name,
      published,
    ]);
  });
  // Which class an error at start has does not matter.
  return 'gave' in outcome ? outcome : { ...outcome, name: 'Error' };
}

async function proofOf(auth: AuthService, token: string): Promise<unknown> {
  const outcome = await outcomeOf(async () => describeCredentials(await auth.authenticate(token)));
  return 'gave' in outcome ? outcome.gave : outcome.name;
}

/** The tokens with which the configured callers would come, as far as they can be told. */
function presentedTokens(input: ConfigInput): string[] {
  const claims = { sub: 'backstage-server', exp: NOW_SECONDS + 100 };
  return entriesOf(input).flatMap(({ options }) => {
    if (typeof options.token === 'string' && options.token !== '') return [options.token];
    if (typeof options.secret !== 'string') return [];
    const signer = secretSigner(Buffer.from(options.secret, 'base64'));
    const parts = [{ alg: 'HS256' }, claims].map(part =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return [[...parts, signer.sign(parts.join('.')).toString('base64url')].join('.')];
  });
}
