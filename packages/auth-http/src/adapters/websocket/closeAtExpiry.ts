import type { Clock } from '@stagepass/auth-node';
import { graceMilliseconds, type UpgradeSocket } from './UpgradeSocket';

/** Timers stand still while a machine sleeps, and do not notice when its clock is set, so they are short. */
const longestWait = 60_000;

/**
 * Closes a socket when credentials expire, and forgets both when the socket closes before.
 *
 * @param farewell - is called before; what it has written is still sent; must not throw
 */
export function closeAtExpiry(
  socket: UpgradeSocket,
  expiresAt: Date,
  clock: Clock,
  farewell: () => void,
): void {
  let cancel: () => void;
  const check = () => {
    const left = expiresAt.getTime() - clock.now();
    if (left > 0) {
      cancel = clock.setTimeout(check, Math.min(left, longestWait));
      return;
    }
    farewell();
    cancel = clock.setTimeout(() => socket.destroy(), graceMilliseconds);
    // An answer to the farewell is not waited for: the caller has no credentials to send it with.
    socket.end(() => socket.destroy());
  };
  check();
  socket.once('close', () => cancel());
}
