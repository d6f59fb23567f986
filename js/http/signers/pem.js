/**
 * RSA private keys as files hold them, made into what WebCrypto imports: unencrypted PKCS#8 in DER.
 *
 * Read are PKCS#8 ("BEGIN PRIVATE KEY"), encrypted PKCS#8 with AES ("BEGIN ENCRYPTED PRIVATE KEY"), and PKCS#1
 * ("BEGIN RSA PRIVATE KEY"); with real line ends, with `\n` in two characters as environment variables hold them, on one
 * line, or the Base64 body alone. No error shows anything of a key or a passphrase.
 */
import { HawserError } from '../../errors.js';
import { TAG, oidText, readElement, readElements, writeElement } from './der.js';
import { UnsupportedEncryption, contentOf, decrypt, readScheme } from './pbes2.js';

const RSA = '1.2.840.113549.1.1.1';
const VERSION_0 = new Uint8Array([TAG.integer, 1, 0]);
/** AlgorithmIdentifier { rsaEncryption, NULL } */
const RSA_ALGORITHM = new Uint8Array([0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00]);

const CONVERT = 'openssl pkcs8 -topk8 -v2 aes-256-cbc -in old.pem -out new.pem';
const CONVERT_PLAIN = 'openssl pkcs8 -topk8 -nocrypt -in old.pem -out new.pem';

/** What other labels mean, and what to do about them. @type {Readonly<Record<string, string>>} */
const OTHERS = {
  'PUBLIC KEY': 'it is a public key; the private one is needed',
  'RSA PUBLIC KEY': 'it is a public key; the private one is needed',
  CERTIFICATE: 'it is a certificate; the private key is needed',
  'CERTIFICATE REQUEST': 'it is a certificate request; the private key is needed',
  'EC PRIVATE KEY': 'it is a key of an elliptic curve; an RSA key is needed',
  'DSA PRIVATE KEY': 'it is a DSA key; an RSA key is needed',
  'OPENSSH PRIVATE KEY': 'it is in the format of OpenSSH; convert it: ssh-keygen -p -m PKCS8 -f old.pem',
};

/**
 * @param {string} text
 * @param {{ passphrase?: string, option?: string }} [options] option: how the errors call the key, default `private_key`.
 * @returns {Promise<Uint8Array<ArrayBuffer>>} DER of an unencrypted PKCS#8 key for RSA.
 * @throws {HawserError} ERR_AUTH
 */
export async function readPrivateKey(text, { passphrase, option = 'private_key' } = {}) {
  const fail = (/** @type {string} */ why, /** @type {unknown} */ cause) =>
    new HawserError('ERR_AUTH', `${option} cannot be used: ${why}.`, { phase: 'sign', cause });
  if (typeof text !== 'string' || text.trim() === '') throw fail('it is empty; it must be a private key in PEM', undefined);
  try {
    const { label, headers, der } = unarmour(text, fail);
    if (/4,ENCRYPTED/.test(headers)) {
      throw fail(`it is encrypted in the traditional way, which needs MD5 and WebCrypto has not; convert it: ${CONVERT}`, undefined);
    }
    if (label === 'RSA PRIVATE KEY') return fromPkcs1(der);
    if (label === 'ENCRYPTED PRIVATE KEY') return await unlocked(der, passphrase, option, fail);
    if (label !== undefined) return checkedRsa(der, fail);
    return await bySight(der, passphrase, option, fail);
  } catch (error) {
    if (error instanceof HawserError) throw error;
    if (error instanceof UnsupportedEncryption) {
      throw fail(`it is encrypted with ${error.what}, which WebCrypto has not; convert it: ${CONVERT}`, undefined);
    }
    const why = error instanceof RangeError ? error.message : 'it is damaged';
    throw fail(`${why}; copy the whole file again, from -----BEGIN to END …-----`, undefined);
  }
}

/** @typedef {(why: string, cause: unknown) => HawserError} Fail */

/**
 * The first private key of a text.
 * @param {string} given @param {Fail} fail
 * @returns {{ label: string | undefined, headers: string, der: Uint8Array<ArrayBuffer> }} label: undefined without armour.
 */
