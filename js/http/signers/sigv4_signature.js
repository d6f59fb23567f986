/**
 * Signature Version 4 of AWS, and Google's variant of it: from a request to what must be added to it, as headers or as part of
 * its URL. The canonical request is the core's (src/http), HMAC and SHA-256 are WebCrypto's.
 *
 * @typedef {object} SigningKey What signs.
 * @property {string} accessKeyId Or the e-mail of a service account.
 * @property {string} [secretAccessKey]
 * @property {string} [sessionToken]
 * @property {(text: string) => Promise<string>} [sign] Instead of a secret access key: the signature of the string to sign, in hexadecimal.
 *
 * @typedef {object} Scope
 * @property {string} region
 * @property {string} service
 *
 * @typedef {object} Dialect
 * @property {string} algorithm
 * @property {string} prefix Of headers and parameters.
 * @property {string} end Of the scope.
 *
 * @typedef {object} ToSign
 * @property {{ canonicalRequest(request: any): string }} core
 * @property {string} method
 * @property {string} url As it is going to be sent: percent-encoded.
 * @property {readonly (readonly [string, string])[]} headers Those to be signed; host may be among them, otherwise it is the URL's.
 * @property {SigningKey} key
 * @property {Scope} scope
 * @property {number} now Milliseconds since the epoch.
 * @property {string} payloadHash In hexadecimal, or 'UNSIGNED-PAYLOAD'.
 * @property {Dialect} [dialect] Default: AWS4.
 * @property {boolean} [normalize] Whether '.', '..' and '//' are taken out of the path before it is signed. Default: as the service does
 *   it: S3 does not, others do.
 * @property {boolean} [tokenUnsigned] Some services want the session token added after signing.
 *
 * @typedef {object} Signature
 * @property {string} signature
 * @property {string} canonicalRequest
 * @property {string} stringToSign
 */
import { encodeStrictly } from '../percent.js';
import { hex, hmac, hmacKey, webCrypto } from './web_crypto.js';

/** @type {Readonly<Dialect>} */
export const AWS4 = Object.freeze({ algorithm: 'AWS4-HMAC-SHA256', prefix: 'X-Amz-', end: 'aws4_request' });

/** Signed URLs of Google Cloud Storage by the key of a service account. @type {Readonly<Dialect>} */
export const GOOG4 = Object.freeze({ algorithm: 'GOOG4-RSA-SHA256', prefix: 'X-Goog-', end: 'goog4_request' });

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** SHA-256 of nothing. */
export const EMPTY_HASH = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Longest life of a signed URL, in seconds. */
const MAX_EXPIRES = 604_800;

const utf8 = new TextEncoder();

/** @param {string | Uint8Array | ArrayBuffer} data */
export async function sha256Hex(data) {
  return hex(await webCrypto().digest('SHA-256', /** @type {BufferSource} */ (typeof data === 'string' ? utf8.encode(data) : data)));
}

/**
 * Keys that are derived from a secret access key: one a day for each region and service. The last one is kept, per key object.
 * @type {WeakMap<SigningKey, { scope: string, derived: Promise<CryptoKey> }>}
 */
const derivedKeys = new WeakMap();

/** @param {SigningKey} key @param {string} scope */
function derivedKey(key, scope) {
  const known = derivedKeys.get(key);
  if (known?.scope === scope) return known.derived;
  const derive = async () => {
    let next = await hmacKey(utf8.encode(`AWS4${key.secretAccessKey}`));
    for (const part of scope.split('/')) next = await hmacKey(await hmac(next, part));
    return next;
  };
  const derived = derive();
  derivedKeys.set(key, { scope, derived });
  return derived;
}

/** @param {number} now @returns {string} As in 20150830T123600Z. */
export const compactDate = (now) => new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, '');

/**
 * @param {ToSign} what @param {readonly (readonly [string, string])[]} headers @param {string} url
 * @returns {Promise<Signature>}
 */
