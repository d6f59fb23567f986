/**
 * Bun, which offers Node's modules.
 */
export { defaultFlightScope, diagnosticsChannel, environment, fileSystem, importModule, loadModule, loadModuleSync, locateFiles, openDirectory, shareFiles, waitUntil } from './node.js';

export const name = 'bun';