function unarmour(given, fail) {
  const text = given.replace(/\\r|\r/g, '').replace(/\\n/g, '\n').trim().replace(/^(["'])([\s\S]*)\1$/, '$2');
  /** @type {string | undefined} */
  let other;
  for (const [, label, body] of text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)) {
    if (/^((ENCRYPTED|RSA) )?PRIVATE KEY$/.test(label)) {
      const headers = /^\s*(?:[A-Za-z-]+: [^\n]*\n(?:[ \t][^\n]*\n)*)+/.exec(body)?.[0] ?? '';
      return { label, headers, der: fromBase64(body.slice(headers.length)) };
    }
    other ??= label;
  }
  if (other !== undefined) throw fail(OTHERS[other] ?? `it holds "${other}"; a private key is needed`, undefined);
  if (text.includes('-----BEGIN')) throw new RangeError('the last line, -----END …-----, is missing or another one');
  return { label: undefined, headers: '', der: fromBase64(text) };
}

/**
 * What came without armour, by its structure.
 * @param {Uint8Array<ArrayBuffer>} der @param {string | undefined} passphrase @param {string} option @param {Fail} fail
 */
async function bySight(der, passphrase, option, fail) {
  const [first, second] = readElements(contentOf(readElement(der), TAG.sequence));
  if (first?.tag === TAG.sequence) return unlocked(der, passphrase, option, fail);
  return second?.tag === TAG.sequence ? checkedRsa(der, fail) : fromPkcs1(der);
}

/** @param {Uint8Array<ArrayBuffer>} der Of RSAPrivateKey. */
function fromPkcs1(der) {
  const parts = readElements(contentOf(readElement(der), TAG.sequence));
  if (parts.length < 9 || parts.some(({ tag }) => tag !== TAG.integer)) throw new RangeError('the DER has another structure');
  return writeElement(TAG.sequence, VERSION_0, RSA_ALGORITHM, writeElement(TAG.octets, der));
}

/**
 * @param {Uint8Array<ArrayBuffer>} der Of EncryptedPrivateKeyInfo.
 * @param {string | undefined} passphrase @param {string} option @param {Fail} fail
 */
async function unlocked(der, passphrase, option, fail) {
  const [algorithm, content] = readElements(contentOf(readElement(der), TAG.sequence));
  const scheme = readScheme(contentOf(algorithm, TAG.sequence));
  if (passphrase === undefined || passphrase === '') {
    throw fail(`it is encrypted; give its passphrase as ${option}_passphrase, or decrypt it: ${CONVERT_PLAIN}`, undefined);
  }
  const plain = await decrypt(scheme, contentOf(content, TAG.octets), passphrase);
  if (plain === undefined || !looksLikePkcs8(plain)) {
    throw fail(`its passphrase (${option}_passphrase) is not the one that it was encrypted with`, undefined);
  }
  return checkedRsa(plain, fail);
}

/** @param {Uint8Array<ArrayBuffer>} der */
function looksLikePkcs8(der) {
  try {
    const [version, algorithm, key] = readElements(contentOf(readElement(der), TAG.sequence));
    return version?.tag === TAG.integer && algorithm?.tag === TAG.sequence && key?.tag === TAG.octets;
  } catch {
    return false;
  }
}

/** @param {Uint8Array<ArrayBuffer>} der Of PrivateKeyInfo. @param {Fail} fail */
function checkedRsa(der, fail) {
  if (!looksLikePkcs8(der)) throw new RangeError('the DER has another structure');
  const [, algorithm] = readElements(readElement(der).value);
  const oid = oidText(contentOf(readElements(algorithm.value)[0], TAG.oid));
  if (oid !== RSA) throw fail(`it is a key of another kind (${oid}); an RSA key is needed`, undefined);
  return der;
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64(text) {
  const clean = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(clean)) throw new RangeError('its body is not Base64');
  return Uint8Array.from(atob(clean), (character) => character.charCodeAt(0));
}
