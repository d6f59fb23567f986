/** Runs the suite in WebKitGTK, whose sessions under automation have no origin private file system. */
import { launchWebKit } from '../../browser/webkit.js';
import { inBrowser } from './browser.js';

/** @type {import('../suite.js').Facts} */
const facts = { storages: ['caches', 'indexedDb'], environment: {}, bigText: 100 * 1024 * 1024 };

export const startWebKit = () => inBrowser(() => launchWebKit(), facts);
