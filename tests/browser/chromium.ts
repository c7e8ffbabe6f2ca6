import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
const remedy = `there is no Chromium at ${path}; install one, or name one in CHROMIUM`;

/**
 * Runs a suite in Chromium. Where there is none the suite is skipped, and says so; where everything is checked
 * (`CI` in the environment) it fails, since a browser belongs to it.
 */
export function describeInChromium(title: string, define: (open: () => Promise<Browser>) => void) {
  if (existsSync(path)) {
    describe(title, () => define(openChromium));
  } else if (process.env.CI) {
    describe(title, () => {
      it('finds a browser', () => {
        throw new Error(remedy);
      });
    });
  } else {
    process.stderr.write(`SKIPPED ${title}: ${remedy}\n`);
    describe.skip(`${title} (${remedy})`, () => define(openChromium));
  }
}

/** Starts it without a window, with an empty profile, and without anything that it would fetch by itself. */
function openChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: path,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}
