/**
 * Values that leave the cache: gathered while the core and the maps are being changed, called back about afterwards.
 */
import { leaveGroup } from './groups.js';
import { REASONS, SLOT_FREE } from './native.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./space.js').Entry} Entry */
/** @typedef {'failed' | 'evicted' | 'expired' | 'invalidated' | 'cleared' | 'replaced' | 'crashed' | 'closed' | 'unwanted'} ReleaseReason */
/** @typedef {{ space: Space, key: string, value: unknown, storage: import('./storage.js').ResultStorage | undefined, reason: ReleaseReason }} Release */
/** @typedef {(release: Release) => void} OnRelease */

export class Releases {
  #onRelease;
  /** @type {Release[]} */
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
    const { space, key, value, storage } = entry;
    this.#gathered.push({ space, key, value, storage, reason });
    entry.hasValue = false;
    entry.value = undefined;
  }

  /** @param {Release} release Of a value that was never kept. */
  add(release) {
    this.#gathered.push(release);
  }

  /**
   * Lets go of what the core has let go of.
   * @param {import('./native.js').NativeCache} native
   * @param {(Entry | undefined)[]} entries By slot.
   * @param {ReleaseReason} [why] Default: as the core says.
   */
  drain(native, entries, why) {
    for (let slot = native.nextReleased(); slot >= 0; slot = native.nextReleased()) {
      const reason = native.releasedReason();
      const entry = entries[slot];
      if (!entry) continue;
      this.drop(entry, why ?? REASONS[reason & ~SLOT_FREE]);
      entry.error = undefined;
      if (reason & SLOT_FREE) {
        entry.space.entries.delete(entry.key);
        entry.known = false;
        entries[slot] = undefined;
        leaveGroup(native, entry);
      }
    }
  }

  /** Calls back about what was gathered; the callbacks may use the cache. */
  flush() {
    while (this.#gathered.length > 0) {
      for (const release of this.#gathered.splice(0)) this.#onRelease(release);
    }
  }
}
