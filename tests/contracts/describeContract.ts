import type { ContractCase } from '@stagepass/auth-test-utils/contracts';

/**
 * Puts an implementation to a contract suite.
 *
 * @param exceptions - the names of the promises that it is known to break, and why; a promise that it does
 *   keep may not be among them
 */
export function describeContract<TSubject>(
  title: string,
  suite: readonly ContractCase<TSubject>[],
  createSubject: () => Promise<TSubject>,
  exceptions: ReadonlyMap<string, string> = new Map(),
): void {
  describe(title, () => {
    it('has exceptions from promises of the suite alone', () => {
      const names = suite.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(names).toEqual(expect.arrayContaining([...exceptions.keys()]));
    });

    for (const { name, run } of suite) {
      const exception = exceptions.get(name);
      if (exception === undefined) {
        it(name, async () => run(await createSubject()));
      } else {
        it(`exception: ${name}: ${exception}`, async () => {
          const subject = await createSubject();
          await expect(run(subject)).rejects.toThrow();
        });
      }
    }
  });
}
