import type { Clock } from '@stagepass/auth-node';

/** Waits for work no longer than the given milliseconds, then for the error; the work itself is not ended. */
export async function withDeadline<TResult>(
  work: Promise<TResult>,
  options: { clock: Clock; milliseconds: number; late: () => Error },
): Promise<TResult> {
  const { clock, milliseconds, late } = options;
  let cancel = () => {};
  const deadline = new Promise<never>((_, reject) => {
    cancel = clock.setTimeout(() => reject(late()), milliseconds);
  });
  return Promise.race([work, deadline]).finally(cancel);
}
