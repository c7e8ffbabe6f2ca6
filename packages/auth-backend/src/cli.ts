#!/usr/bin/env node
/**
 * The program of the package: `npx @stagepass/auth-backend explain`.
 *
 * @packageDocumentation
 */
import { run } from './cli/run';

process.exitCode = await run(process.argv.slice(2), {
  folder: process.cwd(),
  environment: process.env,
  input: process.stdin,
  print: text => process.stdout.write(text),
  complain: text => process.stderr.write(text),
});
