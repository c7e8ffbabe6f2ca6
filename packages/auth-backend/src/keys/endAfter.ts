import type { Clock } from '@stagepass/auth-node';

/** What else ends a task, and how that is told. */
interface Ending {
  /** Makes the error for when its time is over, from words such as `within 5 s`. */
  readonly late?: (limit: string) => Error;
  /** Ends it at once when it is aborted meanwhile: an exchange would hold the process. */
  readonly closing?: AbortSignal;
}

/** Tells who does something that its time is over; most do not want to know, and it takes a while to make. */
class Abort {
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  end(error: Error): void {
    this.#controller?.abort(error);
  }
}

/**
 * Does something of others, and ends it in time, whatever they do: who ignores the signal, never answers or
 * answers late holds nobody, and what comes of it then is nobody's any more.
 *
 * @param milliseconds - how long it may take
 * @param task - begins it; the signal, if it takes it now, is aborted when its time is over
 * @throws Error when it has not ended in time, or was closed; what `task` throws, at once or later
 */
export async function endAfter<TResult>(
  milliseconds: number,
  clock: Clock,
  task: (abort: { readonly signal: AbortSignal }) => Promise<TResult>,
  { late = limit => new Error(`no complete answer ${limit}`), closing }: Ending = {},
): Promise<TResult> {
  const abort = new Abort();
  let cancel = () => {};
  const timeout = new Promise<never>((_, reject) => {
    const end = (error: Error) => {
      reject(error);
      abort.end(error);
    };
    const cancelTimeout = clock.setTimeout(
      () => end(late(`within ${milliseconds / 1000} s`)),
      milliseconds,
    );
    const close = () => end(new Error('the backend has been closed'));
    closing?.addEventListener('abort', close);
    cancel = () => {
      cancelTimeout();
      closing?.removeEventListener('abort', close);
    };
  });
  try {
    return await Promise.race([task(abort), timeout]);
  } finally {
    cancel();
  }
}

/** How many turns of the microtask queue those have who answer from memory, in async functions of their own. */
const AT_ONCE = 5;

/** Waits for a task only as long as nothing else happens in the process, and tells whether it has ended. */
export async function endsAtOnce(task: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const end = () => {
    hasEnded = true;
  };
  task.then(end, end);
  for (let turn = 0; turn < AT_ONCE && !hasEnded; turn += 1) await Promise.resolve();
  return hasEnded;
}
