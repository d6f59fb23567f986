/**
 * What executeMany takes, as rows of parameters.
 */

/** @typedef {import('../drivers/driver.js').Parameters} Parameters */
/** @typedef {Iterable<Parameters> | AsyncIterable<Parameters> | Record<string, ArrayLike<unknown>>} RowSource */

/**
 * @param {RowSource} source Rows, a Table (rows of its columns by name), or columns of equal length by name.
 * @param {unknown} statement What they are for.
 * @returns {Iterable<Parameters> | AsyncIterable<Parameters>}
 * @throws {TypeError}
 */
export function rowsOf(source, statement) {
  if (typeof statement !== 'string') throw new TypeError('executeMany() takes the statement as text, with ? or :name for the values of a row.');
  if (source === null || typeof source !== 'object') throw new TypeError('executeMany() takes rows, columns, or a Table.');
  if (Symbol.iterator in source || Symbol.asyncIterator in source) return /** @type {Iterable<Parameters>} */ (source);
  const names = Object.keys(source);
  const lists = Object.values(source);
  if (names.length === 0) throw new TypeError('executeMany() was given no columns.');
  const lengths = lists.map((list, c) => {
    if (list !== null && typeof list === 'object' && typeof list.length === 'number') return list.length;
    throw new TypeError(`executeMany(): column "${names[c]}" is not a list of values.`);
  });
  const odd = lengths.findIndex((length) => length !== lengths[0]);
  if (odd >= 0) throw new TypeError(`executeMany(): column "${names[odd]}" has ${lengths[odd]} values, column "${names[0]}" has ${lengths[0]}.`);
  return transpose(names, lists.map(valuesOf), /** @type {number} */ (lengths[0]));
}

/**
 * The same rows, telling when they are asked for.
 * @param {Iterable<Parameters> | AsyncIterable<Parameters>} rows
 * @param {(asking: boolean) => void} tell With true just before the code that makes an asynchronous row runs, with false when it waits, or has ended.
 * @returns {Iterable<Parameters> | AsyncIterable<Parameters>}
 */
export function askedFor(rows, tell) {
  if (!(Symbol.asyncIterator in rows)) return rows;
  /** @param {AsyncIterator<Parameters>} iterator @returns {AsyncIterator<Parameters>} */
  const asked = (iterator) => ({
    next() {
      tell(true);
      try {
        return iterator.next();
      } finally {
        tell(false);
      }
    },
    return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
  });
  return { [Symbol.asyncIterator]: () => asked(rows[Symbol.asyncIterator]()) };
}

/**
 * @param {string[]} names
 * @param {ArrayLike<unknown>[]} lists
 * @param {number} length
 */
function* transpose(names, lists, length) {
  for (let row = 0; row < length; row++) {
    /** @type {Record<string, unknown>} */
    const object = Object.create(null);
    for (let c = 0; c < names.length; c++) object[/** @type {string} */ (names[c])] = lists[c]?.[row];
    yield object;
  }
}

/** @param {any} list An array, a typed array or a Column. */
const valuesOf = (list) => (Array.isArray(list) || ArrayBuffer.isView(list) ? /** @type {any} */ (list) : list.toArray ? list.toArray() : list);
