/**
 * Reads the body of a response as far as it is allowed to go. When the signal is aborted, or the body too
 * long, the rest is cancelled, and with it the connection, even if `fetch` did not listen to the signal.
 *
 * @param limits - `maxBytes`: of the content, however it was compressed
 * @throws Error when it is longer, or breaks off
 */
export async function readBody(
  response: Response,
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array();
  const hangUp = () => void reader.cancel(signal.reason).catch(() => {});
  if (signal.aborted) hangUp();
  signal.addEventListener('abort', hangUp);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.byteLength;
      if (length > maxBytes) {
        hangUp();
        throw new Error(`expected at most ${maxBytes} bytes, found more`);
      }
      chunks.push(read.value);
    }
  } finally {
    signal.removeEventListener('abort', hangUp);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks);
}

/** Hangs up on a response whose body is of no use. */
export function discardBody(response: Response): void {
  response.body?.cancel().catch(() => {});
}
