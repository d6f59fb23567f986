/**
 * One loaded set of secrets: its layers and what they come to. Never changes.
 */
import { withStore } from './merge.js';
import { isList, isTable, Views } from './view.js';

/** @typedef {import('./merge.js').Layer} Layer */

export class State {
  /** @type {Record<string, string>} The environment variables that values refer to. */
  inserted = {};

  /**
   * @param {readonly Layer[]} layers
   * @param {'deep' | 'shallow'} mode
   * @param {Record<string, unknown>} environment
   * @param {(keys: string[]) => import('../errors.js').HawserError} missing
   * @throws {import('../errors.js').HawserError} See withStore().
   */
  constructor(layers, mode, environment, missing) {
    this.layers = layers;
    this.mode = mode;
    /** The merged tree. */
    this.tree = withStore(layers, mode, (name) => this.#insert(environment, name), (store) => store.tree());
    this.view = (this.#views = new Views(missing)).of(this.tree, []);
  }

  #views;

  /** @param {Record<string, unknown>} environment @param {string} name */
  #insert(environment, name) {
    const value = Object.prototype.hasOwnProperty.call(environment, name) || name in Object(environment) ? environment[name] : undefined;
    return typeof value === 'string' ? (this.inserted[name] = value) : undefined;
  }

  /**
   * Asks the core about these layers.
   * @template T
   * @param {(store: import('./merge.js').Asked) => T} question
   * @returns {T}
   */
  ask(question) {
    return withStore(this.layers, this.mode, (name) => this.inserted[name], question);
  }

  /**
   * @param {readonly string[]} keys
   * @returns {{ tree: any, view: any } | undefined} What stands there.
   */
  find(keys) {
    let tree = this.tree;
    for (const key of keys) {
      if (isTable(tree) && Object.hasOwn(tree, key)) tree = tree[key];
      else if (isList(tree) && /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < tree.length - 1) tree = tree[Number(key) + 1];
      else return undefined;
    }
    return { tree, view: this.#views.of(tree, [...keys]) };
  }
}
