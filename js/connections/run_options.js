/**
 * The options of a statement in a transaction, as drivers take them.
 */
import { checkSignal, either } from '../signals.js';
import { parseTimeout } from '../timeout.js';

/**
 * @param {Omit<import('./sql_options.js').StatementOptions, 'params'>} options
 * @param {import('../drivers/driver.js').Parameters | undefined} params
 * @param {Pick<import('./transaction.js').Surroundings, 'signal' | 'timeout' | 'left'>} surroundings The transaction's.
 * @returns {import('../drivers/driver.js').RunOptions}
 * @throws {TypeError | RangeError} Naming the option.
 */
export function runOptions({ int64, signal, timeout }, params, { signal: whole, timeout: fallback = Infinity, left }) {
  const own = parseTimeout(timeout) ?? fallback;
  checkSignal(signal);
  return { params, int64, ...bounds(signal, own, { signal: whole, left }) };
}

/**
 * The same for what withTimeout() has bounded already.
 * @param {import('../timeout.js').Bounded<{ signal?: AbortSignal }>} bounded
 * @param {Pick<import('./transaction.js').Surroundings, 'signal' | 'left'>} surroundings
 * @returns {import('../drivers/driver.js').RunOptions}
 */
export const boundedOptions = ({ signal, timeout = Infinity }, surroundings) => bounds(signal, timeout, surroundings);

/**
 * @param {AbortSignal | undefined} signal
 * @param {number} timeout Milliseconds.
 * @param {Pick<import('./transaction.js').Surroundings, 'signal' | 'left'>} surroundings
 * @returns {import('../drivers/driver.js').RunOptions}
 */
function bounds(signal, timeout, { signal: whole, left }) {
  const least = left ? Math.min(timeout, left()) : timeout;
  const both = whole ? either(signal, whole) : signal;
  return { ...(least < Infinity && { timeout: least }), ...(both && { signal: both }) };
}
