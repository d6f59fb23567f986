/**
 * A single layer of values without references: nothing to merge and nothing to read, so the core need not be loaded for it.
 */

/** @typedef {import('./merge.js').Layer} Layer */

/** Deeper trees are for the core, which knows the limit. */
const MAX_DEPTH = 50;

/**
 * Whether the layers can do without the core.
 * @param {readonly Layer[]} layers
 */
export const isPlain = (layers) =>
  layers.length === 0 || (layers.length === 1 && layers[0].kind === 'values' && !concernsCore(layers[0].tree, 0));

/** Whether there is a reference, a lone surrogate or too much depth in a tree. @param {any} tree @param {number} depth @returns {boolean} */
const concernsCore = (tree, depth) =>
  typeof tree === 'string'
    ? /\$\{\{|\p{Surrogate}/u.test(tree)
    : typeof tree === 'object' && tree !== null && (depth > MAX_DEPTH || Object.entries(tree).flat().some((part) => concernsCore(part, depth + 1)));

/** Answers like the core's store (store.js) for layers that are plain. */
export class PlainStore {
  #tree;

  /** @param {readonly Layer[]} layers */
  constructor(layers) {
    this.#tree = layers[0]?.tree ?? {};
  }

  /** @returns {any} */
  tree() {
    return this.#tree;
  }

  /** @param {readonly string[]} keys @returns {any[]} */
  explain(keys) {
    let tree = this.#tree;
    for (const key of keys) {
      if (Array.isArray(tree)) tree = tree[0] === 'a' && /^(?:0|[1-9]\d*)$/.test(key) ? tree[Number(key) + 1] : undefined;
      else tree = typeof tree === 'object' && tree !== null && Object.hasOwn(tree, key) ? tree[key] : undefined;
      if (tree === undefined) return [];
    }
    return [{ layer: 0, type: typeOf(tree), state: 'used' }];
  }

  /** @returns {any[]} */
  leaves() {
    /** @type {{ path: string[], layer: number, type: string }[]} */
    const leaves = [];
    const walk = (/** @type {any} */ tree, /** @type {string[]} */ path) => {
      const type = typeOf(tree);
      const keys = type === 'table' ? Object.keys(tree) : [];
      if (keys.length === 0 && path.length > 0) leaves.push({ path, layer: 0, type });
      for (const key of keys) walk(tree[key], [...path, key]);
    };
    walk(this.#tree, []);
    return leaves;
  }
}

/** @type {Record<string, string>} */
const TAGS = { a: 'array', z: 'offset-date-time', l: 'local-date-time' };

/** @param {any} tree */
function typeOf(tree) {
  if (tree === null) return 'null';
  if (Array.isArray(tree)) return TAGS[tree[0]];
  if (typeof tree === 'object') return 'table';
  if (typeof tree === 'bigint') return 'integer';
  return typeof tree === 'number' ? (Number.isSafeInteger(tree) && !Object.is(tree, -0) ? 'integer' : 'float') : typeof tree;
}
