/**
 * Errors on their way out of a connection: none shows a secret, all say which connection.
 */
import { HawserError } from '../errors.js';
import { isNetworkFailure } from './retry.js';

/** @typedef {import('./context.js').ConnectionContext} ConnectionContext */

/** @param {ConnectionContext} context */
export function closedError({ name, closedBecause }) {
  const why = closedBecause ? ` (${closedBecause})` : '';
  return new HawserError('ERR_CLOSED', `Connection "${name}" is closed${why}. Call connection("${name}") again.`, {
    connection: name,
  });
}

/**
 * Scrubs an error and notes where it came from.
 * @param {ConnectionContext} context @param {unknown} error @param {string} phase
 */
export function describeError({ name, secrets }, error, phase) {
  const scrubbed = secrets.scrubError(error);
  if (scrubbed instanceof HawserError) {
    scrubbed.connection ??= name;
    scrubbed.phase ??= phase;
  }
  return scrubbed;
}

/**
 * What to throw for an error out of connect().
 * @param {ConnectionContext} context @param {unknown} error
 */
export function connectError(context, error) {
  const scrubbed = describeError(context, error, 'connect');
  if (scrubbed instanceof HawserError || isAbort(scrubbed)) return scrubbed;
  const details = { connection: context.name, phase: 'connect', cause: scrubbed };
  const missing = missingPackage(error);
  if (missing) {
    return new HawserError(
      'ERR_DRIVER_MISSING',
      `Connection "${context.name}" needs the package "${missing}", which is not installed: npm install ${missing}`,
      details,
    );
  }
  const message = scrubbed?.message ?? String(scrubbed);
  const lost = isNetworkFailure(error) ? { lost: true } : {};
  return new HawserError('ERR_CONNECTION_FAILED', `Connection "${context.name}" could not be opened: ${message}`, { ...details, ...lost });
}

/**
 * What to throw for an error out of a load. It keeps its class: callers know the errors of their data source.
 * @param {ConnectionContext} context @param {unknown} error @param {string} phase
 */
export const loadError = (context, error, phase) => describeError(context, error, phase);

/** @param {any} error */
const isAbort = (error) => error?.name === 'AbortError' || error?.name === 'TimeoutError';

/**
 * The package that an import could not find, if that is what the error says (Node, Deno, Bun).
 * @param {any} error
 * @returns {string | undefined}
 */
export function missingPackage(error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND' && error?.code !== 'MODULE_NOT_FOUND') return undefined;
  const specifier = /Cannot find (?:package|module) '([^'./][^']*)'/.exec(String(error.message))?.[1];
  return specifier?.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
