/**
 * What calls in a page come to, as JSON that a test can have.
 */
import { Table } from '../../js/index.js';

/** @param {any} error What a caller can tell about it. */
const described = ({ name, code, message, rule, status, attempts, lost, changed, mixedContent, serverCode }) =>
  ({ name, code, message, rule, status, attempts, lost, changed, mixedContent, serverCode });

/** @param {any} value */
export function plain(value) {
  if (value instanceof Table) return { rows: value.toArray(), cache: value.cache?.state };
  return ArrayBuffer.isView(value) ? [.../** @type {any} */ (value)] : value;
}

/** @template T @param {() => Promise<T>} work @returns {Promise<{ value: any } | { error: ReturnType<typeof described> }>} */
export async function outcome(work) {
  try {
    return { value: plain(await work()) };
  } catch (error) {
    return { error: described(error) };
  }
}
