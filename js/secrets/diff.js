/**
 * What differs between two trees.
 */
import { formatPath } from './path.js';
import { isTable } from './view.js';

/**
 * @param {any} before @param {any} after Trees of tables.
 * @param {string[]} [above]
 * @returns {string[]} The paths that differ, down to two keys.
 */
export function changedKeys(before, after, above = []) {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const [old, now] = [before, after].map((tree) => (Object.hasOwn(tree, key) ? tree[key] : undefined));
    if (canonical(old) === canonical(now)) return [];
    const path = [...above, key];
    return above.length === 0 && isTable(old) && isTable(now) ? changedKeys(old, now, path) : [formatPath(path)];
  });
}

/** The order of keys is no difference. @param {any} tree @returns {string | undefined} */
function canonical(tree) {
  return JSON.stringify(tree, (_, value) => {
    if (typeof value === 'bigint' || typeof value === 'number') return { [typeof value]: `${value}` }; // JSON knows neither bigint nor NaN.
    return isTable(value) ? Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)) : value;
  });
}
