/**
 * Runs the suite in a browser, in a page or in a worker of a page, under the strict Content-Security-Policy of
 * tools/serve.js. One browser, started once, has all these places.
 */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../tools/bundle.js';
import { serve } from '../../../tools/serve.js';

/**
 * @typedef {object} Browser As tests/browser/ starts them.
 * @property {(url: string) => Promise<Page>} newPage
 * @property {string[]} problems
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Page
 * @property {(fn: (argument: any) => any, argument?: any) => Promise<any>} evaluate
 */

/** @typedef {'page' | 'dedicated' | 'shared' | 'service'} Place */

/** @param {string} name @param {boolean} [splitting] */
const program = (name, splitting) =>
  bundle(fileURLToPath(new URL(`../${name}.js`, import.meta.url)), { target: 'browser', splitting });

/** @param {string} script */
const html = (script) =>
  Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${script}"></script>`);

/** @returns {Promise<Map<string, Uint8Array>>} All that the places need, by path. */
async function programFiles() {
  const page = await program('page');
  const workerPage = await program('browser-worker-page');
  const worker = await program('browser-worker');
  const service = await program('browser-worker', false); // A service worker must not import() at run time.
  return new Map([
    ...page.files,
    ...workerPage.files,
    ...[...worker.files].map(([name, bytes]) => /** @type {const} */ ([`worker/${name}`, bytes])),
    ...[...service.files].map(([name, bytes]) => /** @type {const} */ ([`service/${name}`, bytes])),
    ['icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['index.html', html(page.main)],
    ['worker.html', html(workerPage.main)],
  ]);
}

/**
 * @param {() => Promise<Browser>} launch
 * @param {import('../suite.js').Facts} facts
 * @returns {{ start: (place: Place) => Promise<import('./runner.js').Runner>, close: () => Promise<void> }} The browser starts
 *   with the first place; `close` ends it.
 */
export function inBrowser(launch, facts) {
  /** @type {Promise<import('../../../tools/serve.js').Served> | undefined} */
  let server;
  /** @type {Promise<Browser> | undefined} */
  let browser;

  /** @type {(place: Place) => Promise<import('./runner.js').Runner>} */
  const start = async (place) => {
    server ??= programFiles().then((files) => serve(async (name) => files.get(name)));
    const { url } = await server;
    browser ??= launch();
    const { newPage, problems } = await browser;
    const page = await newPage(place === 'page' ? url : `${url}worker.html?${place}`);
    return {
      names: await page.evaluate(() => /** @type {any} */ (globalThis).conformance.names),
      run: async (name) => {
        const failure = await page.evaluate(
          ([name, facts]) => /** @type {any} */ (globalThis).conformance.run(name, facts),
          [name, facts],
        );
        return [failure, ...problems.splice(0)].filter(Boolean).join('\n') || undefined;
      },
      close: async () => {},
    };
  };

  return {
    start,
    async close() {
      await (await browser)?.close();
      await (await server)?.close();
    },
  };
}
