/**
 * Bun, which offers Node's modules.
 */
export { defaultFlightScope, diagnosticsChannel, environment, fileSystem, loadModule, loadModuleSync, openDirectory } from './node.js';

export const name = 'bun';
