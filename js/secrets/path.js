/**
 * Paths of secrets: `connections.pets_db.url`, `"key with.dot".x`, `servers[0].name`, or an array of keys.
 */

const BARE = /^[A-Za-z0-9_-]+$/;
const PART = /\s*(?:([A-Za-z0-9_-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')\s*((?:\[\d+\]\s*)*)(\.|$)/suy;

/**
 * The keys of a path.
 * @param {unknown} path A dotted path with keys quoted as in TOML where they are not bare, or an array of keys and indexes.
 * @returns {string[]}
 * @throws {TypeError} For anything else; the message does not quote it, it may be a value put in the wrong place.
 */
export function parsePath(path) {
  if (Array.isArray(path)) {
    if (path.length === 0) throw new TypeError('path must not be empty');
    return path.map((key) => {
      if (typeof key === 'string') return key;
      if (Number.isSafeInteger(key) && key >= 0) return String(key);
      throw new TypeError('path must hold keys (text) and indexes (whole numbers) only');
    });
  }
  if (typeof path !== 'string') throw new TypeError('path must be a dotted path or an array of keys');
  /** @type {string[]} */
  const keys = [];
  PART.lastIndex = 0;
  for (;;) {
    const match = PART.exec(path);
    if (!match) throw new TypeError('path must be a dotted path such as connections.pets_db.url, or an array of keys');
    keys.push(match[1] ?? match[3] ?? match[2].replace(/\\(.)/gsu, '$1'));
    for (const index of match[4].match(/\d+/g) ?? []) keys.push(index);
    if (match[5] === '') return keys;
  }
}

/**
 * A path as people write it.
 * @param {readonly string[]} keys
 */
export function formatPath(keys) {
  return keys.map((key) => (BARE.test(key) ? key : `"${key.replace(/["\\]/g, '\\$&')}"`)).join('.');
}
