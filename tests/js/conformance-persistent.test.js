/** The conformance suite in Chromium, on databases that the browser keeps: for a page, and for a Worker of one. */
import { afterAll, describe, test } from '@jest/globals';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { inBrowser } from '../conformance/runners/browser.js';
import { conformanceTests } from '../conformance/runners/runner.js';

/** @type {import('../conformance/suite.js').Facts} */
const facts = { storages: ['caches', 'opfs', 'indexedDb'], environment: {}, database: 'sqlite:///suite/{n}.db', bigText: 100 * 1024 * 1024 };

if (haveChromium()) {
  for (const [title, place] of /** @type {const} */ ([['a page', 'page'], ['a dedicated worker', 'dedicated']])) {
    describe(title, () => {
      const { start, close } = inBrowser(() => launchChromium(), facts); // By itself: databases are kept.
      afterAll(close, 60_000);
      conformanceTests(() => start(place));
    });
  }
} else test.skip('no Chromium on this machine', () => {});
