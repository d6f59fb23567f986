/**
 * Stopping what a Worker is busy with, and functions that it imports, in a real browser under the strict policy of tools/serve.js.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../tools/bundle.js';
import { serve } from '../../tools/serve.js';

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** What each scenario of page.js gives. */
const EXPECTED = {
  query: ['TimeoutError', [{ x: 1 }], 'TimeoutError', [{ x: 2 }]],
  timeout: ['ERR_TIMEOUT', [{ x: 1 }], 'ERR_TIMEOUT', [{ n: 0 }], 'ERR_TIMEOUT', [{ x: 2 }]],
  write: ['TimeoutError', [{ n: 0 }], 'done', [{ n: 1 }]],
  transaction: ['TimeoutError', 'ERR_TRANSACTION', [{ x: 1 }, { x: 2 }]],
  stream: ['TimeoutError', [{ x: 1 }]],
  many: [Array(5).fill('TimeoutError'), [{ x: 1 }]],
  functions: [
    [{ x: 'HELLO!' }], [{ x: '[1,2]' }], ['ERR_QUERY', 'SQLite: fail() failed: no luck (SQLITE_ERROR).', 'no luck'],
    'ERR_NOT_SUPPORTED', 'TypeError', 'ERR_CONNECTION_CONFIG', [{ x: 'AGAIN!' }],
  ],
};

/** @param {() => Promise<{ newPage: (url: string) => Promise<any>, problems: string[], close: () => Promise<void> }>} launch */
export function stopTests(launch) {
  describe.each([[false], [true]])('cross-origin isolated: %s', (isolated) => {
    /** @type {Awaited<ReturnType<typeof launch>>} */
    let browser;
    /** @type {import('../../tools/serve.js').Served} */
    let server;
    /** @type {any} */
    let page;
    /** @type {any} */
    let other;

    beforeAll(async () => {
      const { files, main } = await bundle(here('page.js'), { target: 'browser' });
      files.set('functions.js', readFileSync(here('functions.js')));
      files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
      files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
      server = await serve(async (name) => files.get(name), { isolated });
      browser = await launch();
      page = await browser.newPage(server.url);
      other = await browser.newPage(server.url);
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    const run = (/** @type {any} */ where, /** @type {string} */ scenario, /** @type {string} */ name) =>
      where.evaluate(([scenario, name]) => /** @type {any} */ (globalThis).scenarios[scenario](name), [scenario, name]);

    test('is what it says', async () => {
      expect(await page.evaluate(() => /** @type {any} */ (globalThis).isolated)).toBe(isolated);
    });

    test.each(Object.keys(EXPECTED))('%s', async (scenario) => {
      expect(await run(page, scenario, 'stop')).toEqual(/** @type {any} */ (EXPECTED)[scenario]);
    }, 60_000);

    test.each(Object.keys(EXPECTED))('%s, from another tab', async (scenario) => {
      expect(await run(other, scenario, 'stop')).toEqual(/** @type {any} */ (EXPECTED)[scenario]);
    }, 60_000);

    test('nothing was reported', () => {
      expect(browser.problems.filter((problem) => !problem.includes('nowhere.json'))).toEqual([]);
    });
  });
}
