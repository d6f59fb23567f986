/**
 * JSON Web Signatures in their compact form (RFC 7515), by WebCrypto: what a signer sends, and what a receiver checks.
 */
import { HawserError } from '../errors.js';
import { webCrypto } from './signers/web_crypto.js';

/** @typedef {{ importing: any, signing: any, kty: 'RSA' | 'EC' | 'oct', crv?: string }} Algorithm */

/** @param {string} name @param {string} hash @returns {Algorithm} */
const rsa = (name, hash) => ({ kty: 'RSA', importing: { name, hash }, signing: { name, saltLength: Number(hash.slice(4)) / 8 } });
/** @param {string} crv @param {string} hash @returns {Algorithm} */
const ecdsa = (crv, hash) => ({ kty: 'EC', crv, importing: { name: 'ECDSA', namedCurve: crv }, signing: { name: 'ECDSA', hash } });
/** @param {string} hash @returns {Algorithm} */
const hmac = (hash) => ({ kty: 'oct', importing: { name: 'HMAC', hash }, signing: { name: 'HMAC' } });

/** `none` is not one of them. @type {ReadonlyMap<string, Algorithm>} */
const ALGORITHMS = new Map([
  ['RS256', rsa('RSASSA-PKCS1-v1_5', 'SHA-256')], ['RS384', rsa('RSASSA-PKCS1-v1_5', 'SHA-384')], ['RS512', rsa('RSASSA-PKCS1-v1_5', 'SHA-512')],
  ['PS256', rsa('RSA-PSS', 'SHA-256')], ['PS384', rsa('RSA-PSS', 'SHA-384')], ['PS512', rsa('RSA-PSS', 'SHA-512')],
  ['ES256', ecdsa('P-256', 'SHA-256')], ['ES384', ecdsa('P-384', 'SHA-384')], ['ES512', ecdsa('P-521', 'SHA-512')],
  ['HS256', hmac('SHA-256')], ['HS384', hmac('SHA-384')], ['HS512', hmac('SHA-512')],
]);

/**
 * A private or secret key for one algorithm.
 * @param {Uint8Array<ArrayBuffer> | JsonWebKey} key PKCS#8 in DER, or a JWK.
 * @param {string} alg As in `alg` of a header, e.g. `'RS256'`.
 * @returns {Promise<CryptoKey>} Cannot be exported.
 * @throws {HawserError} ERR_AUTH when it is no such key; ERR_NOT_SUPPORTED where there is no WebCrypto.
 */
export async function importSigningKey(key, alg) {
  const { importing } = algorithmOf(alg);
  const subtle = webCrypto();
  try {
    if (ArrayBuffer.isView(key)) return await subtle.importKey('pkcs8', key, importing, false, ['sign']);
    return await subtle.importKey('jwk', key, importing, false, ['sign']);
  } catch {
    throw new HawserError('ERR_AUTH', `The private key cannot be used for ${alg}: it is damaged, or of another kind.`, { phase: 'sign' });
  }
}

/**
 * @param {Record<string, unknown> & { alg: string }} header
 * @param {string | Uint8Array<ArrayBuffer>} payload
 * @param {CryptoKey} key Of {@link importSigningKey}.
 * @returns {Promise<string>} `header.payload.signature`
 */
export async function signCompact(header, payload, key) {
  const { signing } = algorithmOf(header.alg);
  const input = `${encode(bytesOf(JSON.stringify(header)))}.${encode(bytesOf(payload))}`;
  return `${input}.${encode(new Uint8Array(await crypto.subtle.sign(signing, key, bytesOf(input))))}`;
}

/**
 * Checks a signature. Of claims it knows nothing.
 * @param {string} token
 * @param {JsonWebKey & { kid?: string }} key Public, or secret for HMAC. Where it names an algorithm, use or operations, these bind.
 * @param {{ algorithms: readonly string[] }} options algorithms: those that the receiver accepts; never what the token says.
 * @returns {Promise<{ header: Record<string, any>, payload: Uint8Array<ArrayBuffer> }>}
 * @throws {HawserError} ERR_AUTH for every token that is not exactly right; does not show it.
 */
export async function verifyCompact(token, key, { algorithms }) {
  const refuse = (/** @type {string} */ why) => new HawserError('ERR_AUTH', `The token is refused: ${why}.`, { phase: 'verify' });
  const parts = token.split('.').map(decode);
  const [head, payload, signature] = parts;
  if (parts.length !== 3 || !head || !payload || !signature) throw refuse('it is not made of three parts in base64url');
  const header = headerOf(head);
  if (header === undefined) throw refuse('its header is not an object in JSON');
  if (header.crit !== undefined || header.b64 !== undefined) throw refuse('its header asks for an extension');
  const algorithm = algorithms.includes(header.alg) ? ALGORITHMS.get(header.alg) : undefined;
  if (algorithm === undefined) throw refuse('its algorithm is not one of those accepted');
  const { kty, crv, alg = header.alg, use = 'sig', key_ops: operations = ['verify'], kid } = key;
  const fits = kty === algorithm.kty && (algorithm.crv ?? crv) === crv && alg === header.alg && use === 'sig' && operations.includes('verify');
  if (!fits || (kid !== undefined && header.kid !== undefined && kid !== header.kid)) throw refuse('the key is for something else');
  const short = kty === 'oct' && (decode(key.k ?? '')?.length ?? 0) * 8 < Number(algorithm.importing.hash.slice(4));
  if (short) throw refuse('the key is too short for the algorithm');
  let valid = false;
  try {
    const { n, e, x, y, k } = key;
    const material = { RSA: { kty, n, e }, EC: { kty, crv, x, y }, oct: { kty, k } }[algorithm.kty];
    const imported = await crypto.subtle.importKey('jwk', material, algorithm.importing, false, ['verify']);
    valid = await crypto.subtle.verify(algorithm.signing, imported, signature, bytesOf(token.slice(0, token.lastIndexOf('.'))));
  } catch {
    throw refuse('the key cannot be used');
  }
  if (!valid) throw refuse('its signature is wrong');
  return { header, payload };
}

/** @param {string} alg */
function algorithmOf(alg) {
  const algorithm = ALGORITHMS.get(alg);
  if (algorithm === undefined) throw new RangeError(`alg: ${JSON.stringify(alg)} is none of ${[...ALGORITHMS.keys()].join(', ')}`);
  return algorithm;
}

/** @param {Uint8Array} bytes @returns {Record<string, any> | undefined} */
function headerOf(bytes) {
  try {
    const header = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    return typeof header === 'object' && header !== null && !Array.isArray(header) ? header : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string | Uint8Array<ArrayBuffer>} data @returns {Uint8Array<ArrayBuffer>} */
const bytesOf = (data) => (typeof data === 'string' ? /** @type {any} */ (new TextEncoder().encode(data)) : data);

/** @param {Uint8Array} bytes @returns {string} base64url without padding */
function encode(bytes) {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | undefined} undefined for what is not strictly base64url */
function decode(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (character) => character.charCodeAt(0));
  return encode(bytes) === text ? bytes : undefined;
}
