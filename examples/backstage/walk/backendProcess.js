import { spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { send } from './request.js';

const folder = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts the backend of this folder.
 *
 * @param {{ implementation: string, configs: string[], port: number, sideUrl: string }} options
 */
export function startBackend({ implementation, configs, port, sideUrl }) {
  const args = ['src/index.js', '--implementation', implementation];
  for (const config of configs) args.push('--config', `${folder}${config}`);
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: String(port),
      ISSUER: sideUrl,
      START_GATE: `${sideUrl}/gate`,
    },
  });
  let log = '';
  child.stdout.on('data', text => (log += text));
  child.stderr.on('data', text => (log += text));

  const ended = new Promise(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal }));
  });
  const died = ended.then(({ code, signal }) => {
    throw new Error(`The backend ended by itself (${signal ?? `exit code ${code}`})`);
  });
  died.catch(() => {}); // Only those who wait for something else want to know.

  const url = `http://127.0.0.1:${port}`;
  const kill = () => child.kill('SIGKILL');
  return {
    url,
    /** What it has printed so far. */
    log: () => log,
    /** Resolves as the promise does, unless the backend ends before. */
    whileAlive: promise => Promise.race([promise, died]),
    /** Resolves when the backend says that it is ready. */
    ready: () => Promise.race([becomesReady(url), died]),
    /** Asks it to stop, and returns how it ended: by a signal if it had to be killed. */
    async stop() {
      child.kill('SIGTERM');
      const patience = new globalThis.AbortController();
      setTimeout(60_000, undefined, { signal: patience.signal }).then(kill, () => {});
      const end = await ended;
      patience.abort();
      return end;
    },
    kill,
  };
}

async function becomesReady(url) {
  await until(async () => {
    const { status } = await send(`${url}/.backstage/health/v1/readiness`);
    return status === 200;
  }, 'The backend is not ready');
}

/** Asks again and again until the answer is yes. */
export async function until(question, complaint) {
  const patience = globalThis.AbortSignal.timeout(120_000);
  while (!(await question())) {
    if (patience.aborted) throw new Error(`${complaint} after two minutes`);
    await setTimeout(50);
  }
}