async function sign({ core, method, key, scope, now, payloadHash, dialect = AWS4, normalize }, headers, url) {
  const rules = normalize === undefined ? {} : { normalize };
  const canonicalRequest = core.canonicalRequest({ method, url, headers, payloadHash, service: dialect === GOOG4 ? 's3' : scope.service, ...rules });
  const date = compactDate(now);
  const parts = scopeText(date, scope, dialect);
  const stringToSign = [dialect.algorithm, date, parts, await sha256Hex(canonicalRequest)].join('\n');
  const signature = key.sign ? await key.sign(stringToSign) : hex(await hmac(await derivedKey(key, parts), stringToSign));
  return { signature, canonicalRequest, stringToSign };
}

/** @param {string} date @param {Scope} scope @param {Dialect} dialect */
const scopeText = (date, { region, service }, dialect) => [date.slice(0, 8), region, service, dialect.end].join('/');

/** @param {string} url @returns {readonly [string, string]} */
const hostOf = (url) => ['host', new URL(url).host];

/** @param {readonly (readonly [string, string])[]} headers @param {string} url */
const withHost = (headers, url) => (headers.some(([name]) => name.toLowerCase() === 'host') ? headers : [hostOf(url), ...headers]);

/** @param {readonly (readonly [string, string])[]} headers */
const namesOf = (headers) => [...new Set(headers.map(([name]) => name.toLowerCase()))].sort().join(';');

/**
 * Signs a request with headers.
 * @param {ToSign & { contentHash?: boolean }} what `contentHash`: add the header x-amz-content-sha256, which S3 wants.
 * @returns {Promise<Signature & { headers: [string, string][] }>} The headers to add.
 */
export async function signHeaders(what) {
  const { headers, key, scope, now, payloadHash, url, tokenUnsigned, contentHash = scope.service === 's3', dialect = AWS4 } = what;
  /** @type {[string, string][]} */
  const added = [['x-amz-date', compactDate(now)]];
  if (contentHash) added.push(['x-amz-content-sha256', payloadHash]);
  /** @type {[string, string][]} */
  const token = key.sessionToken ? [['x-amz-security-token', key.sessionToken]] : [];
  const all = withHost([...headers, ...added, ...(tokenUnsigned ? [] : token)], url);
  const result = await sign(what, all, url);
  const credential = `${key.accessKeyId}/${scopeText(compactDate(now), scope, dialect)}`;
  const authorization = `${dialect.algorithm} Credential=${credential}, SignedHeaders=${namesOf(all)}, Signature=${result.signature}`;
  return { ...result, headers: [...added, ...token, ['authorization', authorization]] };
}

/**
 * Signs a URL.
 * @param {ToSign & { expires: number }} what `expires`: seconds. `headers` must be sent by whoever uses the URL.
 * @returns {Promise<Signature & { url: string }>}
 * @throws {TypeError | RangeError} For expires.
 */
export async function signUrl(what) {
  const { headers, key, scope, now, url, expires, tokenUnsigned, dialect = AWS4 } = what;
  if (typeof expires !== 'number') throw new TypeError('expires: must be a number of seconds.');
  if (!Number.isInteger(expires) || expires < 1 || expires > MAX_EXPIRES) {
    throw new RangeError(`expires: must be a whole number of seconds from 1 to ${MAX_EXPIRES} (7 days).`);
  }
  const all = withHost(headers, url);
  const date = compactDate(now);
  /** @type {[string, string][]} */
  const parameters = [
    ['Algorithm', dialect.algorithm],
    ['Credential', `${key.accessKeyId}/${scopeText(date, scope, dialect)}`],
    ['Date', date],
    ['SignedHeaders', namesOf(all)],
    ['Expires', String(expires)],
  ];
  /** @type {[string, string][]} */
  const token = key.sessionToken ? [['Security-Token', key.sessionToken]] : [];
  const write = (/** @type {[string, string][]} */ list) => list.map(([name, value]) => `${dialect.prefix}${name}=${encodeStrictly(value)}`).join('&');
  const before = url.replace(/#.*$/s, '');
  const joined = `${before}${before.includes('?') ? '&' : '?'}${write([...parameters, ...(tokenUnsigned ? [] : token)])}`;
  const result = await sign(what, all, joined);
  const later = write([...(tokenUnsigned ? token : []), ['Signature', result.signature]]);
  return { ...result, url: `${joined}&${later}` };
}
