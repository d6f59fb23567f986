/**
 * Warnings about where secrets are kept.
 */
import { CREDENTIAL_KEY } from './scrub.js';
import { isTable } from './view.js';

/**
 * Warns if there is what looks like a credential, because everybody can fetch one of the documents.
 * @param {string} name The document's.
 * @param {any} tree The merged tree.
 * @param {(message: string) => void} warn Gets no values.
 */
export function warnOfPublic(name, tree, warn) {
  const path = credentialIn(tree, []);
  if (path === undefined) return;
  warn(`${name} was fetched without credentials, so everybody can, and the secrets hold what looks like one (${path.join('.')}).`);
}

/**
 * @param {any} tree @param {string[]} keys
 * @returns {string[] | undefined} The path of the first value that looks like a credential.
 */
function credentialIn(tree, keys) {
  if (typeof tree === 'string') {
    const named = keys.length > 0 && CREDENTIAL_KEY.test(keys[keys.length - 1]) && tree !== '';
    return named || /:\/\/[^/?#@]*:[^/?#@]+@|-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(tree) ? keys : undefined;
  }
  if (Array.isArray(tree)) return tree[0] === 'a' ? first(tree.slice(1), (item, i) => credentialIn(item, [...keys, String(i)])) : undefined;
  return isTable(tree) ? first(Object.keys(tree), (key) => credentialIn(tree[key], [...keys, key])) : undefined;
}

/**
 * @template T, R
 * @param {T[]} items @param {(item: T, index: number) => R | undefined} find
 */
function first(items, find) {
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found !== undefined) return found;
  }
  return undefined;
}
