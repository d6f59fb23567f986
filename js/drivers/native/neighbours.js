/**
 * The connections of this process to each database file: what one commits the others should know.
 */

/** @typedef {readonly string[] | undefined} Tables In lower case; undefined: any of them. */

/** Those who want to know, by path. @type {Map<string, Set<Neighbour>>} */
const byPath = new Map();

/** One connection among those to its file. */
export class Neighbour {
  #path;
  /** @type {Set<(tables: Tables) => void>} */
  #listeners = new Set();

  /** @param {string} path As SQLite tells it: absolute, and without links. Empty: a database that nobody else can have. */
  constructor(path) {
    this.#path = path;
  }

  /**
   * Listens to what others commit.
   * @param {(tables: Tables) => void} listener
   * @returns {() => void} Ends it.
   */
  listen(listener) {
    if (this.#path === '') return () => {};
    const here = byPath.get(this.#path) ?? new Set();
    byPath.set(this.#path, here.add(this));
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.leave();
    };
  }

  /** Tells the others. @param {Tables} tables */
  tell(tables) {
    for (const other of [...(byPath.get(this.#path) ?? [])]) if (other !== this) other.#hear(tables);
  }

  /** @param {Tables} tables */
  #hear(tables) {
    for (const listener of [...this.#listeners]) listener(tables);
  }

  /** Hears nothing any more. */
  leave() {
    this.#listeners.clear();
    const here = byPath.get(this.#path);
    if (here?.delete(this) && here.size === 0) byPath.delete(this.#path);
  }
}
