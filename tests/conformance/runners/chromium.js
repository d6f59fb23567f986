/** Runs the suite in real Chromium. */
import { launchChromium } from '../../browser/chromium.js';
import { inBrowser } from './browser.js';

/** @type {import('../suite.js').Facts} */
const facts = { storages: ['caches', 'opfs', 'indexedDb'], environment: {}, bigText: 100 * 1024 * 1024 };

export const startChromium = () => inBrowser(() => launchChromium(), facts);
