import { explore, seed, type Verdict } from './engine';
import type { Subject } from './quotas';
import { leastPerBranch } from './quotas';
import { Tally } from './Tally';
import type { Scenario } from './tokenScenarios';

/** Declares a test for each scenario of a kind of input, and one for the counts. */
export function describeScenarios<TInput>(
  subject: Subject,
  groups: Readonly<Record<string, ReadonlyArray<Scenario<TInput>>>>,
  run: (input: TInput, group: string) => Promise<Verdict>,
): void {
  const tally = new Tally(subject);

  describe.each(Object.entries(groups))(`%s (STAGEPASS_SEED=${seed})`, (group, scenarios) => {
    it.each(scenarios.map(scenario => [scenario.name, scenario] as const))(
      '%s: the same on both sides, or a row of the table says why not',
      async (name, { inputs, runs, branch, examples }) => {
        const before = branch === undefined ? 0 : tally.count(`${group}: ${branch}`);
        const check = async (input: TInput) => tally.add(group, await run(input, group));
        await explore(`${group} ${name}`, inputs, runs, check, examples);
        if (branch === undefined) return;
        expect(tally.count(`${group}: ${branch}`) - before).toBeGreaterThanOrEqual(leastPerBranch);
      },
    );
  });

  it('has looked at as many inputs as promised', () => {
    tally.print();
    expect(tally.shortages()).toEqual([]);
  });
}
