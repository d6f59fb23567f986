/** A page that the tests of persistent databases drive: `open` gives a connection of an instance of its own. */
import { createHawser } from '../../js/index.js';

/** Events of the hook onFallback. @type {any[]} */
const fallbacks = [];

/** @param {string} url @param {object} [options] For connection(). */
async function open(url, options = {}) {
  const hawser = createHawser({ secrets: [], hooks: { onFallback: ({ connection, reason }) => fallbacks.push({ connection, reason }) } });
  return hawser.connection('kept', { url, ...options });
}

/** What a promise comes to, as data. @param {Promise<any>} promise */
const outcome = (promise) =>
  promise.then(
    (value) => ({ value: value?.toArray ? value.toArray() : value }),
    (error) => ({ name: error.name, code: error.code, message: error.message, sqliteCode: error.sqliteCode, rolledBack: error.rolledBack, cause: error.cause?.name }),
  );

Object.assign(globalThis, { open, outcome, fallbacks });
