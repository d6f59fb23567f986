/**
 * Abort signals put together.
 */

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
