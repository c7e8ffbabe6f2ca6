import { performance } from 'node:perf_hooks';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Imports Express, as any host does, and then entries, and tells how long that took and what the process holds.
 * Which Express: that of Backstage, or that of this folder.
 */
const [express, ...entries] = process.argv.slice(2);

const require = createRequire(import.meta.url);
await import(express === 'backstage' ? expressOfBackstage() : 'express');
const began = performance.now();
// All of them at once, as Node loads what a plugin's module names at its top.
await Promise.all(entries.map(entry => import(entry)));
const milliseconds = performance.now() - began;
globalThis.gc();
process.send({ milliseconds, resident: process.memoryUsage.rss() });
process.disconnect();

function expressOfBackstage() {
  const manifest = require.resolve('@backstage/backend-defaults/package.json');
  return createRequire(join(dirname(manifest), 'index.js')).resolve('express');
}
