import { fileURLToPath } from 'node:url';
import { run } from './run';

const running = await run({
  args: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  // The built file stands in `dist`, one folder below.
  home: fileURLToPath(new URL('..', import.meta.url)),
  print: line => console.log(line),
  complain: line => console.error(line),
});

if (!running) {
  process.exitCode = 1;
} else {
  // The process ends by itself when nothing is open any more; a second signal ends it at once.
  const stop = () => void running.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
