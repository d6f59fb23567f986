/**
 * What a read of the cache comes to.
 */

/** @typedef {'hit' | 'stale' | 'joined' | 'miss' | 'bypass'} ReadState */

export class ReadResult {
  #named;

  /**
   * @param {any} value
   * @param {ReadState} state
   * @param {number} age Seconds since it was loaded.
   * @param {{ readonly publicKey: string }} named
   */
  constructor(value, state, age, named) {
    this.value = value;
    this.state = state;
    this.age = age;
    this.#named = named;
  }

  /** See public_key.js. Made when it is asked for: it costs more than storing a result does. */
  get key() {
    return this.#named.publicKey;
  }
}
