/**
 * What was read in parts, and was another thing before the last part.
 */
import { HawserError } from '../errors.js';

/**
 * An object that is not any more what was read of it before.
 * @param {string} path @param {string} root What it is below. @param {Record<string, unknown>} [details] `status`.
 */
export const changedError = (path, root, details) =>
  new HawserError(
    'ERR_HTTP_STATUS',
    `${JSON.stringify(path)} in ${root} was changed while it was being read: what was read so far and the rest do not belong together. Read it again.`,
    { path, changed: true, status: 412, ...details },
  );
