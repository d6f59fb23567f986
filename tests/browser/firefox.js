/**
 * Finds and drives a Firefox that is installed on this machine, by WebDriver BiDi: Firefox speaks it by itself.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, evaluate } from './bidi.js';
import { findProgram, have, newProfile, removeProfile, startProgram } from './programs.js';

/** @returns {string | undefined} Path of the program. */
export const findFirefox = () =>
  findProgram([
    process.env.HAWSER_FIREFOX,
    '/usr/lib/firefox-esr/firefox-esr', // The program itself: Debian's /usr/bin/firefox-esr is a script.
    '/usr/bin/firefox',
    '/snap/bin/firefox',
    '/Applications/Firefox.app/Contents/MacOS/firefox',
  ]);

/**
 * Whether tests in Firefox can run. Where there is none that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveFirefox = () =>
  have(
    Boolean(findFirefox()),
    'the tests in Firefox. None was found: install it (Debian: apt-get install firefox-esr) or set HAWSER_FIREFOX to its path.',
  );

/** It needs no network beyond this machine, and this machine's policies and GPU are not its concern. */
const PREFERENCES = {
  'app.normandy.enabled': false,
  'app.update.auto': false,
  'browser.aboutwelcome.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.tabs.crashReporting.sendReport': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.ipc.processCount.webIsolated': 8, // Tabs of one site have a process each.
  'extensions.update.enabled': false,
  'gfx.webrender.software': true,
  'messaging-system.rsexperimentloader.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'http://127.0.0.1:9/',
  'toolkit.startup.max_resumed_crashes': -1, // Otherwise it asks after three kills.
  'toolkit.telemetry.enabled': false,
};

/**
 * @typedef {object} FirefoxPage
 * @property {string} id
 * @property {<A, R>(fn: (argument: A) => R | Promise<R>, argument?: A) => Promise<R>} evaluate As in Playwright: the function
 *   runs in the page; argument and result must be JSON.
 * @property {(url: string) => Promise<void>} goto
 * @property {() => Promise<void>} close
 */

/**
 * Starts a fresh Firefox.
 * @param {object} [options]
 * @param {string} [options.profile] A folder that outlives this browser; default: one of its own, removed at the end.
 * @param {Record<string, string | number | boolean>} [options.preferences] Added to its own.
 * @returns {Promise<{ program: import('./programs.js').Program, bidi: import('./bidi.js').Bidi, problems: string[],
 *   newPage: (url?: string) => Promise<FirefoxPage>, crash: (page: FirefoxPage) => Promise<void>, clear: (host: string) =>
 *   Promise<void>, close: () => Promise<void> }>}
 *   `problems` grows by every console error or warning, uncaught error, failed request and violation of a page's policy. `crash`
 *   ends the process of a page, `clear` removes what is stored for a host.
 */
export async function launchFirefox({ profile, preferences } = {}) {
  const folder = profile ?? newProfile();
  const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(folder, 'user.js'), lines.join(''));
  const program = await startProgram(
    /** @type {string} */ (findFirefox()),
    ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', '0', '--remote-allow-system-access'],
    { ready: /WebDriver BiDi listening on (ws:\S+)/, env: { MOZ_CRASHREPORTER_DISABLE: '1', MOZ_HEADLESS: '1' } },
  );
  const close = async () => {
    await program.end();
    if (!profile) removeProfile(folder);
  };
  try {
    const bidi = await connect(`${program.announced}/session`);
    await bidi.send('session.new', { capabilities: {} });
    const problems = await collectProblems(bidi);
    return { program, bidi, problems, newPage: (url) => newPage(bidi, url), crash: (page) => crash(bidi, page), clear: (host) => clear(bidi, host), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param {import('./bidi.js').Bidi} bidi */
async function collectProblems(bidi) {
  /** @type {string[]} */
  const problems = [];
  await bidi.send('session.subscribe', { events: ['log.entryAdded', 'network.responseStarted', 'network.fetchError'] });
  bidi.on('log.entryAdded', ({ type, level, text, stackTrace }) => {
    const place = stackTrace?.callFrames?.[0];
    if (level === 'error' || level === 'warn') problems.push(`${type} ${level}: ${text}${place ? ` (${place.url}:${place.lineNumber})` : ''}`);
  });
  bidi.on('network.responseStarted', ({ response }) => {
    if (response.status >= 400) problems.push(`${response.status}: ${response.url}`);
  });
  bidi.on('network.fetchError', ({ request, errorText }) => problems.push(`request failed: ${request.url} ${errorText}`));
  await bidi.send('script.addPreloadScript', {
    functionDeclaration: String(() => {
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`policy violated: ${violatedDirective} by ${blockedURI}`);
      });
    }),
  });
  return problems;
}

/** @param {import('./bidi.js').Bidi} bidi @param {string} [url] @returns {Promise<FirefoxPage>} */
async function newPage(bidi, url) {
  const { context: id } = await bidi.send('browsingContext.create', { type: 'tab' });
  /** @type {FirefoxPage} */
  const page = {
    id,
    evaluate: (fn, argument) => evaluate(bidi, id, fn, argument),
    goto: (address) => bidi.send('browsingContext.navigate', { context: id, url: address, wait: 'complete' }),
    close: () => bidi.send('browsingContext.close', { context: id }),
  };
  if (url) await page.goto(url);
  return page;
}

/**
 * Runs a function in Firefox's own window, where it may do anything.
 * @param {import('./bidi.js').Bidi} bidi
 * @param {Function} fn
 * @param {unknown} argument
 */
async function asBrowser(bidi, fn, argument) {
  const { contexts } = await bidi.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  return evaluate(bidi, contexts[0].context, fn, argument);
}

/**
 * SIGKILL to the process of a page, as the system does when memory is short.
 * @param {import('./bidi.js').Bidi} bidi
 * @param {FirefoxPage} page
 */
async function crash(bidi, page) {
  await page.evaluate((id) => void (document.title = id), page.id);
  const processOf = (/** @type {string} */ title) => {
    const { gBrowser } = /** @type {any} */ (globalThis);
    return gBrowser.tabs.map((/** @type {any} */ tab) => tab.linkedBrowser.browsingContext.currentWindowGlobal)
      .find((/** @type {any} */ global) => global?.documentTitle === title)?.osPid;
  };
  const pid = await asBrowser(bidi, processOf, page.id);
  if (!pid) throw new Error('the process of the page was not found');
  process.kill(pid, 'SIGKILL');
}

/**
 * Clears the storage of a site, as its user can.
 * @param {import('./bidi.js').Bidi} bidi
 * @param {string} host
 */
const clear = (bidi, host) =>
  asBrowser(
    bidi,
    (/** @type {string} */ host) => {
      const { Services, Ci } = /** @type {any} */ (globalThis);
      const { CLEAR_DOM_STORAGES } = Ci.nsIClearDataService;
      return new Promise((resolve) => Services.clearData.deleteDataFromHost(host, true, CLEAR_DOM_STORAGES, () => resolve(undefined)));
    },
    host,
  );
