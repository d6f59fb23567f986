/**
 * Runtimes that no other file of this folder knows: the web's own means, and environment variables where there are any.
 */
export { defaultFlightScope, diagnosticsChannel, fileSystem, importModule, loadModule, loadModuleSync, locateFiles, openDirectory, shareFiles, waitUntil } from './browser.js';

export const name = 'default';

/**
 * @returns {Record<string, unknown>}
 */
export const environment = () =>
  /** @type {{ process?: { env?: Record<string, unknown> } }} */ (globalThis).process?.env ?? {};
