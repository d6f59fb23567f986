/**
 * The default instance, made when it is first used: nothing happens when the module is loaded.
 */
import { createHawser } from './hawser.js';

/** @typedef {import('./hawser.js').Hawser} Hawser */

/** @type {Hawser | undefined} */
let instance;

const current = () => (instance ??= createHawser());

/**
 * The default instance.
 * @type {Hawser}
 */
export const hawser = forward(current);

/**
 * The secrets of the default instance.
 * @type {Hawser['secrets'] & import('./secrets/schema.js').SecretsTree}
 */
export const secrets = forward(() => current().secrets);

/** @type {Hawser['connection']} */
export const connection = (name, options) => current().connection(name, options);

/** @type {Hawser['cacheData']} */
export const cacheData = (fn, options) => current().cacheData(fn, options);

/** @type {Hawser['cacheResource']} */
export const cacheResource = (fn, options) => current().cacheResource(fn, options);

/**
 * An object that stands for another one, which is made when it is first used.
 * @param {() => any} target
 * @returns {any}
 */
function forward(target) {
  /** @type {ProxyHandler<object>} */
  const handler = {};
  for (const trap of /** @type {(keyof ProxyHandler<object>)[]} */ (Reflect.ownKeys(Reflect))) {
    if (typeof Reflect[/** @type {'get'} */ (trap)] !== 'function') continue;
    /** @type {any} */ (handler)[trap] = (/** @type {any} */ _, /** @type {any[]} */ ...rest) => {
      const object = target();
      // Methods and getters need the object itself, for its private parts.
      if (trap === 'get') {
        const value = Reflect.get(object, rest[0], object);
        return typeof value === 'function' ? value.bind(object) : value;
      }
      if (trap === 'set') return Reflect.set(object, rest[0], rest[1], object);
      return /** @type {any} */ (Reflect)[trap](object, ...rest);
    };
  }
  // What Node prints is asked of the object inside the proxy.
  const printed = { [Symbol.for('nodejs.util.inspect.custom')]: (/** @type {any[]} */ ...[, options, inspect]) => inspect(target(), options) };
  return new Proxy(Object.create(printed), handler);
}
