/**
 * What is kept: maps the core's slots and tags to entries and names, and lets go of values when the core says so.
 * When the core traps, everything kept in it is given up and a fresh one takes over.
 */
import { groupFor, idsOf } from './groups.js';
import { compactKey } from './key.js';
import { LivingCore } from './living_core.js';
import { Outcome, RELEASES_WAIT } from './native.js';
import { Releases } from './releases.js';
import { Entry } from './space.js';
import { Spaces, statsOf } from './spaces.js';
import { TagNames } from './tag_names.js';

/** @typedef {import('./native.js').NativeCache} NativeCache */
/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./flight.js').Flight} Flight */

/**
 * Methods that call the core throw ERR_CORE_CRASHED when it traps. They gather released values; whoever calls them
 * ends with flush(), when nothing is half done any more, because the callbacks may use the cache.
 */
export class Store {
  #core;
  #spaces = new Spaces();
  /** By slot. @type {(Entry | undefined)[]} */
  #entries = [];
  #tags = new TagNames();
  /** Loads that the core knows of. @type {Map<number, Flight>} */
  #flights = new Map();
  #releases;
  #disposed = false;

  /**
   * @param {object} options
   * @param {() => import('../core.js').Core} options.getCore
   * @param {number} options.maxBytes
   * @param {import('./releases.js').OnRelease} options.onRelease
   */
  constructor({ getCore, maxBytes, onRelease }) {
    this.#releases = new Releases(onRelease);
    this.#core = new LivingCore({
      getCore,
      maxBytes,
      onBorn: (native) => this.#spaces.introduce(native),
      onLost: () => this.#reset(),
    });
  }

  /** Whether the state is there and its core lives. */
  get ready() {
    return this.#core.ready;
  }

  /** Makes the state if that can be done at once. Whether it is there. */
  prepare() {
    return this.#core.prepare();
  }

  /** Gives up all that the core knew. Running loads reach those who wait, and are not stored. */
  #reset() {
    for (const entry of this.#entries) {
      if (!entry) continue;
      this.#releases.drop(entry, 'crashed');
      entry.known = false;
    }
    for (const flight of this.#flights.values()) flight.id = -1;
    this.#flights.clear();
    this.#entries = [];
    this.#tags.forgetAll();
    this.#spaces.forgetAll();
  }

  /**
   * Whether the entry's value is fresh. The one call that a hit costs.
   * @param {Entry} entry
   * @param {number} now
   * @param {number} ttl
   */
  hit(entry, now, ttl) {
    const { native } = this.#core;
    if (native === undefined || !native.core.alive) return false;
    let code;
    try {
      code = native.hit(entry.slot, now, ttl);
    } catch (error) {
      throw this.#core.failed(native, error);
    }
    if (code < RELEASES_WAIT) return code !== 0;
    this.#core.run((cache) => this.#drain(cache));
    return (code & ~RELEASES_WAIT) !== 0;
  }

  /**
   * @param {Entry} entry
   * @param {number} now
   * @param {import('./policy.js').Policy} policy
   * @param {number} scope
   * @returns {number | Flight} An Outcome, or the load that the caller has joined.
   */
  lookup(entry, now, policy, scope) {
    return this.#core.run((native) => {
      const code = native.lookup(entry.slot, now, policy.ttl, policy.staleWhileRevalidate, scope);
      const outcome = code & ~RELEASES_WAIT;
      const joined = outcome === Outcome.JOIN && policy.mode === 'default' ? this.#flights.get(native.joinable()) : undefined;
      if (joined) native.join(joined.id);
      if (code & RELEASES_WAIT) this.#drain(native);
      return joined ?? outcome;
    });
  }

  /**
   * Registers a load; its id stays -1 when it cannot be stored.
   * @param {Flight} flight
   * @param {number} now
   * @param {number} scope
   */
  begin(flight, now, scope) {
    const { space, key, policy } = flight;
    flight.begun = now;
    flight.scope = scope;
    if (!space.open) return;
    this.#core.run((native) => {
      let entry = space.entries.get(key);
      if (!entry) {
        const group = groupFor(native, space, key, policy.maxEntries);
        const own = compactKey(key);
        entry = new Entry(space, own, native.addEntry(group?.id ?? space.id), group);
        space.entries.set(own, entry);
        this.#entries[entry.slot] = entry;
      }
      const lateTags = typeof policy.tags === 'function';
      if (typeof policy.tags !== 'function') this.#tags.stage(native, space, policy.tags);
      flight.entry = entry;
      flight.id = native.begin(entry.slot, now, scope, flight.background, lateTags);
      if (flight.id >= 0) this.#flights.set(flight.id, flight);
      this.#drain(native);
    });
  }

  /**
   * A caller waits no longer. Whether the load is still wanted.
   * @param {Flight} flight
   */
  leave(flight) {
    if (!this.#knows(flight)) return flight.waiters > 0 || flight.background;
    return this.#core.run((native) => {
      const wanted = native.leave(flight.id);
      if (!wanted) this.#end(flight);
      this.#drain(native);
      return wanted;
    });
  }

  /**
   * Stores what a load brought, if it is to be kept.
   * @param {Flight} flight
   * @param {unknown} value
   * @param {object} facts
   * @param {number} facts.now
   * @param {number} facts.storedAt
   * @param {number} facts.bytes
   * @param {number} facts.shorten
   * @param {readonly string[]} [facts.tags] When they were not known before.
   * @param {{ ttl: number, staleWhileRevalidate: number, staleIfError: number, hold?: number }} [facts.windows] Default: those of the policy.
   * @returns {boolean} Whether it was stored.
   */
  settle(flight, value, { now, storedAt, bytes, shorten, tags, windows = flight.policy }) {
    if (!this.#knows(flight)) return false;
    return this.#core.run((native) => {
      if (tags) this.#tags.stage(native, flight.space, tags);
      const slot = native.settle(flight.id, now, storedAt, windows, shorten, bytes);
      this.#end(flight);
      this.#drain(native);
      const entry = slot < 0 ? undefined : this.#entries[slot];
      if (!entry) return false;
      if (entry.hasValue) this.#releases.drop(entry, 'replaced');
      entry.value = value;
      entry.hasValue = true;
      entry.storedAt = storedAt;
      entry.storage = flight.policy.persist;
      entry.error = undefined;
      return true;
    });
  }

  /**
   * @param {Flight} flight
   * @param {unknown} error
   * @param {number} now
   * @returns {number} A Failure.
   */
  fail(flight, error, now) {
    if (!this.#knows(flight)) return 0;
    return this.#core.run((native) => {
      const outcome = native.fail(flight.id, now, flight.policy.errorTtl);
      this.#end(flight);
      this.#drain(native);
      const { entry } = flight;
      if (flight.policy.errorTtl > 0 && entry && this.#entries[entry.slot] === entry) entry.error = error;
      return outcome;
    });
  }

  /**
   * A value that is not kept and that nobody got.
   * @param {Flight} flight
   * @param {unknown} value
   */
  discard({ space, key }, value) {
    if (space.onRelease) this.#releases.add({ space, key, value, storage: undefined, reason: 'unwanted' });
  }

  /** @param {Flight} flight */
  abandon(flight) {
    if (!this.#knows(flight)) return;
    this.change((native) => native.abandon(flight.id));
    this.#end(flight);
  }

  /** @param {Space} space */
  addSpace(space) {
    if (this.#disposed) {
      space.open = false;
      return;
    }
    this.#spaces.open.add(space);
    if (this.ready) this.#core.run((native) => this.#spaces.add(space, native));
  }

  /** @param {Space} space */
  closeSpace(space) {
    if (!this.#spaces.open.delete(space)) return;
    this.change((native) => idsOf(space).forEach((id) => native.closeSpace(id)), 'closed');
    space.open = false;
  }

  /**
   * Anything else that may release values. Does nothing while there is nothing to change.
   * @param {(native: NativeCache) => void} use
   * @param {import('./releases.js').ReleaseReason} [reason] Default: as the core says.
   */
  change(use, reason) {
    if (!this.ready) return;
    this.#core.run((native) => {
      use(native);
      this.#drain(native, reason);
    });
  }

  /** @returns {import('./native.js').NativeStats | undefined} Undefined while there is nothing. */
  stats() {
    return this.ready ? this.#core.run((native) => native.stats()) : undefined;
  }

  /** @param {Space} space */
  spaceStats(space) {
    return this.ready && space.open ? this.#core.run((native) => statsOf(native, space)) : { entries: 0, bytes: 0 };
  }

  /** The open ones. */
  get spaces() {
    return this.#spaces.open;
  }

  /** Gives everything up for good, and the core's memory back. */
  dispose() {
    this.#disposed = true;
    this.#core.dispose();
  }

  /** Calls back about what was released. */
  flush() {
    this.#releases.flush();
  }

  /** @param {Flight} flight */
  #knows(flight) {
    return flight.id >= 0 && this.ready;
  }

  /** @param {Flight} flight */
  #end(flight) {
    this.#flights.delete(flight.id);
    flight.id = -1;
  }

  /** @param {NativeCache} native @param {import('./releases.js').ReleaseReason} [reason] */
  #drain(native, reason) {
    this.#releases.drain(native, this.#entries, reason);
    this.#tags.forgetUnused(native);
  }
}
