/**
 * The core's store of layers (src/secrets/store.h), filled, asked and closed within one call.
 */
import { pack, unpack } from '../packed.js';
import { decodeValue } from './values.js';

/** @typedef {import('../../dist/secrets.js').MainModule} SecretsModule */

export class Store {
  #module;
  #store;

  /** @param {SecretsModule} module @param {'deep' | 'shallow'} mode */
  constructor(module, mode) {
    this.#module = module;
    this.#store = module.open(mode);
  }

  /** @param {number} size @returns {any} The tree that the core answered; undefined: it had nothing to say. */
  #answer(size) {
    const start = size && this.#module.address(this.#store);
    return size ? unpack(this.#module.HEAPU8.slice(start, start + size)) : undefined;
  }

  /** @returns {any} What is wrong, as all that adds. @param {string} source @param {string | Uint8Array} text */
  addToml(source, text) {
    return this.#answer(this.#module.addToml(this.#store, source, text));
  }

  /** @param {string} source @param {Uint8Array} tree Packed. @param {boolean} verbatim */
  addValues(source, tree, verbatim) {
    return this.#answer(this.#module[verbatim ? 'addVerbatim' : 'addValues'](this.#store, source, tree));
  }

  /** @param {string} source @param {string} prefix @param {unknown} variables */
  addEnvironment(source, prefix, variables) {
    return this.#answer(this.#module.addEnvironment(this.#store, source, prefix, pack(variables)));
  }

  /** @returns {string[]} */
  variables() {
    return decodeValue(this.#answer(this.#module.variables(this.#store)));
  }

  /** @param {Record<string, string>} variables @returns {any} What is wrong. */
  interpolate(variables) {
    return this.#answer(this.#module.interpolate(this.#store, pack(variables)));
  }

  /** @returns {any} */
  tree() {
    return this.#answer(this.#module.tree(this.#store));
  }

  /** @param {readonly string[]} keys @returns {any[]} */
  explain(keys) {
    return decodeValue(this.#answer(this.#module.explain(this.#store, pack(['a', ...keys]))));
  }

  /** @returns {any[]} */
  leaves() {
    return decodeValue(this.#answer(this.#module.leaves(this.#store)));
  }

  close() {
    this.#module.close(this.#store);
  }
}
