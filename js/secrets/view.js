/**
 * What reading a table or an array of the secrets gives: a read-only object that has its keys and values like any
 * other, and that shows no value when it is printed, serialised or cloned as a whole.
 */
import { HawserError } from '../errors.js';
import { decodeScalar, decodeTable } from './values.js';
import { formatPath } from './path.js';

/** @typedef {any} Wire A tree as JSON.parse() gives it of what the core wrote, see src/base/wire.h. */

export const REDACTED = '[redacted]';

/** Node's way to ask an object how it wants to be printed. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Keys that runtimes, test runners and printers ask any object for; being without them is no mistake of the caller. */
const PROBES = new Set(['then', 'constructor', 'inspect', 'asymmetricMatch', 'nodeType', 'tagName', 'hasAttribute']);

/** @param {string} key */
export const isProbe = (key) => PROBES.has(key) || /^(?:@@|\$\$|__)/.test(key);

/**
 * The same tree without its values.
 * @param {Wire} wire
 * @returns {any}
 */
export function redact(wire) {
  if (Array.isArray(wire)) return wire[0] === 'a' ? wire.slice(1).map(redact) : REDACTED;
  return typeof wire === 'object' && wire !== null ? decodeTable(wire, redact) : REDACTED;
}

/** @param {Wire} wire */
export const isTable = (wire) => typeof wire === 'object' && wire !== null && !Array.isArray(wire);

/** @param {Wire} wire */
export const isList = (wire) => Array.isArray(wire) && wire[0] === 'a';

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
   * @param {Wire} wire
   * @param {string[]} keys Its path.
   * @returns {any} A scalar as it is, otherwise a view.
   */
  of(wire, keys) {
    if (typeof wire !== 'object' || wire === null) return wire;
    if (Array.isArray(wire) && wire[0] !== 'a') return decodeScalar(wire);
    const known = this.#views.get(wire);
    if (known) return known;
    const view = Array.isArray(wire) ? this.#array(wire, keys) : this.#table(wire, keys);
    this.#views.set(wire, view);
    return view;
  }

  /** @param {{ [key: string]: Wire }} wire @param {string[]} keys @returns {object} */
  #table(wire, keys) {
    // The values stand in closures only: printing the proxy with its target and handler finds none.
    const target = Object.create(null);
    for (const key of Object.keys(wire)) {
      Object.defineProperty(target, key, { enumerable: true, get: () => this.of(wire[key], [...keys, key]) });
    }
    const toJSON = () => redact(wire);
    const toString = () => REDACTED;
    Object.defineProperty(target, INSPECT, { value: toJSON });
    return new Proxy(Object.freeze(target), {
      ...this.#guards(keys),
      get: (_, key) => {
        if (key === 'toJSON') return toJSON;
        if (key === Symbol.toPrimitive) return toString;
        if (key === Symbol.iterator) return () => Object.keys(wire).map((name) => [name, target[name]])[Symbol.iterator]();
        if (typeof key === 'symbol' || Object.hasOwn(wire, key)) return target[key];
        if (key === 'toString') return toString;
        if (isProbe(key)) return undefined;
        throw this.#missing([...keys, key]);
      },
    });
  }

  /** @param {Wire[]} wire @param {string[]} keys */
  #array(wire, keys) {
    /** @type {unknown[]} */
    const target = [];
    wire.slice(1).forEach((item, i) => {
      Object.defineProperty(target, i, { enumerable: true, get: () => this.of(item, [...keys, String(i)]) });
    });
    const toJSON = () => redact(wire);
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
