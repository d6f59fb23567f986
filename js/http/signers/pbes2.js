/**
 * Decrypts what PBES2 encrypted (RFC 8018): PBKDF2 with HMAC-SHA-1 or -2, then AES in CBC mode, both by WebCrypto.
 */
import { TAG, integerOf, oidText, readElements } from './der.js';
import { webCrypto } from './web_crypto.js';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';

/** @type {Readonly<Record<string, string>>} */
const HASHES = {
  '1.2.840.113549.2.7': 'SHA-1',
  '1.2.840.113549.2.9': 'SHA-256',
  '1.2.840.113549.2.10': 'SHA-384',
  '1.2.840.113549.2.11': 'SHA-512',
};

/** Bits of the key. @type {Readonly<Record<string, number>>} */
const CIPHERS = { '2.16.840.1.101.3.4.1.2': 128, '2.16.840.1.101.3.4.1.22': 192, '2.16.840.1.101.3.4.1.42': 256 };

/** Names of what WebCrypto has not, for errors. @type {Readonly<Record<string, string>>} */
const UNSUPPORTED = {
  '1.2.840.113549.3.7': 'triple DES (DES-EDE3-CBC)',
  '1.2.840.113549.3.2': 'RC2',
  '1.3.14.3.2.7': 'DES',
  '1.2.840.113549.1.5.3': 'PBES1 with MD5 and DES',
  '1.2.840.113549.1.5.10': 'PBES1 with SHA-1 and DES',
  '1.2.840.113549.1.12.1.3': 'PKCS#12 with SHA-1 and triple DES',
  '1.2.840.113549.1.12.1.6': 'PKCS#12 with SHA-1 and RC2',
  '1.3.6.1.4.1.11591.4.11': 'the key derivation scrypt',
  '1.2.840.113549.2.8': 'the key derivation PBKDF2 with HMAC-SHA-224',
};

/** More rounds than this are taken for a damaged file: they would stop the program for minutes. */
const MOST_ITERATIONS = 10_000_000;

/** An encryption that WebCrypto cannot undo; `what` names it. */
export class UnsupportedEncryption extends Error {
  /** @param {string} what @param {unknown} [cause] */
  constructor(what, cause) {
    super(what, cause === undefined ? undefined : { cause });
    this.what = what;
  }
}

/**
 * How something is encrypted.
 * @typedef {object} Scheme
 * @property {Uint8Array<ArrayBuffer>} salt
 * @property {number} iterations
 * @property {string} hash
 * @property {number} bits Of the AES key.
 * @property {Uint8Array<ArrayBuffer>} iv
 */

/**
 * @param {Uint8Array<ArrayBuffer>} algorithm Content of the AlgorithmIdentifier.
 * @returns {Scheme}
 * @throws {UnsupportedEncryption}
 * @throws {RangeError} when it is no such thing.
 */
export function readScheme(algorithm) {
  const [method, parameters] = readElements(algorithm);
  expectOid(method, [PBES2]);
  const [derivation, encryption] = readElements(contentOf(parameters, TAG.sequence));
  const [derivationName, derivationParameters] = readElements(contentOf(derivation, TAG.sequence));
  expectOid(derivationName, [PBKDF2]);
  const [salt, count, ...more] = readElements(contentOf(derivationParameters, TAG.sequence));
  // keyLength, an integer, says nothing that the cipher does not; without a prf it is HMAC-SHA-1.
  const prf = more.find(({ tag }) => tag === TAG.sequence);
  const hash = prf === undefined ? 'SHA-1' : HASHES[expectOid(readElements(prf.value)[0], Object.keys(HASHES))];
  const iterations = integerOf(contentOf(count, TAG.integer));
  if (!(iterations >= 1 && iterations <= MOST_ITERATIONS)) throw new RangeError('the count of iterations is out of bounds');
  const [cipher, iv] = readElements(contentOf(encryption, TAG.sequence));
  const bits = CIPHERS[expectOid(cipher, Object.keys(CIPHERS))];
  return { salt: contentOf(salt, TAG.octets), iterations, hash, bits, iv: contentOf(iv, TAG.octets) };
}

/**
 * @param {Scheme} scheme
 * @param {Uint8Array<ArrayBuffer>} encrypted
 * @param {string} passphrase
 * @returns {Promise<Uint8Array<ArrayBuffer> | undefined>} undefined when the padding is wrong: most likely the passphrase is.
 *   One wrong passphrase in 256 gives bytes of no meaning instead.
 * @throws {UnsupportedEncryption} AES-192, which Chromium has not.
 */
export async function decrypt({ salt, iterations, hash, bits, iv }, encrypted, passphrase) {
  const subtle = webCrypto();
  const base = await subtle.importKey('raw', new TextEncoder().encode(passphrase), 'PBKDF2', false, ['deriveBits']);
  const key = await subtle.deriveBits({ name: 'PBKDF2', salt, iterations, hash }, base, bits);
  let aes;
  try {
    aes = await subtle.importKey('raw', key, 'AES-CBC', false, ['decrypt']);
  } catch (error) {
    throw new UnsupportedEncryption(`AES-${bits}`, error);
  }
  try {
    return new Uint8Array(await subtle.decrypt({ name: 'AES-CBC', iv }, aes, encrypted));
  } catch {
    return undefined;
  }
}

/**
 * @param {import('./der.js').Element | undefined} element @param {number} tag
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function contentOf(element, tag) {
  if (element?.tag !== tag) throw new RangeError('the DER has another structure');
  return element.value;
}

/** @param {import('./der.js').Element | undefined} element @param {readonly string[]} known @returns {string} */
function expectOid(element, known) {
  const oid = oidText(contentOf(element, TAG.oid));
  if (!known.includes(oid)) throw new UnsupportedEncryption(UNSUPPORTED[oid] ?? `the algorithm ${oid}`);
  return oid;
}
