/**
 * Iterating over what comes bit by bit, until it ends or somebody aborts.
 */

/**
 * `for await`, which an abort leaves even while the next value is awaited.
 * @template T
 * @param {AsyncIterable<T>} values
 * @param {AbortSignal | undefined} signal
 * @param {(value: T) => void} take
 * @returns {Promise<void>}
 */
export async function eachAsync(values, signal, take) {
  if (!signal) {
    for await (const value of values) take(value);
    return;
  }
  signal.throwIfAborted();
  /** Of the value that is awaited. Not one for all of them, with Promise.race: that would hold on to each. @type {(reason: unknown) => void} */
  let refuse = () => {};
  const stop = () => refuse(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  let ended = false;
  try {
    const iterator = values[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await new Promise((/** @type {(result: IteratorResult<T>) => void} */ resolve, reject) => {
          refuse = reject;
          Promise.resolve(iterator.next()).then(resolve, reject);
        });
        ended = done === true;
        if (ended) return;
        signal.throwIfAborted();
        take(/** @type {T} */ (value));
      }
    } catch (error) {
      // Not awaited: it may hang in what the abort has left.
      if (!ended) void Promise.resolve(iterator.return?.()).catch(() => {});
      throw error;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
