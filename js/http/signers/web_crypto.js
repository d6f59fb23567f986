/**
 * What signers use of WebCrypto.
 */
import { HawserError } from '../../errors.js';

/** @throws {HawserError} ERR_NOT_SUPPORTED */
export function webCrypto() {
  const { subtle } = globalThis.crypto ?? {};
  if (subtle) return subtle;
  throw new HawserError('ERR_NOT_SUPPORTED', 'Signing needs WebCrypto, which a page has only when it comes from https: or localhost.', { phase: 'sign' });
}

/** @param {BufferSource} key For {@link hmac}. */
export const hmacKey = (key) => webCrypto().importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

/** HMAC-SHA256. @param {CryptoKey} key @param {string} text */
export const hmac = (key, text) => webCrypto().sign('HMAC', key, new TextEncoder().encode(text));

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes @returns {string} Two digits each. */
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
