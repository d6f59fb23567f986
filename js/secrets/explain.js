/**
 * Where values come from.
 */
import { formatPath } from './path.js';

/**
 * One layer's say.
 * @typedef {object} Provenance
 * @property {string} layer Its name.
 * @property {string} [file]
 * @property {number} [line]
 * @property {number} [column]
 * @property {string} type 'table', 'array', 'string', 'integer', 'float', 'boolean', 'offset-date-time', 'local-date-time' or 'null'.
 */

/**
 * @typedef {object} Explanation
 * @property {string} path
 * @property {boolean} found
 * @property {Provenance | undefined} from The layer that gives the value; of a merged table the highest.
 * @property {Provenance[]} merged The lower layers whose tables are merged into it, the highest first.
 * @property {Provenance[]} overrode What lower layers hold at this path and what does not count any more, the highest first.
 * @property {string[]} searched The names of all layers.
 */

/**
 * @typedef {Provenance & { path: string, keys: string[] }} Leaf
 */

/**
 * @param {import('./state.js').State} state @param {string[]} keys
 * @returns {Explanation}
 */
export function explainPath(state, keys) {
  const found = state.ask((store) => store.explain(keys)).reverse();
  const live = found.filter((one) => one.state !== 'overridden').map((one) => provenance(state, one));
  return {
    path: formatPath(keys),
    found: live.length > 0,
    from: live[0],
    merged: live.slice(1),
    overrode: found.filter((one) => one.state === 'overridden').map((one) => provenance(state, one)),
    searched: state.layers.map(({ name }) => name),
  };
}

/**
 * @param {import('./state.js').State} state
 * @returns {Leaf[]} Every value that is no table, arrays as one, in the order of the tree.
 */
export function leavesOf(state) {
  return state.ask((store) => store.leaves()).map((leaf) => ({ path: formatPath(leaf.path), keys: leaf.path, ...provenance(state, leaf) }));
}

/** @param {import('./state.js').State} state @param {any} found @returns {Provenance} */
function provenance(state, { layer, line, column, type }) {
  const { name, file } = state.layers[layer];
  return { layer: name, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line, column }), type };
}
