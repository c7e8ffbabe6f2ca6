import type { Clock } from '@stagepass/auth-node';

/**
 * Does something of others, and ends it in time, whatever they do: who ignores the signal, never answers or
 * answers late holds nobody, and what comes of it then is nobody's any more.
 *
 * @param milliseconds - how long it may take
 * @param task - begins it; the signal is aborted when its time is over
 * @throws Error when it has not ended in time; what `task` throws, at once or later
 */
export async function endAfter<TResult>(
  milliseconds: number,
  clock: Clock,
  task: (signal: AbortSignal) => Promise<TResult>,
): Promise<TResult> {
  const abort = new AbortController();
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    cancel = clock.setTimeout(() => {
      const error = new Error(`no complete answer within ${milliseconds / 1000} s`);
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
