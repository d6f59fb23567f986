/**
 * What reading a table or an array of the secrets gives: a read-only object that has its keys and values like any
 * other, and that shows no value when it is printed, serialised or cloned as a whole.
 */
import { HawserError } from '../errors.js';
import { decodeDate, mapTable } from './values.js';
import { formatPath } from './path.js';

/** @typedef {any} Tree See js/packed.js. */

export const REDACTED = '[redacted]';

/** Node's way to ask an object how it wants to be printed. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Keys that runtimes, test runners and printers ask any object for; being without them is no mistake of the caller. */
const PROBES = new Set(['then', 'constructor', 'inspect', 'asymmetricMatch', 'nodeType', 'tagName', 'hasAttribute']);

/** @param {string} key */
export const isProbe = (key) => PROBES.has(key) || /^(?:@@|\$\$|__)/.test(key);

/**
 * The same tree without its values.
 * @param {Tree} tree
 * @returns {any}
 */
export function redact(tree) {
  if (Array.isArray(tree)) return tree[0] === 'a' ? tree.slice(1).map(redact) : REDACTED;
  return typeof tree === 'object' && tree !== null ? mapTable(tree, redact) : REDACTED;
}

/** @param {Tree} tree */
export const isTable = (tree) => typeof tree === 'object' && tree !== null && !Array.isArray(tree);

/** @param {Tree} tree */
export const isList = (tree) => Array.isArray(tree) && tree[0] === 'a';

/**
 * @param {readonly string[]} keys
 */
export function readOnly(keys) {
  const path = keys.length === 0 ? 'they' : `${formatPath(keys)}`;
  return new HawserError(
    'ERR_SECRETS_READ_ONLY',
    `Secrets are read-only: ${path} cannot be changed. Add a layer instead: await secrets.load({ values: { … } })`,
    { path: formatPath(keys) },
  );
}

/**
 * The views of one loaded tree. A table or array gives the same view each time.
 */
export class Views {
  /** @type {WeakMap<object, object>} */
  #views = new WeakMap();
  #missing;

  /**
   * @param {(keys: string[]) => HawserError} missing Makes the error for a key that is not there.
   */
  constructor(missing) {
    this.#missing = missing;
  }

  /**
   * @param {Tree} tree
   * @param {string[]} keys Its path.
   * @returns {any} A scalar as it is, otherwise a view.
   */
  of(tree, keys) {
    if (typeof tree !== 'object' || tree === null) return tree;
    if (Array.isArray(tree) && tree[0] !== 'a') return decodeDate(tree);
    const known = this.#views.get(tree);
    if (known) return known;
    const view = Array.isArray(tree) ? this.#array(tree, keys) : this.#table(tree, keys);
    this.#views.set(tree, view);
    return view;
  }

  /** @param {{ [key: string]: Tree }} tree @param {string[]} keys @returns {object} */
  #table(tree, keys) {
    // The values stand in closures only: printing the proxy with its target and handler finds none.
    const target = Object.create(null);
    for (const key of Object.keys(tree)) {
      Object.defineProperty(target, key, { enumerable: true, get: () => this.of(tree[key], [...keys, key]) });
    }
    const toJSON = () => redact(tree);
    const toString = () => REDACTED;
    Object.defineProperty(target, INSPECT, { value: toJSON });
    return new Proxy(Object.freeze(target), {
      ...this.#guards(keys),
      get: (_, key) => {
        if (key === 'toJSON') return toJSON;
        if (key === Symbol.toPrimitive) return toString;
        if (key === Symbol.iterator) return () => Object.keys(tree).map((name) => [name, target[name]])[Symbol.iterator]();
        if (typeof key === 'symbol' || Object.hasOwn(tree, key)) return target[key];
        if (key === 'toString') return toString;
        if (isProbe(key)) return undefined;
        throw this.#missing([...keys, key]);
      },
    });
  }

  /** @param {Tree[]} tree @param {string[]} keys */
  #array(tree, keys) {
    /** @type {unknown[]} */
    const target = [];
    tree.slice(1).forEach((item, i) => {
      Object.defineProperty(target, i, { enumerable: true, get: () => this.of(item, [...keys, String(i)]) });
    });
    const toJSON = () => redact(tree);
    const toString = () => REDACTED;
    Object.defineProperty(target, INSPECT, { value: toJSON });
    return new Proxy(Object.freeze(target), {
      ...this.#guards(keys),
      get: (_, key, receiver) => {
        if (key === 'toJSON') return toJSON;
        if (key === Symbol.toPrimitive || key === 'toString' || key === 'toLocaleString') return toString;
        return Reflect.get(target, key, receiver);
      },
    });
  }

  /**
   * @param {string[]} keys
   * @returns {ProxyHandler<any>}
   */
  #guards(keys) {
    /** @param {unknown} _ @param {string | symbol} key */
    const refuse = (_, key) => {
      throw readOnly([...keys, String(key)]);
    };
    return {
      set: refuse,
      defineProperty: refuse,
      deleteProperty: refuse,
      setPrototypeOf: () => {
        throw readOnly(keys);
      },
    };
  }
}
