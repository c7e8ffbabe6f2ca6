import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from '../examples/backstage/walk/openBrowser.js';
import { main, run } from './run.mjs';

/**
 * Finds Chromium. Where everything is checked (`CI` in the environment) a browser belongs to it, and is
 * installed if it is missing and that can be done; elsewhere it may be missing.
 *
 * @returns {Promise<string | undefined>} its path
 */
export async function findOrInstallChromium() {
  const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (findChromium() || !process.env.CI || !canInstall) return findChromium();

  console.log('Installing Chromium ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const aptGet = (...args) => run('apt-get', args, { quiet: true, env });
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  if ((await aptGet(...install)).code !== 0) {
    await aptGet('update');
    const { code, output } = await aptGet(...install);
    if (code !== 0) console.log(output);
  }
  return findChromium();
}

// A browser that cannot be had is told by the tests that need it.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main(async () => {
    await findOrInstallChromium();
  });
}
