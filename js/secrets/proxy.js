/**
 * The outside of Secrets: properties are keys of the tree, nothing can be changed, nothing shows a value.
 */
import { isProbe, readOnly } from './view.js';

/**
 * @typedef {object} Inside
 * @property {() => any} tree The merged tree; loads it if need be.
 * @property {() => any} view The same as a view.
 * @property {(keys: string[]) => Error} missing
 */

/**
 * @template {object} T
 * @param {T} secrets An instance whose fields are all private. Node looks at it, not at the proxy, for how to print it.
 * @param {Inside} inside
 * @returns {T}
 */
export function guard(secrets, inside) {
  /** @type {Map<string | symbol, Function>} Methods bound to the instance, whose private fields a proxy has not. */
  const bound = new Map();
  const text = () => '[Secrets]';
  /** @type {Record<string | symbol, Function>} */
  const own = {
    toString: text,
    [Symbol.toPrimitive]: text,
  };
  const refuse = (/** @type {unknown} */ _, /** @type {string | symbol} */ key) => {
    throw readOnly([String(key)]);
  };
  return /** @type {T} */ (new Proxy(/** @type {any} */ (secrets), {
    get(target, key) {
      if (Object.hasOwn(own, key)) return own[key];
      const method = bound.get(key) ?? Reflect.get(target, key, target);
      if (key === 'constructor') return method;
      if (typeof method === 'function' && !Object.hasOwn(Object.prototype, key)) {
        const call = bound.get(key) ?? method.bind(target);
        bound.set(key, call);
        return call;
      }
      if (typeof key === 'symbol') return undefined;
      if (Object.hasOwn(inside.tree(), key)) return inside.view()[key];
      if (isProbe(key)) return undefined;
      throw inside.missing([key]);
    },
    has: (_, key) => typeof key === 'string' && Object.hasOwn(inside.tree(), key),
    ownKeys: () => Object.keys(inside.tree()),
    getOwnPropertyDescriptor(_, key) {
      if (typeof key === 'symbol' || !Object.hasOwn(inside.tree(), key)) return undefined;
      return { value: inside.view()[key], enumerable: true, configurable: true, writable: false };
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: () => {
      throw readOnly([]);
    },
    preventExtensions: () => {
      throw readOnly([]);
    },
  }));
}
