/**
 * One cache of the C++ core: its raw exports bound to one handle. What they mean is said in src/cache/cache.h.
 */

/** What to do after a lookup. */
export const Outcome = Object.freeze({ MISS: 0, FRESH: 1, STALE: 2, REFRESH: 3, JOIN: 4, FAILED: 5 });
/** What becomes of those who waited for a load that failed. */
export const Failure = Object.freeze({ REPORT: 0, REMEMBER: 1, SERVE_STALE: 2 });
/** Set in what hit() and lookup() return when slots wait to be let go of. */
export const RELEASES_WAIT = 16;
/** Set in what releasedReason() returns when the slot itself is free. */
export const SLOT_FREE = 8;
/** By the number in releasedReason(). */
export const REASONS = /** @type {const} */ (['failed', 'evicted', 'expired', 'invalidated', 'cleared']);
/** Scopes of loads that are no number of a request. */
export const Scope = Object.freeze({ EVERYBODY: 0, NOBODY_ELSE: -1 });

const STATS = /** @type {const} */ ([
  'hits', 'stale', 'misses', 'joined', 'stored', 'failed', 'evicted', 'expired', 'invalidated', 'entries', 'bytes',
  'loading', 'steps',
]);

/** @typedef {Record<typeof STATS[number], number>} NativeStats */

export const NO_STATS = /** @type {NativeStats} */ (Object.freeze(Object.fromEntries(STATS.map((name) => [name, 0]))));

export class NativeCache {
  #exports;
  #handle;

  /**
   * @param {import('../core.js').Core} core
   * @param {number} maxBytes
   */
  constructor(core, maxBytes) {
    this.core = core;
    const exports = core.module;
    this.#exports = exports;
    this.#handle = exports.cache_new(maxBytes);
  }

  /** @param {number} slot @param {number} now @param {number} ttl */
  hit(slot, now, ttl) {
    return this.#exports.cache_hit(this.#handle, slot, now, ttl);
  }

  /** @param {number} slot @param {number} now @param {number} ttl @param {number} staleWhileRevalidate @param {number} scope */
  lookup(slot, now, ttl, staleWhileRevalidate, scope) {
    return this.#exports.cache_lookup(this.#handle, slot, now, ttl, staleWhileRevalidate, scope);
  }

  joinable() {
    return this.#exports.cache_joinable(this.#handle);
  }

  /** @param {number} maxEntries 0: no bound. @param {number} maxBytes */
  addSpace(maxEntries, maxBytes) {
    return this.#exports.cache_add_space(this.#handle, maxEntries, maxBytes);
  }

  /** @param {number} space */
  closeSpace(space) {
    this.#exports.cache_close_space(this.#handle, space);
  }

  /** @param {number} space */
  clearSpace(space) {
    this.#exports.cache_clear_space(this.#handle, space);
  }

  /** @param {number} space @param {number} now */
  invalidateSpace(space, now) {
    this.#exports.cache_invalidate_space(this.#handle, space, now);
  }

  /** @param {number} space */
  addEntry(space) {
    return this.#exports.cache_add_entry(this.#handle, space);
  }

  addTag() {
    return this.#exports.cache_add_tag(this.#handle);
  }

  /** @param {number} tag */
  stageTag(tag) {
    this.#exports.cache_stage_tag(this.#handle, tag);
  }

  /** @param {number} slot @param {number} now @param {number} scope @param {boolean} background @param {boolean} lateTags */
  begin(slot, now, scope, background, lateTags) {
    return this.#exports.cache_begin(this.#handle, slot, now, scope, Number(background), Number(lateTags));
  }

  /** @param {number} flight */
  join(flight) {
    this.#exports.cache_join(this.#handle, flight);
  }

  /** @param {number} flight @returns {boolean} Whether the load is still wanted. */
  leave(flight) {
    return this.#exports.cache_leave(this.#handle, flight) !== 0;
  }

  /** @param {number} flight */
  abandon(flight) {
    this.#exports.cache_abandon(this.#handle, flight);
  }

  /**
   * @param {number} flight
   * @param {number} now
   * @param {number} storedAt
   * @param {{ ttl: number, staleWhileRevalidate: number, staleIfError: number, hold?: number }} policy
   * @param {number} shorten
   * @param {number} bytes
   */
  settle(flight, now, storedAt, { ttl, staleWhileRevalidate, staleIfError, hold = 0 }, shorten, bytes) {
    const exports = this.#exports;
    return exports.cache_settle(
      this.#handle, flight, now, storedAt, ttl, staleWhileRevalidate, staleIfError, hold, shorten, bytes,
    );
  }

  /** @param {number} flight @param {number} now @param {number} errorTtl */
  fail(flight, now, errorTtl) {
    return this.#exports.cache_fail(this.#handle, flight, now, errorTtl);
  }

  /** @param {number} slot @param {boolean} hard @param {number} now */
  invalidateEntry(slot, hard, now) {
    this.#exports.cache_invalidate_entry(this.#handle, slot, Number(hard), now);
  }

  /** @param {number} tag @param {boolean} hard @param {number} now */
  invalidateTag(tag, hard, now) {
    this.#exports.cache_invalidate_tag(this.#handle, tag, Number(hard), now);
  }

  nextReleased() {
    return this.#exports.cache_next_released(this.#handle);
  }

  releasedReason() {
    return this.#exports.cache_released_reason(this.#handle);
  }

  nextUnusedTag() {
    return this.#exports.cache_next_unused_tag(this.#handle);
  }

  /** @param {number} now */
  sweep(now) {
    this.#exports.cache_sweep(this.#handle, now);
  }

  /** @param {number} space */
  spaceStats(space) {
    return {
      entries: this.#exports.cache_space_count(this.#handle, space),
      bytes: this.#exports.cache_space_bytes(this.#handle, space),
    };
  }

  /** @returns {NativeStats} */
  stats() {
    const stats = /** @type {NativeStats} */ ({});
    STATS.forEach((name, index) => {
      stats[name] = this.#exports.cache_stat(this.#handle, index);
    });
    return stats;
  }

  dispose() {
    if (this.core.alive) this.#exports.cache_delete(this.#handle);
  }
}
