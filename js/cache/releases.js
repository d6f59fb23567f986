/**
 * Values that leave the cache: gathered while the core and the maps are being changed, called back about afterwards.
 */
import { REASONS, SLOT_FREE } from './native.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./space.js').Entry} Entry */
/** @typedef {'failed' | 'evicted' | 'expired' | 'invalidated' | 'cleared' | 'replaced' | 'crashed' | 'closed'} ReleaseReason */
/** @typedef {(space: Space, key: string, value: unknown, reason: ReleaseReason) => void} OnRelease */

export class Releases {
  #onRelease;
  /** @type {{ space: Space, key: string, value: unknown, reason: ReleaseReason }[]} */
  #gathered = [];

  /** @param {OnRelease} onRelease Must not throw. */
  constructor(onRelease) {
    this.#onRelease = onRelease;
  }

  /**
   * Takes the value out of the entry, if it has one.
   * @param {Entry} entry
   * @param {ReleaseReason} reason
   */
  drop(entry, reason) {
    if (!entry.hasValue) return;
    this.#gathered.push({ space: entry.space, key: entry.key, value: entry.value, reason });
    entry.hasValue = false;
    entry.value = undefined;
  }

  /**
   * Lets go of what the core has let go of.
   * @param {import('./native.js').NativeCache} native
   * @param {(Entry | undefined)[]} entries By slot.
   */
  drain(native, entries) {
    for (let slot = native.nextReleased(); slot >= 0; slot = native.nextReleased()) {
      const reason = native.releasedReason();
      const entry = entries[slot];
      if (!entry) continue;
      this.drop(entry, REASONS[reason & ~SLOT_FREE]);
      entry.error = undefined;
      if (reason & SLOT_FREE) {
        entry.space.entries.delete(entry.key);
        entry.known = false;
        entries[slot] = undefined;
      }
    }
  }

  /** Calls back about what was gathered; the callbacks may use the cache. */
  flush() {
    while (this.#gathered.length > 0) {
      for (const { space, key, value, reason } of this.#gathered.splice(0)) this.#onRelease(space, key, value, reason);
    }
  }
}
