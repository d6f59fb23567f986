/**
 * Classes of connections that a program names by their module: 'module-specifier#Export'.
 */
import { HawserError } from '../errors.js';
import { missingPackage } from './errors.js';
import { checked } from './types.js';

/**
 * The class that a module exports.
 * @param {((specifier: string) => Promise<any>) | undefined} importModule undefined where the runtime cannot import by name.
 * @param {string} module @param {string} exported @param {string} connection
 * @returns {Promise<import('./types.js').ConnectionClass>}
 * @throws {HawserError} ERR_NOT_SUPPORTED, ERR_DRIVER_MISSING, ERR_CONNECTION_TYPE
 */
export async function importClass(importModule, module, exported, connection) {
  if (!importModule) {
    const message = `Connection "${connection}": this runtime cannot import ${module} by its name. ${IMPORTED_BY_PROGRAM}`;
    throw new HawserError('ERR_NOT_SUPPORTED', message, { connection, phase: 'type' });
  }
  let namespace;
  try {
    namespace = await importModule(module);
  } catch (cause) {
    throw notImported(module, connection, cause);
  }
  if (!(exported in namespace)) {
    const names = Object.keys(namespace).join(', ') || 'nothing';
    throw new HawserError(
      'ERR_CONNECTION_TYPE',
      `Connection "${connection}": the module ${module} has no export ${exported}; it exports ${names}.`,
      { connection, phase: 'type' },
    );
  }
  return checked(namespace[exported], connection, `${module}#${exported}`);
}

const IMPORTED_BY_PROGRAM = "Pass the class as `type`, or hawser.registerType(name, () => import('…')).";

/** @param {string} module @param {string} connection @param {any} cause */
function notImported(module, connection, cause) {
  const missing = missingPackage(cause);
  const bare = !/^(\.{0,2}\/|[a-z][a-z0-9+.-]*:)/i.test(module);
  const advice =
    missing && bare
      ? `It is not installed: npm install ${missing}`
      : `Where it cannot be imported by name at run time (in bundles, say): ${IMPORTED_BY_PROGRAM}`;
  return new HawserError(
    missing && bare ? 'ERR_DRIVER_MISSING' : 'ERR_CONNECTION_TYPE',
    `Connection "${connection}": the module ${module} could not be imported: ${cause?.message ?? cause} ${advice}`,
    { connection, phase: 'type', cause },
  );
}
