import { fileURLToPath } from 'node:url';
import { compare } from './walk/compare';
import { journeys } from './walk/journeys';
import { openProcessStage } from './walk/processStage';
import { takeWalk } from './walk/takeWalk';
import { describeStep } from './walk/transcript';

// Takes the walk with the real program, and prints what happens; exit code 1 if anything is not as expected.
const stage = await openProcessStage(fileURLToPath(new URL('main.js', import.meta.url)));
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    stage.abandon();
    process.exit(code);
  });
}
let passed = 0;
let failed = 0;
try {
  let journey = '';
  for await (const taken of takeWalk(journeys, stage)) {
    if (taken.journey !== journey) console.log(`\n${taken.journey}\n`);
    journey = taken.journey;
    const differences = compare(taken.expected, taken.found);
    if (differences.length === 0) passed += 1;
    else failed += 1;
    for (const line of describeStep(taken, differences)) console.log(line);
  }
} finally {
  await stage.close();
}
if (failed > 0) console.log(`\nThe log of the backend:\n\n${stage.log}`);
console.log(`\n${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
