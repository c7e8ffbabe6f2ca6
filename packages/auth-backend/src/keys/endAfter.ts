import type { Clock } from '@stagepass/auth-node';

/**
 * Does something of others, and ends it in time, whatever they do: who ignores the signal, never answers or
 * answers late holds nobody, and what comes of it then is nobody's any more.
 *
 * @param milliseconds - how long it may take
 * @param task - begins it; the signal is aborted when its time is over
 * @param late - makes the error for when its time is over, from words such as `within 5 s`
 * @throws that error; what `task` throws, at once or later
 */
export async function endAfter<TResult>(
  milliseconds: number,
  clock: Clock,
  task: (signal: AbortSignal) => Promise<TResult>,
  late = (limit: string) => new Error(`no complete answer ${limit}`),
): Promise<TResult> {
  const abort = new AbortController();
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.setTimeout(() => {
      const error = late(`within ${milliseconds / 1000} s`);
      reject(error);
      abort.abort(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([task(abort.signal), timeout]);
  } finally {
    cancel();
  }
}
