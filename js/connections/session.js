/**
 * One client of a connection, from its opening to its end.
 */

/**
 * @template Raw
 */
export class Session {
  /** The client once it is there. @type {Raw | undefined} */
  value;
  retired = false;
  #opened = false;
  #alone;
  #users = 0;
  #open;
  #release;
  /** @type {Promise<Raw> | undefined} */
  #opening;
  /** @type {Resolvers | undefined} */
  #retirement;
  #ended = false;

  /**
   * @param {() => Promise<Raw>} open Opens the client; called at first need.
   * @param {(raw: Raw) => Promise<void>} release Ends it; called once for every client that was opened.
   * @param {boolean} alone Whether no caller must wait for what another one opens: then each opens one as long as none is there,
   *   and the quickest stays.
   */
  constructor(open, release, alone) {
    this.#open = open;
    this.#release = release;
    this.#alone = alone;
  }

  /**
   * The client, opened once for all callers. A failure is final for this session, unless callers are alone.
   * @returns {Promise<Raw>}
   */
  raw() {
    if (this.#alone) return this.#opened ? Promise.resolve(/** @type {Raw} */ (this.value)) : this.#openAlone();
    return (this.#opening ??= this.#open().then((raw) => (this.value = raw)));
  }

  /** Whether it may still come to have a client. */
  get hopeful() {
    return this.#alone;
  }

  /** @returns {Promise<Raw>} */
  async #openAlone() {
    const raw = await this.#open();
    if (this.#ended || this.#opened) {
      await this.#release(raw);
      return /** @type {Raw} */ (this.value);
    }
    this.#opened = true;
    this.#opening = Promise.resolve(raw);
    return (this.value = raw);
  }

  get inUse() {
    return this.#users > 0;
  }

  /**
   * Keeps the client alive, even beyond {@link retire}, until the returned function is called.
   * @returns {() => void}
   */
  lease() {
    this.#users += 1;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#users -= 1;
      if (this.retired && this.#users === 0) this.#end();
    };
  }

  /**
   * Ends the client as soon as nobody uses it.
   * @returns {Promise<void>} When it has ended; rejects when that failed. The same promise for every call.
   */
  retire() {
    if (!this.#retirement) {
      this.#retirement = withResolvers();
      this.retired = true;
      if (this.#users === 0) this.#end();
    }
    return this.#retirement.promise;
  }

  #end() {
    if (this.#ended) return;
    this.#ended = true;
    const { resolve, reject } = /** @type {Resolvers} */ (this.#retirement);
    const opening = this.#opening;
    if (!opening) return resolve();
    opening
      .then(
        (raw) => {
          this.value = undefined;
          return this.#release(raw);
        },
        () => {}, // It never opened: nothing to end, and those who asked for it have the error.
      )
      .then(resolve, reject);
  }
}

/** @typedef {{ promise: Promise<void>, resolve: () => void, reject: (error: unknown) => void }} Resolvers */

/** @returns {Resolvers} */
function withResolvers() {
  /** @type {any} */
  const out = {};
  out.promise = new Promise((resolve, reject) => Object.assign(out, { resolve, reject }));
  return out;
}
