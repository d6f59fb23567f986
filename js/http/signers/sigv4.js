/**
 * The signer of requests to AWS and to what speaks S3, by Signature Version 4.
 */
import { HawserError } from '../../errors.js';
import { loadHttpCore } from '../core.js';
import { EMPTY_HASH, UNSIGNED_PAYLOAD, sha256Hex, signHeaders, signUrl } from './sigv4_signature.js';

/**
 * @typedef {object} AwsCredentials As the SDKs of AWS have them.
 * @property {string} accessKeyId
 * @property {string} secretAccessKey
 * @property {string} [sessionToken] Makes them temporary.
 * @property {Date | number} [expiration] When they end; a number is milliseconds since the epoch.
 */

/** Headers that proxies and runtimes add, change or take away. */
const UNSIGNABLE = new Set([
  ...['authorization', 'connection', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via'],
  ...['accept', 'accept-encoding', 'cache-control', 'content-length', 'cookie', 'from', 'max-forwards', 'pragma', 'referer', 'x-amzn-trace-id'],
]);

/** What a previous attempt has added. */
const OWN = ['x-amz-date', 'x-amz-content-sha256', 'x-amz-security-token', 'authorization'];

/** Credentials are asked for anew so long before they end, in milliseconds. */
const EARLY = 60_000;

/** Bodies up to this size are hashed, in bytes; larger ones are left to the checksums of TLS. */
const HASHED = 64 * 1024 * 1024;

export class Sigv4Signer {
  renewable = true;
  #source;
  #scope;
  /** @type {import('./sigv4_signature.js').SigningKey | undefined} */
  #key;
  #keyEnds = Infinity;
  /** @type {Promise<import('./sigv4_signature.js').SigningKey> | undefined} */
  #asking;
  /** The server's clock minus ours, in milliseconds. */
  #skew = 0;

  /**
   * @param {object} options
   * @param {AwsCredentials | ((how: { renew: boolean }) => AwsCredentials | Promise<AwsCredentials>)} options.credentials A function is
   *   called once, and again when they are about to end or were refused.
   * @param {string} options.region
   * @param {string} [options.service] Default 's3'.
   */
  constructor({ credentials, region, service = 's3' }) {
    this.#source = credentials;
    this.#scope = Object.freeze({ region, service });
    /** @type {'token' | 'secret'} */
    this.kind = typeof credentials === 'function' || credentials.sessionToken ? 'token' : 'secret';
    if (typeof credentials !== 'function') this.#key = checked(credentials);
  }

  get region() {
    return this.#scope.region;
  }

  /**
   * @param {import('../signer.js').SignedRequest} request
   * @param {Pick<import('../signer.js').SignHow, 'now' | 'renew'>} how
   * @returns {Promise<string>} The canonical request that was signed, for diagnosis.
   */
  async sign({ method, url, headers, body }, { now, renew }) {
    const [core, key] = await Promise.all([loadHttpCore(), this.#credentials(now, renew)]);
    for (const name of OWN) headers.delete(name);
    const signed = [...headers].filter(([name]) => !UNSIGNABLE.has(name));
    const payloadHash = await hashOf(body);
    const what = { core, method, url: url.href, headers: signed, key, scope: this.#scope, now: now + this.#skew, payloadHash };
    const signature = await signHeaders(what);
    for (const [name, value] of signature.headers) headers.set(name, value);
    return signature.canonicalRequest;
  }

  /**
   * A URL that needs no credentials. It ends with the credentials, if these are temporary and end earlier.
   * @param {string} url
   * @param {{ method: string, expires: number, now: number, headers?: [string, string][] }} how `expires`: seconds.
   */
  async presign(url, { method, expires, now, headers = [] }) {
    const [core, key] = await Promise.all([loadHttpCore(), this.#credentials(now, false)]);
    const what = { core, method, url, headers, key, scope: this.#scope, now: now + this.#skew, payloadHash: UNSIGNED_PAYLOAD, expires };
    return (await signUrl(what)).url;
  }

  /**
   * Takes the server's word on what time it is.
   * @param {number} serverTime @param {number} now Both in milliseconds since the epoch.
   * @returns {boolean} Whether that makes a difference.
   */
  adjust(serverTime, now) {
    const skew = serverTime - now;
    if (!Number.isFinite(skew) || Math.abs(skew - this.#skew) < 60_000) return false;
    this.#skew = skew;
    return true;
  }

  /** Forgets credentials that were refused. @returns {boolean} Whether there can be others. */
  expire() {
    if (typeof this.#source !== 'function') return false;
    this.#key = undefined;
    return true;
  }

  /** @param {number} now @param {boolean} renew */
  #credentials(now, renew) {
    if (typeof this.#source !== 'function') return /** @type {import('./sigv4_signature.js').SigningKey} */ (this.#key);
    if (this.#key && !renew && now < this.#keyEnds - EARLY) return this.#key;
    return (this.#asking ??= this.#ask(renew || this.#key !== undefined).finally(() => (this.#asking = undefined)));
  }

  /** @param {boolean} renew */
  async #ask(renew) {
    const given = await /** @type {Function} */ (this.#source)({ renew });
    this.#keyEnds = given?.expiration === undefined ? Infinity : Number(given.expiration);
    return (this.#key = checked(given));
  }
}

/** @param {AwsCredentials} credentials @returns {import('./sigv4_signature.js').SigningKey} */
function checked(credentials) {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials ?? {};
  for (const [name, value] of Object.entries({ accessKeyId, secretAccessKey, sessionToken: sessionToken ?? '-' })) {
    if (typeof value !== 'string' || value === '') throw new HawserError('ERR_AUTH', `The credentials have no ${name}.`, { phase: 'sign' });
    // One copied with its line's end is the most frequent of mistakes.
    if (/[^\x21-\x7E]/.test(value)) throw new HawserError('ERR_AUTH', `${name} has a space, a line's end or another sign that no key has.`, { phase: 'sign' });
  }
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** @param {unknown} body */
async function hashOf(body) {
  if (body === undefined || body === null) return EMPTY_HASH;
  if (typeof body === 'string') return sha256Hex(body);
  if (ArrayBuffer.isView(body) || Object.prototype.toString.call(body) === '[object ArrayBuffer]') {
    return /** @type {any} */ (body).byteLength > HASHED ? UNSIGNED_PAYLOAD : sha256Hex(/** @type {any} */ (body));
  }
  const { size, arrayBuffer } = /** @type {any} */ (body);
  if (typeof arrayBuffer === 'function' && size <= HASHED) return sha256Hex(await /** @type {Blob} */ (body).arrayBuffer());
  return UNSIGNED_PAYLOAD;
}
