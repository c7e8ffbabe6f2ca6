/**
 * The part of a socket that is refused, or closed when credentials expire: Node's `Duplex`, as the `upgrade`
 * event brings it.
 *
 * @public
 */
export interface UpgradeSocket {
  readonly destroyed: boolean;
  on(event: 'error', listener: () => void): unknown;
  once(event: 'close', listener: () => void): unknown;
  end(text: string): unknown;
  end(whenWritten: () => void): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** How long the last bytes to a socket may take, in milliseconds, before it is destroyed: some peers never read. */
export const graceMilliseconds = 2_000;
