/**
 * Invalidation: in memory at once, in storages behind it, in other tabs if they listen.
 */
import { idsOf } from './groups.js';
import { checkTagList } from './policy.js';
import { expandKey, shortenKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */

export class Invalidation {
  #store;
  #persistence;
  #clock;
  #tabs;

  /**
   * @param {object} options
   * @param {import('./store.js').Store} options.store
   * @param {import('./persistence.js').Persistence} options.persistence
   * @param {{ now(): number }} options.clock
   * @param {import('./tabs.js').Tabs} options.tabs
   */
  constructor({ store, persistence, clock, tabs }) {
    this.#store = store;
    this.#persistence = persistence;
    this.#clock = clock;
    this.#tabs = tabs;
  }

  /**
   * @param {Space | undefined} space Undefined: all spaces.
   * @param {readonly string[] | undefined} tags Undefined: all results.
   * @param {boolean} hard
   * @throws {TypeError} Naming the option.
   */
  invalidate(space, tags, hard) {
    const names = tags === undefined ? undefined : checkTagList(tags);
    for (const each of space ? [space] : [...this.#store.spaces]) {
      if (!each.open) continue;
      this.#here(each, names, hard);
    }
    // What is said of all spaces is meant for those that only others have, too.
    if (!space?.local) this.#tabs.post({ op: 'invalidate', space: space?.identity, tags: names, hard });
    this.#store.flush();
  }

  /**
   * @param {Space} space
   * @param {string} key
   * @param {boolean} hard
   */
  forget(space, key, hard) {
    this.#forgetHere(space, key, hard);
    const full = this.#tabs.connected && !space.local ? expandKey(key) : undefined;
    // A key that holds a secret has not left this process.
    if (full !== undefined && !space.confidential(full)) this.#tabs.post({ op: 'forget', space: space.identity, key: full, hard });
    this.#store.flush();
  }

  /**
   * What another instance has invalidated, for this instance's memory and storages.
   * @param {Exclude<import('./tabs.js').Message, { op: 'refreshed' }>} message
   */
  hear(message) {
    for (const space of [...this.#store.spaces]) {
      if (message.space !== undefined && (space.local || space.identity !== message.space)) continue;
      if (message.op === 'invalidate') this.#here(space, message.tags, message.hard);
      else this.#forgetHere(space, shortenKey(message.key), message.hard);
    }
    this.#store.flush();
  }

  /** @param {Space} space @param {readonly string[] | undefined} tags @param {boolean} hard */
  #here(space, tags, hard) {
    const now = (space.invalidatedAt = this.#clock.now());
    this.#store.change((native) => {
      if (tags) for (const tag of tags) native.invalidateTag(space.tags.get(tag) ?? -1, hard, now);
      else for (const id of idsOf(space)) hard ? native.clearSpace(id) : native.invalidateSpace(id, now);
    });
    for (const storage of space.storages) this.#persistence.invalidate(storage, space, tags);
  }

  /** @param {Space} space @param {string} key @param {boolean} hard */
  #forgetHere(space, key, hard) {
    space.invalidatedAt = this.#clock.now();
    const entry = space.entries.get(key);
    if (entry) this.#store.change((native) => native.invalidateEntry(entry.slot, hard, this.#clock.now()));
    for (const storage of space.storages) this.#persistence.remove(storage, space, key, { invalid: true });
  }
}
