/** Runs the suite in Firefox ESR. */
import { launchFirefox } from '../../browser/firefox.js';
import { inBrowser } from './browser.js';

/** @type {import('../suite.js').Facts} */
const facts = { storages: ['caches', 'opfs', 'indexedDb'], environment: {}, bigText: 100 * 1024 * 1024 };

export const startFirefox = () => inBrowser(() => launchFirefox(), facts);
