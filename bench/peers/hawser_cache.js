/**
 * Hawser as a subject of the trap scenarios.
 */
import { createHawser } from '../../js/index.js';

/** @returns {import('../traps/subject.js').Subject} */
export function hawserSubject() {
  const clock = { time: 1_700_000_000_000, now: () => clock.time };
  /** @type {import('../../js/hawser.js').Hawser[]} */
  const all = [];
  return {
    wrap(fn, { ttl = 3_600_000, stale, tags, maxEntries, maxBytes, storage } = {}) {
      const hawser = createHawser({ secrets: [], clock, cache: { maxBytes } });
      all.push(hawser);
      const name = storage && 'scenario';
      const cached = hawser.cacheData(fn, { ttl: ttl / 1000, staleWhileRevalidate: stale && stale / 1000, tags, maxEntries, persist: storage, name });
      return Object.assign((/** @type {any[]} */ ...args) => cached(...args), {
        remove: (/** @type {any[]} */ ...args) => cached.clear(...args),
        clear: () => cached.clear(),
        invalidateTag: (/** @type {string} */ tag) => hawser.cache.invalidate({ tags: [tag] }),
        withSignal: (/** @type {AbortSignal} */ signal, /** @type {any[]} */ ...args) => cached.with({ signal })(...args),
      });
    },
    async wait(ms) {
      clock.time += ms;
    },
    wrapBeside: (fn) => /** @type {import('../../js/hawser.js').Hawser} */ (all.at(-1)).cacheData(fn),
    entries: () => all.at(-1)?.stats().entries ?? 0,
    close: () => Promise.all(all.map((hawser) => hawser.close())),
  };
}
