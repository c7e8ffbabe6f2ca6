import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** Names the machine: figures of two machines are not to be compared. */
export function describeMachine() {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 1024 ** 3) * 10) / 10,
    node: process.version,
    os: `${type()} ${release()} ${process.arch}`,
  };
}
