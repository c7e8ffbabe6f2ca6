import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@stagepass/auth-node';
import type { Network } from '../keys/fetchKeySet';

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>;

/** A network whose hosts answer as a test says; it counts requests. */
export class FakeNetwork implements Network {
  readonly clock: Clock;
  readonly requests: Array<{ url: string; init: RequestInit }> = [];
  /** Pauses are as long as they can be. */
  readonly random = () => 0;
  /** How requests are answered from now on. */
  answer: Answer;

  constructor(clock: Clock, answer: Answer = () => new Response('', { status: 404 })) {
    this.clock = clock;
    this.answer = answer;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = String(input);
    this.requests.push({ url, init });
    return this.answer(url, init);
  };

  /** Answers every request with these keys from now on. */
  publish(...keys: unknown[]): void {
    this.answer = () => Response.json({ keys });
  }

  /** Refuses every connection from now on. */
  goDown(): void {
    this.answer = () => Promise.reject(new TypeError('fetch failed'));
  }

  /** Accepts every connection from now on, and is silent until the client gives up. */
  hang(): void {
    this.answer = (_url, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error));
      });
  }
}

/** Lets everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}
