import { measure, settings } from './measure.mjs';
import { runRow } from './runRow.mjs';

/** The program of one child process: runs rows of one file, and sends each result to its parent. */
const [url, mode, only] = process.argv.slice(2);

const logger = { error() {}, warn() {}, info() {}, debug() {}, child: () => logger };

const context = { quick: mode === 'quick', settings: settings[mode], measure, logger };

const { rows } = await import(url);
for (const row of rows) {
  if (!row.name.toLowerCase().includes(only.toLowerCase())) continue;
  console.error(`${row.name} ...`);
  process.send(await runRow(row, context));
}
// Servers and sockets of the subjects hold nobody.
process.disconnect();
process.exit();
