/**
 * Finds and drives a Chromium that is installed on this machine, by Playwright. It is started here, not by Playwright, so that
 * tests can kill it.
 */
import { chromium } from 'playwright-core';
import { findProgram, have, newProfile, removeProfile, startProgram } from './programs.js';

/** It needs no network beyond this machine and no GPU, and pages that nobody sees work on. */
const FLAGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-breakpad',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-extensions',
  '--disable-renderer-backgrounding',
  '--disable-sync',
  '--hide-crash-restore-bubble',
  '--no-default-browser-check',
  '--no-first-run',
  '--password-store=basic',
  '--use-mock-keychain',
];

/** @returns {string | undefined} Path of the program. */
export const findChromium = () =>
  findProgram([
    process.env.HAWSER_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ]);

/**
 * Whether tests in Chromium can run. Where there is none that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveChromium = () =>
  have(
    Boolean(findChromium()),
    'the tests in Chromium. None was found: install it (Debian: apt-get install chromium) or set HAWSER_CHROMIUM to its path.',
  );

/**
 * Starts a fresh Chromium.
 * @param {object} [options]
 * @param {string} [options.profile] A folder that outlives this browser; default: one of its own, removed at the end.
 * @param {string[]} [options.flags] Added to its own.
 * @returns {Promise<{ program: import('./programs.js').Program, browser: import('playwright-core').Browser, problems: string[],
 *   newPage: (url?: string, options?: import('playwright-core').BrowserContextOptions) => Promise<import('playwright-core').Page>,
 *   crash: (page: import('playwright-core').Page) => Promise<void>, close: () => Promise<void> }>} `problems` grows by every
 *   console error or warning, uncaught error, failed request and violation of a page's policy. Pages with options are private:
 *   their storage is theirs and in memory. `crash` ends the process of a page.
 */
export async function launchChromium({ profile, flags = [] } = {}) {
  const folder = profile ?? newProfile();
  const program = await startProgram(
    /** @type {string} */ (findChromium()),
    [...FLAGS, ...flags, `--user-data-dir=${folder}`, 'about:blank'],
    { ready: /DevTools listening on (ws:\S+)/ },
  );
  const close = async () => {
    await program.end();
    if (!profile) removeProfile(folder);
  };
  try {
    const browser = await chromium.connectOverCDP(program.announced);
    /** @type {string[]} */
    const problems = [];
    return {
      program,
      browser,
      problems,
      async newPage(url, options) {
        const context = options ? await browser.newContext(options) : browser.contexts()[0];
        const page = await context.newPage();
        await collectProblems(page, problems);
        if (url) await page.goto(url);
        return page;
      },
      async crash(page) {
        const session = await page.context().newCDPSession(page);
        const crashed = new Promise((resolve) => page.once('crash', resolve));
        session.send('Page.crash').catch(() => {}); // Nobody is left to answer.
        await crashed;
      },
      async close() {
        await browser.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param {import('playwright-core').Page} page @param {string[]} problems */
async function collectProblems(page, problems) {
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
}

/**
 * Opens an address in a private page of a fresh browser.
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions} [options]
 * @returns {Promise<{ page: import('playwright-core').Page, problems: string[], close: () => Promise<void> }>} As of
 *   {@link launchChromium}.
 */
export async function openPage(url, options = {}) {
  const { newPage, problems, close } = await launchChromium();
  try {
    return { page: await newPage(url, options), problems, close };
  } catch (error) {
    await close();
    throw error;
  }
}
