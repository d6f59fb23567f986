/**
 * Abort signals put together.
 */

/**
 * @param {unknown} signal The option of that name.
 * @throws {TypeError} when it is no AbortSignal. One of another realm is.
 */
export function checkSignal(signal) {
  if (signal === undefined) return;
  const { aborted, addEventListener } = /** @type {any} */ (signal ?? {});
  if (typeof aborted !== 'boolean' || typeof addEventListener !== 'function') throw new TypeError('signal: must be an AbortSignal.');
}

/**
 * Aborts when either does, with its reason. The same as `AbortSignal.any`, which the Edge Runtime and browsers of before 2024
 * lack.
 * @param {AbortSignal | undefined} signal
 * @param {AbortSignal} other
 * @returns {AbortSignal}
 */
export function either(signal, other) {
  if (!signal) return other;
  if (AbortSignal.any) return AbortSignal.any([signal, other]);
  const both = new AbortController();
  for (const one of [signal, other]) {
    if (one.aborted) both.abort(one.reason);
    else one.addEventListener('abort', () => both.abort(one.reason), { once: true, signal: both.signal });
  }
  return both.signal;
}
