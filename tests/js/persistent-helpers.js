/**
 * What the tests of persistent databases share: tabs of one real Chromium, under the strict Content-Security-Policy.
 */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';
import { launchChromium } from '../browser/chromium.js';

/** @typedef {import('playwright-core').Page} Page */

/**
 * A site with the page of tests/browser/persistent_page.js.
 * @param {Parameters<typeof serve>[1]} [options]
 */
export async function startSite(options = {}) {
  const { files, main } = await bundle(fileURLToPath(new URL('../browser/persistent_page.js', import.meta.url)), { target: 'browser' });
  files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
  files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
  files.set('functions.js', Buffer.from('export const twice = (x) => 2 * x;'));
  return serve(async (name) => files.get(name), options);
}

/**
 * @param {Parameters<typeof startSite>[0]} [options]
 */
export async function startTabs(options) {
  const site = await startSite(options);
  const browser = await launchChromium();
  let names = 0;
  return {
    ...browser,
    site,
    /** A tab with the page. */
    tab: () => browser.newPage(site.url),
    /** The address of a database that nobody has used. */
    newUrl: () => `sqlite:///test${++names}.db`,
    async end() {
      await browser.close();
      await site.close();
    },
  };
}

/**
 * Opens a database in a tab, as `conn` in its global scope.
 * @param {Page} page @param {string} url @param {object} [options]
 */
export const openIn = (page, url, options) =>
  page.evaluate(async ([url, options]) => void (globalThis.conn = await globalThis.open(url, options)), /** @type {const} */ ([url, options]));

/**
 * Runs statements on `conn`, and gives the rows of the last.
 * @param {Page} page @param {string} sql @param {any} [options]
 * @returns {Promise<any>}
 */
export const run = (page, sql, options) =>
  page.evaluate(([sql, options]) => globalThis.outcome(globalThis.conn.execute(sql, options)), /** @type {const} */ ([sql, options]));
