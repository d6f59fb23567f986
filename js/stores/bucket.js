/**
 * Buckets, and where in them a connection's paths begin: for S3 and Google Cloud Storage.
 */
import { HawserError } from '../errors.js';
import { checkKey } from './store.js';

/**
 * Where a path of a connection leads.
 * @typedef {object} Place
 * @property {string} bucket
 * @property {string} key
 */

export class Bucket {
  #scheme;
  #bucket;
  #prefix;

  /**
   * @param {string} scheme Of its addresses: 's3', 'gs'.
   * @param {Record<string, any>} config Of the connection: `url` (scheme://bucket/prefix), or `bucket` and `prefix`. Without a bucket,
   *   paths begin with one: 'bucket/key'.
   * @throws {HawserError} ERR_CONNECTION_CONFIG
   */
  constructor(scheme, { url, bucket, prefix }) {
    this.#scheme = scheme;
    const [, fromUrl, rest] = typeof url === 'string' ? (/^[a-z][a-z0-9+.-]*:\/\/([^/]*)\/?(.*)$/is.exec(url) ?? []) : [];
    if (typeof url === 'string' && fromUrl === undefined) throw wrong(`url must look like ${scheme}://bucket/prefix`);
    this.#bucket = bucket ?? (fromUrl || undefined);
    if (this.#bucket !== undefined && (typeof this.#bucket !== 'string' || !BUCKET.test(this.#bucket))) throw wrong('bucket is not the name of one');
    const start = prefix ?? rest ?? '';
    if (typeof start !== 'string') throw wrong('prefix must be text');
    this.#prefix = start === '' || start.endsWith('/') ? start : `${start}/`;
    if (this.#prefix && this.#bucket === undefined) throw wrong('prefix needs a bucket');
  }

  /** Of the configuration. @returns {string | undefined} */
  get bucket() {
    return this.#bucket;
  }

  /** What paths are below. */
  get root() {
    return `${this.#scheme}://${this.#bucket === undefined ? '' : `${this.#bucket}/`}${this.#prefix}`;
  }

  /**
   * @param {string} path Below the root, or an address as a whole: s3://bucket/key.
   * @param {{ partial?: boolean }} [options] `partial`: it is the beginning of a key, and may be empty.
   * @returns {Place}
   * @throws {TypeError | RangeError} Naming what cannot be.
   */
  locate(path, { partial = false } = {}) {
    if (typeof path !== 'string') throw new TypeError('path: must be text.');
    const own = `${this.#scheme}://`;
    const whole = path.startsWith(own) ? path.slice(own.length) : undefined;
    if (whole !== undefined && this.#bucket !== undefined && !path.startsWith(this.root)) {
      throw new RangeError(`path: ${JSON.stringify(path)} is not below ${this.root}, where this connection begins.`);
    }
    const place = this.#bucket === undefined ? split(whole ?? path) : { bucket: this.#bucket, key: whole?.slice(this.#bucket.length + 1) ?? this.#prefix + path };
    if (place.bucket === '') throw new RangeError(`path: must begin with the name of a bucket ('bucket/key'), because this connection has none.`);
    if (!BUCKET.test(place.bucket)) throw new RangeError(`path: ${JSON.stringify(place.bucket)} is not the name of a bucket.`);
    if (partial) return place;
    if (place.key === this.#prefix) checkKey('', this.root);
    checkKey(place.key, this.root);
    return place;
  }

  /**
   * The path by which a key is asked for.
   * @param {Place} place
   */
  pathOf({ bucket, key }) {
    return this.#bucket === undefined ? `${bucket}/${key}` : key.slice(this.#prefix.length);
  }

  /**
   * One path for each object, whatever it is asked for by: for keys of the cache.
   * @param {string} path
   */
  normalized(path) {
    return this.pathOf(this.locate(path));
  }
}

/** Lenient: what servers other than Amazon's allow, but nothing that would mean something else in an address. */
const BUCKET = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** @param {string} text @returns {Place} */
function split(text) {
  const at = text.indexOf('/');
  return at < 0 ? { bucket: text, key: '' } : { bucket: text.slice(0, at), key: text.slice(at + 1) };
}

/** @param {string} what */
const wrong = (what) => new HawserError('ERR_CONNECTION_CONFIG', `The configuration of this connection is not right: ${what}.`);
