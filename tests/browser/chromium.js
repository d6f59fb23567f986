/**
 * Finds and drives a Chromium that is installed on this machine.
 */
import { accessSync, constants } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [
  process.env.HAWSER_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** It needs no network beyond this machine, no profile and no GPU. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** @returns {string | undefined} Path of the program. */
export function findChromium() {
  return PLACES.find((path) => {
    try {
      return path && (accessSync(path, constants.X_OK), true);
    } catch {
      return false;
    }
  });
}

/**
 * Whether tests in Chromium can run. Where there is none that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export function haveChromium() {
  if (findChromium()) return true;
  const message = 'No Chromium was found: install it (Debian: apt-get install chromium) or set HAWSER_CHROMIUM to its path.';
  if (process.env.CI === 'true' || process.env.CI === '1') throw new Error(message);
  console.warn(`SKIPPED: the tests in a real browser. ${message}`);
  return false;
}

/**
 * Opens an address in a fresh browser.
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @returns {Promise<{ page: import('playwright-core').Page, problems: string[], close: () => Promise<void> }>} `problems`
 *   grows by every console error or warning, uncaught error, failed request and violation of the page's policy.
 */
export async function openPage(url, options) {
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  const page = await browser.newPage(options);
  /** @type {string[]} */
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.stack ?? error}`));
  page.on('requestfailed', (request) => problems.push(`request failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`policy violated: ${violatedDirective} by ${blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, problems, close: () => browser.close() };
}
