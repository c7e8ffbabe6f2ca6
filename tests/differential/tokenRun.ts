import { compare, type Outcome, outcomeOf, type Rule, type Verdict } from './engine';
import { bases, buildToken, type TokenInput } from './tokenInputs';
import { factsOf, type TokenFacts } from './tokenFacts';
import { tokenRules } from './tokenRules';
import { describeCredentials, type World } from './worlds';

/**
 * Gives the token of an input to both sides, and compares.
 *
 * @throws Error with the decoded token, when they differ and the table does not say so
 */
export async function runToken(
  world: Pick<World, 'ours' | 'theirs' | 'keys' | 'untypedAccepted'>,
  input: TokenInput,
  rules: ReadonlyArray<Rule<TokenFacts>> = tokenRules,
): Promise<Verdict> {
  const token = buildToken(world.keys, input);
  const facts = factsOf(token, {
    limitedAccess: input.limited === true,
    signer: signerOf(input),
    untypedAccepted: world.untypedAccepted,
  });
  const outcomes = await authenticateBoth(world, token, input.limited === true);
  try {
    return compare(rules, facts, outcomes);
  } catch (error) {
    const { header, claims, obo } = facts;
    const decoded = JSON.stringify({ header, claims, obo: obo && [obo.header, obo.claims] });
    throw new Error(`${(error as Error).message}\n  token:  ${decoded.slice(0, 2000)}`);
  }
}

/** Gives a token to both sides. */
export async function authenticateBoth(
  { ours, theirs }: Pick<World, 'ours' | 'theirs'>,
  token: string,
  allowLimitedAccess: boolean,
): Promise<{ theirs: Outcome; ours: Outcome }> {
  const run = (auth: World['ours']) =>
    outcomeOf(async () =>
      describeCredentials(await auth.authenticate(token, { allowLimitedAccess })),
    );
  return { theirs: await run(theirs), ours: await run(ours) };
}

function signerOf({ base, changes }: TokenInput): string | undefined {
  const last = changes.findLast(change => 'signer' in change);
  return last?.signer ?? (base in bases ? bases[base as keyof typeof bases].signer : undefined);
}
