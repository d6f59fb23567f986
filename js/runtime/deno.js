/**
 * Deno, which offers Node's modules.
 */
export { defaultFlightScope, diagnosticsChannel, environment, fileSystem, importModule, loadModule, loadModuleSync, openDirectory, waitUntil } from './node.js';

export const name = 'deno';
