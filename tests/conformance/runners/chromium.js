/**
 * Runs the suite in a page of real Chromium, under the strict Content-Security-Policy of tools/serve.js.
 */
import { fileURLToPath } from 'node:url';
import { bundle } from '../../../tools/bundle.js';
import { serve } from '../../../tools/serve.js';
import { openPage } from '../../browser/chromium.js';

/** @type {import('../suite.js').Facts} */
const facts = { storages: ['opfs', 'indexedDb'], environment: {}, bigText: 100 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startChromium() {
  const { files, main } = await bundle(fileURLToPath(new URL('../page.js', import.meta.url)), { target: 'browser' });
  files.set('icon.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'));
  files.set('index.html', Buffer.from(`<!doctype html><link rel="icon" href="icon.svg" /><script type="module" src="${main}"></script>`));
  const server = await serve(async (name) => files.get(name));
  const { page, problems, close } = await openPage(server.url);
  return {
    names: await page.evaluate(() => /** @type {any} */ (globalThis).conformance.names),
    run: async (name) => {
      const failure = await page.evaluate(([name, facts]) => /** @type {any} */ (globalThis).conformance.run(name, facts), [name, facts]);
      const blocked = problems.splice(0).join('\n');
      return [failure, blocked].filter(Boolean).join('\n') || undefined;
    },
    async close() {
      await close();
      await server.close();
    },
  };
}
