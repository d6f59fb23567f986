/**
 * The core's cache for as long as it lives. A trap ends it; the next use gets a fresh, empty one.
 */
import { NativeCache } from './native.js';

export class LivingCore {
  /** The one in use, which may have died. @type {NativeCache | undefined} */
  native;
  #options;

  /**
   * @param {object} options
   * @param {() => import('../core.js').Core} options.getCore
   * @param {number} options.maxBytes
   * @param {(native: NativeCache) => void} options.onBorn
   * @param {() => void} options.onLost Everything that the core knew is gone.
   */
  constructor(options) {
    this.#options = options;
  }

  /** Whether it is there and lives. */
  get ready() {
    return this.native !== undefined && this.native.core.alive;
  }

  /** Makes it if that can be done at once. Whether it is there. */
  prepare() {
    try {
      this.#get();
      return true;
    } catch {
      return false; // The core must be loaded first, which says what is wrong if it cannot be.
    }
  }

  #get() {
    const { native } = this;
    if (native !== undefined && native.core.alive) return native;
    if (native) this.#lose();
    const { getCore, maxBytes, onBorn } = this.#options;
    const fresh = new NativeCache(getCore(), maxBytes);
    onBorn(fresh);
    return (this.native = fresh);
  }

  #lose() {
    this.native = undefined;
    this.#options.onLost();
  }

  /**
   * @template T
   * @param {(native: NativeCache) => T} use
   * @returns {T}
   * @throws {import('../errors.js').HawserError} ERR_CORE_CRASHED
   */
  run(use) {
    const native = this.#get();
    try {
      return use(native);
    } catch (error) {
      throw this.failed(native, error);
    }
  }

  /**
   * What to throw for what a call of the core threw.
   * @param {NativeCache} native
   * @param {unknown} error
   */
  failed(native, error) {
    const reported = native.core.trapped(error);
    if (!native.core.alive) this.#lose();
    return reported;
  }

  /** Gives its memory back. */
  dispose() {
    const { native } = this;
    this.#lose();
    native?.dispose();
  }
}
