/**
 * A single layer of values without references: nothing to merge and nothing to read, so the core need not be loaded for it.
 */

/** @typedef {import('./merge.js').Layer} Layer */

/** Longer texts, and deeper ones, are for the core, which knows the limits. */
const MAX_LENGTH = 100_000;
const MAX_DEPTH = 50;

/**
 * Whether the layers can do without the core.
 * @param {readonly Layer[]} layers
 */
export function isPlain(layers) {
  if (layers.length === 0) return true;
  const [{ kind, text }] = layers;
  if (layers.length > 1 || kind !== 'values' || typeof text !== 'string' || text.length > MAX_LENGTH) return false;
  // References, and lone surrogates as JSON.stringify writes them.
  return !/\$\{\{|\\ud[89a-f]/i.test(text) && depth(JSON.parse(text)) <= MAX_DEPTH;
}

/** @param {any} wire @returns {number} */
const depth = (wire) =>
  typeof wire === 'object' && wire !== null ? 1 + Math.max(0, ...Object.values(wire).map(depth)) : 0;

/** Answers like the core's store (src/secrets/store.h) for layers that are plain. */
export class PlainStore {
  #text;
  #tree;

  /** @param {readonly Layer[]} layers */
  constructor(layers) {
    this.#text = layers.length === 0 ? '{}' : /** @type {string} */ (layers[0].text);
    this.#tree = JSON.parse(this.#text);
  }

  tree() {
    return this.#text;
  }

  /** @param {string} path */
  explain(path) {
    /** @type {any} */
    let wire = this.#tree;
    for (const key of JSON.parse(path).slice(1)) {
      if (Array.isArray(wire)) wire = wire[0] === 'a' && /^(?:0|[1-9]\d*)$/.test(key) ? wire[Number(key) + 1] : undefined;
      else wire = typeof wire === 'object' && wire !== null && Object.hasOwn(wire, key) ? wire[key] : undefined;
      if (wire === undefined) return '[]';
    }
    return JSON.stringify([{ layer: 0, type: typeOf(wire), state: 'used' }]);
  }

  leaves() {
    /** @type {{ path: string[], layer: number, type: string }[]} */
    const leaves = [];
    const walk = (/** @type {any} */ wire, /** @type {string[]} */ path) => {
      const type = typeOf(wire);
      const keys = type === 'table' ? Object.keys(wire) : [];
      if (keys.length === 0 && path.length > 0) leaves.push({ path, layer: 0, type });
      for (const key of keys) walk(wire[key], [...path, key]);
    };
    walk(this.#tree, []);
    return JSON.stringify(leaves);
  }
}

/** @type {Record<string, string>} */
const TAGS = { a: 'array', i: 'integer', f: 'float', o: 'offset-date-time', l: 'local-date-time' };

/** @param {any} wire */
function typeOf(wire) {
  if (wire === null) return 'null';
  if (Array.isArray(wire)) return TAGS[wire[0]];
  if (typeof wire === 'object') return 'table';
  return typeof wire === 'number' ? (Number.isSafeInteger(wire) && !Object.is(wire, -0) ? 'integer' : 'float') : typeof wire;
}
