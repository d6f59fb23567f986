/**
 * Brings results from and to storages. Storing goes on behind the query; whatever goes wrong is a miss and an onError event.
 *
 * What is invalidated is noted in the storage too, under names of its own, so that frames that some other process wrote,
 * or that are no longer known here, are not believed any more: a frame counts only if its load began after the last
 * invalidation of its space and of each of its tags.
 */
import { encodeFrame } from './frames.js';
import { expandKey } from './statements.js';

/** @typedef {import('./space.js').Space} Space */
/** @typedef {import('./frame.js').Frame} Frame */
/** @typedef {import('./storage.js').ResultStorage} ResultStorage */

/** Loaded when there is a storage. */
const stored = () => import('./stored.js');

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
      const { readResult } = await stored();
      return await readResult(this.#use(storage), full, (tags) => [spaceNote(space), ...tags.map((tag) => tagNote(space, tag))]);
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
      await (await stored()).writeResult(this.#use(storage), { ...result, key });
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
    this.#inBackground(space, key, async () => (await stored()).removeResult(this.#use(storage), full));
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
        await (await stored()).writeNote(this.#use(storage), key, now);
      });
    }
  }

  /** @param {ResultStorage} storage @returns {import('./stored.js').Use} */
  #use(storage) {
    return { storage, clock: this.#clock, ordered: this.#ordered };
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
