/**
 * A hint for those who call a method on a connection that only its client has.
 */

/**
 * Puts a proxy behind the end of a prototype chain. What a connection has is found before it and costs nothing more;
 * only what it has not gets there.
 * @param {object} prototype
 * @param {(connection: any) => any} rawOf The client of a connection, if it is open.
 */
export function hintAtClient(prototype, rawOf) {
  /** @type {ProxyHandler<object>} */
  const handler = {
    get(target, property, receiver) {
      if (typeof property !== 'string' || property in target) return Reflect.get(target, property, receiver);
      // `then` must stay undefined, or a connection could not be awaited.
      if (property === 'then' || typeof rawOf(receiver)?.[property] !== 'function') return undefined;
      return () => {
        throw new TypeError(
          `conn.${property}() does not exist on the connection "${receiver.name}", but its client has it: ` +
            `(await conn.raw()).${property}(…)`,
        );
      };
    },
  };
  Object.setPrototypeOf(prototype, new Proxy(Object.create(Object.prototype), handler));
}
