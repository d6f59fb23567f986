/**
 * What an HTTP cache holds: complete responses to GET in memory, by URL, the least recently used leaving first.
 */

/**
 * @typedef {object} StoredResponse
 * @property {string} url Without its fragment.
 * @property {[string, string][]} requestHeaders
 * @property {number} status
 * @property {string} statusText
 * @property {[string, string][]} responseHeaders
 * @property {number} requestTime
 * @property {number} responseTime
 * @property {Uint8Array} body
 * @property {number} size Of the body, in bytes.
 */

/** Variants of one URL that are kept; all of them are looked at for each request. */
const MOST_VARIANTS = 16;

/** Of URLs that were invalidated, as many are remembered one by one. */
const MOST_CHANGES = 1000;

/** Bytes that a stored response takes beside its texts and body, about. */
const OVERHEAD = 500;

/** @param {StoredResponse} stored */
function weigh({ url, requestHeaders, responseHeaders, size }) {
  let characters = 2 * url.length;
  for (const [name, value] of [...requestHeaders, ...responseHeaders]) characters += name.length + value.length;
  return OVERHEAD + 2 * characters + size;
}

/** @param {[string, string][]} a @param {[string, string][]} b */
const sameLines = (a, b) => a.length === b.length && a.every(([name, value], i) => name === b[i][0] && value === b[i][1]);

export class CacheStore {
  #maxBytes;
  #bytes = 0;
  /** Weights, least recently used first. @type {Map<StoredResponse, number>} */
  #all = new Map();
  /** Newest last. @type {Map<string, StoredResponse[]>} */
  #byUrl = new Map();
  #changes = 0;
  /** By URL, which change invalidated it last. @type {Map<string, number>} */
  #changed = new Map();
  /** Up to this change anything may have been invalidated. */
  #forgotten = 0;

  /** @param {number} maxBytes */
  constructor(maxBytes) {
    this.#maxBytes = maxBytes;
  }

  /** How often something has been invalidated. What was asked for before is not put afterwards: see {@link CacheStore#put}. */
  get changes() {
    return this.#changes;
  }

  /** How many bytes everything takes, about. */
  get bytes() {
    return this.#bytes;
  }

  /** How many responses there are. */
  get entries() {
    return this.#all.size;
  }

  /** @param {string} url @returns {readonly StoredResponse[]} */
  of(url) {
    return this.#byUrl.get(url) ?? [];
  }

  /** @param {StoredResponse} stored */
  has(stored) {
    return this.#all.has(stored);
  }

  /** Makes it the last to leave. @param {StoredResponse} stored */
  touch(stored) {
    const weight = this.#all.get(stored);
    if (weight === undefined) return;
    this.#all.delete(stored);
    this.#all.set(stored, weight);
  }

  /**
   * Adds a response, or weighs it anew. Of two to the same request, which were on their way together, the later answer stays.
   * @param {StoredResponse} stored
   * @param {number} [since] What `changes` was when it was asked for: nothing is added if its URL has been invalidated since then.
   */
  put(stored, since = this.#changes) {
    if (since < this.#forgotten || since < (this.#changed.get(stored.url) ?? 0)) return;
    this.delete(stored);
    const twin = this.of(stored.url).find(({ requestHeaders }) => sameLines(requestHeaders, stored.requestHeaders));
    if (twin && twin.responseTime > stored.responseTime) return;
    if (twin) this.delete(twin);
    const weight = weigh(stored);
    if (weight > this.#maxBytes) return;
    const variants = this.#byUrl.get(stored.url) ?? [];
    this.#byUrl.set(stored.url, variants);
    variants.push(stored);
    this.#all.set(stored, weight);
    this.#bytes += weight;
    if (variants.length > MOST_VARIANTS) this.delete(variants[0]);
    for (const oldest of this.#all.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  /** @param {StoredResponse} stored */
  delete(stored) {
    const weight = this.#all.get(stored);
    if (weight === undefined) return;
    this.#all.delete(stored);
    this.#bytes -= weight;
    const variants = this.#byUrl.get(stored.url)?.filter((one) => one !== stored) ?? [];
    if (variants.length > 0) this.#byUrl.set(stored.url, variants);
    else this.#byUrl.delete(stored.url);
  }

  /** Invalidates all variants of a URL. @param {string} url */
  deleteUrl(url) {
    for (const stored of this.of(url)) this.delete(stored);
    if (this.#changed.size >= MOST_CHANGES) this.#forget();
    this.#changed.set(url, ++this.#changes);
  }

  #forget() {
    this.#forgotten = ++this.#changes;
    this.#changed.clear();
  }

  clear() {
    this.#all.clear();
    this.#byUrl.clear();
    this.#bytes = 0;
    this.#forget();
  }
}
