import { existsSync } from 'node:fs';

/** The Chromium that is used, if there is one. */
export function findChromium() {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  return existsSync(path) ? path : undefined;
}

/**
 * Opens a page in Chromium, without a window and with an empty profile.
 *
 * @param {string} executablePath
 * @returns {Promise<import('playwright-core').Page>} closing the page ends the browser
 */
export async function openBrowser(executablePath) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
  const page = await browser.newPage();
  return Object.assign(page, { close: () => browser.close() });
}
