/**
 * The same as files.js where there are no files.
 */
import { HawserError } from '../errors.js';

/** @param {string} option @returns {() => never} */
const refuse = (option) => () => {
  throw new HawserError('ERR_NOT_SUPPORTED', `There are no files in this runtime: use { toml }, { url }, { env } or { values } instead of { ${option} }.`);
};

export const openFile = refuse('file');
export const openDirectory = refuse('directory');
export const startWatching = refuse('watch');
