import type { Clock } from '@stagepass/auth-node';

/**
 * Does something of others, and ends it in time, whatever they do: who ignores the signal, never answers or
 * answers late holds nobody, and what comes of it then is nobody's any more.
 *
 * @param milliseconds - how long it may take
 * @param task - begins it; the signal is aborted when its time is over
 * @param closing - ends it at once when it is aborted meanwhile: an exchange would hold the process
 * @throws Error when it has not ended in time; what `task` throws, at once or later
 */
export async function endAfter<TResult>(
  milliseconds: number,
  clock: Clock,
  task: (signal: AbortSignal) => Promise<TResult>,
  closing?: AbortSignal,
): Promise<TResult> {
  const abort = new AbortController();
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    const end = (why: string) => {
      const error = new Error(why);
      reject(error);
      abort.abort(error);
    };
    const cancelTimeout = clock.setTimeout(
      () => end(`no complete answer within ${milliseconds / 1000} s`),
      milliseconds,
    );
    const close = () => end('the backend has been closed');
    closing?.addEventListener('abort', close);
    cancel = () => {
      cancelTimeout();
      closing?.removeEventListener('abort', close);
    };
  });
  try {
    return await Promise.race([task(abort.signal), timeout]);
  } finally {
    cancel();
  }
}
