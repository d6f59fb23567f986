/**
 * Brings results from and to storages. Storing goes on behind the query; whatever goes wrong is a miss and an onError event.
 *
 * What is invalidated is noted in the storage too, under names of its own, so that frames that some other process wrote,
 * or that are no longer known here, are not believed any more: a frame counts only if its load began after the last
 * invalidation of its space and of each of its tags.
 */
import { decodeFrame, encodeFrame, expiryOf, nameOf } from './frames.js';
import { ResultStorage } from './storage.js';
import { expandKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./frame.js').Frame} Frame */

export class Persistence {
  #clock;
  #reports;
  #waitUntil;
  #ordered;
  /** Work on each key that has not ended: what is stored, removed and read comes in the order it was asked for. @type {Map<string, Promise<void>>} */
  #chains = new Map();

  /**
   * @param {object} options
   * @param {{ now(): number }} options.clock
   * @param {import('./reports.js').Reports} options.reports
   * @param {((work: Promise<unknown>) => void) | undefined} options.waitUntil
   * @param {boolean} options.ordered Whether work on a key waits for what was begun before. Not where a request must not wait for
   *   what another one has begun: then times alone tell what counts.
   */
  constructor({ clock, reports, waitUntil, ordered }) {
    this.#ordered = ordered;
    this.#clock = clock;
    this.#reports = reports;
    this.#waitUntil = waitUntil;
  }

  /**
   * The stored result of a key, fresh or not.
   * @param {ResultStorage} storage
   * @param {Space} space
   * @param {string} key
   * @returns {Promise<Frame | undefined>} Never rejects.
   */
  async restore(storage, space, key) {
    try {
      const full = fullKey(space, key);
      if (full === undefined) return undefined;
      await this.#chains.get(`${space.identity}\n${key}`);
      const now = this.#clock.now();
      const name = await nameOf(full);
      const bytes = await storage.get(name, now, this.#ordered);
      if (!bytes) return undefined;
      const frame = await decodeFrame(bytes, full);
      if (!frame || !(now < expiryOf(frame))) return undefined;
      const notes = [spaceNote(space), ...frame.tags.map((tag) => tagNote(space, tag))];
      const times = await Promise.all(notes.map((note) => this.#invalidatedAt(storage, note, now)));
      return [...times, storage.invalidatedAt(full)].some((time) => time >= frame.begun) ? undefined : frame;
    } catch (error) {
      this.#report(space, key, error);
      return undefined;
    }
  }

  /**
   * Stores a result, behind the query. Resolves when that is done, or has failed.
   * @param {ResultStorage} storage
   * @param {Space} space
   * @param {Omit<Frame, 'key'> & { key: string }} result With the key as in memory.
   */
  save(storage, space, result) {
    return this.#inBackground(space, result.key, async () => {
      const key = fullKey(space, result.key);
      if (key === undefined) return;
      const frame = { ...result, key };
      const bytes = await encodeFrame(frame);
      const name = await nameOf(key);
      await storage.set(name, bytes, expiryOf(frame) - frame.stored, this.#clock.now(), this.#ordered);
      if (storage.invalidatedAt(key) >= frame.begun) await storage.remove(name, this.#clock.now(), this.#ordered);
    });
  }

  /**
   * Removes the stored result of a key.
   * @param {ResultStorage} storage
   * @param {Space} space
   * @param {string} key
   * @param {{ invalid?: boolean }} [options] invalid: what was loaded before now must not be believed either. Default false.
   */
  remove(storage, space, key, { invalid = false } = {}) {
    const full = fullKey(space, key);
    if (full === undefined) return;
    if (invalid) storage.invalidate(full, this.#clock.now());
    this.#inBackground(space, key, async () => storage.remove(await nameOf(full), this.#clock.now(), this.#ordered));
  }

  /**
   * Notes that what began before now must not be believed.
   * @param {ResultStorage} storage
   * @param {Space} space
   * @param {readonly string[] | undefined} tags Undefined: the whole space.
   */
  invalidate(storage, space, tags) {
    const now = this.#clock.now();
    for (const key of tags ? tags.map((tag) => tagNote(space, tag)) : [spaceNote(space)]) {
      storage.invalidate(key, now); // Holds at once, also while the note is on its way.
      this.#inBackground(space, key, async () => {
        const note = await encodeFrame({
          key, begun: now, stored: now, ttl: Infinity, staleWhileRevalidate: 0, staleIfError: 0, tags: [], value: undefined,
        });
        await storage.set(await nameOf(key), note, Infinity, now, this.#ordered);
      });
    }
  }

  /**
   * @param {ResultStorage} storage
   * @param {string} key Of the note.
   * @param {number} now
   * @returns {Promise<number>}
   */
  async #invalidatedAt(storage, key, now) {
    const here = storage.invalidatedAt(key);
    const bytes = await storage.get(await nameOf(key), now, this.#ordered);
    const note = bytes && (await decodeFrame(bytes, key));
    return note ? Math.max(here, note.stored) : here;
  }

  /** @param {Space} space @param {string} key @param {() => Promise<void>} work */
  #inBackground(space, key, work) {
    const chain = `${space.identity}\n${key}`;
    if (!this.#ordered) {
      const done = work().catch((error) => this.#report(space, key, error));
      this.#waitUntil?.(done);
      return done;
    }
    const done = (this.#chains.get(chain) ?? Promise.resolve()).then(work).catch((error) => this.#report(space, key, error));
    this.#chains.set(chain, done);
    void done.then(() => {
      if (this.#chains.get(chain) === done) this.#chains.delete(chain);
    });
    this.#waitUntil?.(done);
    return done;
  }

  /** When what is being stored and removed is through, or has failed. */
  async idle() {
    while (this.#chains.size > 0) await Promise.all(this.#chains.values());
  }

  /** @param {Space} space @param {string} key @param {unknown} error */
  #report(space, key, error) {
    this.#reports.emit('onError', space, key, { error, phase: 'storage' });
  }
}

/**
 * A result as bytes for another instance; undefined when its key means nothing there.
 * @param {Space} space
 * @param {Frame} result With the key as in memory.
 */
export async function frameOf(space, result) {
  const key = fullKey(space, result.key);
  return key === undefined ? undefined : encodeFrame({ ...result, key });
}

/**
 * What tells the key from all others beyond this process; undefined when that cannot be told any more, or must not be.
 * @param {Space} space
 * @param {string} key
 */
export function fullKey(space, key) {
  const expanded = expandKey(key);
  return expanded === undefined || space.confidential(expanded) ? undefined : `result\n${space.identity}\n${expanded}`;
}

/** @param {Space} space */
const spaceNote = (space) => `space\n${space.identity}`;

/** @param {Space} space @param {string} tag */
const tagNote = (space, tag) => `tag\n${space.identity}\n${tag}`;
