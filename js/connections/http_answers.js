/**
 * Answers of a server as they are cached: the decoded value, and what a later request needs to ask whether it is still right.
 */
import { Kept } from '../cache/kept.js';
import { checkTagList } from '../cache/policy.js';

/**
 * @typedef {object} Answer Plain data: storages keep it as it is.
 * @property {any} value A Kept, or a Table.
 * @property {string} [etag]
 * @property {string} [lastModified]
 * @property {[string, string][]} [headers] Those that say how long it is fresh.
 * @property {import('../cache/policy.js').Windows} [windows] What its server says of that.
 */

/** How long an answer with a validator is held after its ttl, for a 304 to renew it. A week, in milliseconds. */
const HOLD = 7 * 86_400_000;

/** Headers of a response that decide how long it is fresh. */
const FRESHNESS = ['age', 'cache-control', 'content-type', 'date', 'etag', 'expires', 'last-modified', 'pragma', 'vary'];

/** @param {Headers} headers @returns {[string, string][]} */
export const freshnessHeaders = (headers) => FRESHNESS.flatMap((name) => {
  const value = headers.get(name);
  return value === null ? [] : [/** @type {[string, string]} */ ([name, value])];
});

/**
 * The headers that ask whether an answer is still right; undefined when it has nothing to ask with.
 * @param {Answer | undefined} answer
 * @returns {Record<string, string> | undefined}
 */
export function conditions(answer) {
  if (answer?.etag === undefined && answer?.lastModified === undefined) return undefined;
  const { etag, lastModified } = answer;
  return { ...(etag !== undefined && { 'if-none-match': etag }), ...(lastModified !== undefined && { 'if-modified-since': lastModified }) };
}

/** @param {Headers} headers @returns {Pick<Answer, 'etag' | 'lastModified'>} */
export function validators(headers) {
  const etag = headers.get('etag');
  const lastModified = headers.get('last-modified');
  return { ...(etag !== null && { etag }), ...(lastModified !== null && { lastModified }) };
}

/** What the cache is told of an answer's windows. @param {Answer} answer */
export const windowsOf = ({ etag, lastModified, windows }) =>
  etag === undefined && lastModified === undefined ? { ...windows } : { hold: HOLD, ...windows };

/**
 * Takes a value that nobody else has into keeping: what was just decoded is frozen where it is, without a copy; bytes, which cannot be
 * frozen, are copied for each reader.
 * @param {any} value JSON, a text, bytes, or a Table.
 * @returns {any}
 */
export function keptOf(value) {
  if (typeof value !== 'object' || value === null) return new Kept(value, true);
  if (typeof value.withCache === 'function') return value;
  return ArrayBuffer.isView(value) ? new Kept(value, false) : new Kept(value, true, frozenSize(value));
}

/** The same for one reader. @param {any} kept @param {{ state: any, age: number, key: string }} cache */
export const given = (kept, cache) => (typeof kept.withCache === 'function' ? kept.withCache(cache) : kept.give());

/** What a read of the cache gives its reader. @param {any} read Of an Answer. */
export const resultOf = ({ value, state, age, key }) => given(value.value, { state, age, key });

const NO_CACHE = Object.freeze({ state: 'miss', age: 0, key: '' });

/**
 * What the cache is told of a call whose results are Answers: functions of the caller's get the values in them.
 * @param {Pick<import('../cache/policy.js').CacheOptions, 'tags' | 'sizeOf'>} caching Of the call.
 * @param {import('../cache/policy.js').Policy} policy What holds where the call says nothing.
 * @param {readonly string[]} [own] Tags besides.
 * @returns {any}
 */
export function ofAnswers(caching, policy, own = []) {
  const { tags = policy.tags, sizeOf = policy.sizeOf } = caching;
  const plain = (/** @type {Answer} */ answer) => given(answer.value, NO_CACHE);
  /** @type {any} */
  const how = { ...caching };
  if (typeof tags === 'function') how.tags = (/** @type {Answer} */ answer) => [...own, ...checkTagList(tags(plain(answer)))];
  else if (own.length > 0) how.tags = [...own, ...checkTagList(tags)];
  if (typeof sizeOf === 'function') how.sizeOf = (/** @type {Answer} */ answer) => sizeOf(plain(answer));
  return how;
}

/**
 * Freezes a tree of plain objects and arrays.
 * @param {object} root
 * @returns {number} What it takes, in bytes, about; counted as in js/cache/size.js.
 */
function frozenSize(root) {
  let bytes = 0;
  /** @type {any[]} */
  const open = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    bytes += 24;
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i++) {
        const item = node[i];
        if (typeof item === 'object' && item !== null) {
          bytes += 8;
          open.push(item);
        } else bytes += typeof item === 'string' ? 16 + 2 * item.length : 8;
      }
    } else {
      for (const name in node) {
        const item = node[name];
        if (typeof item === 'object' && item !== null) {
          bytes += 8;
          open.push(item);
        } else bytes += typeof item === 'string' ? 16 + 2 * item.length : 8;
      }
    }
    Object.freeze(node);
  }
  return bytes;
}
