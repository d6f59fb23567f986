/**
 * Signs requests to Azure Storage with an account key (Shared Key, for the Blob service of version 2015-02-21 or later), by WebCrypto.
 */
import { HawserError } from '../../errors.js';
import { hmac, hmacKey } from './web_crypto.js';

/** Headers whose values are part of what is signed, in this order; between the second and the fourth stands the length of the body. */
const BEFORE_LENGTH = ['content-encoding', 'content-language'];
const AFTER_LENGTH = [
  ...['content-md5', 'content-type', 'date', 'if-modified-since', 'if-match', 'if-none-match', 'if-unmodified-since', 'range'],
];

/** @typedef {{ method: string, url: URL, headers: Headers, body?: unknown }} SignedRequest */

/**
 * The key of an account, ready to sign with.
 * @param {string} key As Azure shows it: base64 of 64 bytes.
 * @returns {Promise<CryptoKey>}
 * @throws {HawserError} ERR_AUTH: it is not base64. The message does not hold it.
 */
export async function importAccountKey(key) {
  const bytes = fromBase64(key.trim());
  if (!bytes?.length) {
    throw new HawserError('ERR_AUTH', 'The account key of Azure Storage is not base64. It ends with "==" and is one line: copy it once more.');
  }
  return hmacKey(bytes);
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer> | undefined} */
function fromBase64(text) {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/**
 * @param {CryptoKey} key Of {@link importAccountKey}.
 * @param {string} text
 * @returns {Promise<string>} Its HMAC-SHA256 in base64.
 */
export const signature = async (key, text) => btoa(String.fromCharCode(...new Uint8Array(await hmac(key, text))));

/**
 * The text that is signed.
 * @param {SignedRequest} request Its headers are those that will be sent, but for the length of the body, which is found out here.
 * @param {string} account
 * @returns {string}
 * @throws {HawserError} ERR_NOT_SUPPORTED: the length of the body is not known before it is sent.
 */
export function stringToSign({ method, url, headers, body }, account) {
  const value = (/** @type {string} */ name) => headers.get(name) ?? '';
  const length = lengthOf(body);
  const lines = [
    method.toUpperCase(),
    ...BEFORE_LENGTH.map(value),
    length === 0 ? '' : String(length),
    // The date that counts is x-ms-date, which a browser lets programs set.
    ...AFTER_LENGTH.map((name) => (name === 'date' && headers.has('x-ms-date') ? '' : value(name))),
  ];
  return `${lines.join('\n')}\n${canonicalHeaders(headers)}${canonicalResource(url, account)}`;
}

/** @param {Headers} headers Iterated in the order of their names, each once, its values joined. */
function canonicalHeaders(headers) {
  let text = '';
  headers.forEach((value, name) => {
    if (name.startsWith('x-ms-')) text += `${name}:${value.trim()}\n`;
  });
  return text;
}

/**
 * The account, the path as it is sent (an emulator's begins with the account once more), and every parameter decoded.
 * @param {URL} url @param {string} account
 */
function canonicalResource(url, account) {
  /** @type {Map<string, string[]>} */
  const parameters = new Map();
  for (const [name, value] of url.searchParams) {
    const lower = name.toLowerCase();
    parameters.set(lower, [...(parameters.get(lower) ?? []), value]);
  }
  const names = [...parameters.keys()].sort();
  const values = (/** @type {string} */ name) => /** @type {string[]} */ (parameters.get(name)).sort().join(',');
  return `/${account}${url.pathname}${names.map((name) => `\n${name}:${values(name)}`).join('')}`;
}

/** @param {unknown} body @returns {number} Bytes. */
function lengthOf(body) {
  if (body === undefined || body === null) return 0;
  if (typeof body === 'string') return new TextEncoder().encode(body).length;
  const { byteLength, size } = /** @type {{ byteLength?: unknown, size?: unknown }} */ (body);
  if (typeof byteLength === 'number') return byteLength;
  if (typeof size === 'number' && 'stream' in /** @type {object} */ (body)) return size;
  throw new HawserError(
    'ERR_NOT_SUPPORTED',
    'A request with a Shared Key signature needs a body whose length is known: text, bytes or a Blob, not a stream or a form.',
  );
}

/**
 * A signer (js/http/signer.js) for an account key, which is a long-lived secret.
 * @param {object} options
 * @param {string} options.account
 * @param {string} options.key In base64.
 * @returns {import('../signer.js').Signer}
 */
export function azureSharedKeySigner({ account, key }) {
  /** @type {Promise<CryptoKey> | undefined} */
  let imported;
  return {
    kind: 'secret',
    async sign(request, { now }) {
      const { headers, body } = request;
      headers.set('x-ms-date', new Date(now).toUTCString());
      // What fetch would add by itself has to be signed.
      if (typeof body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8');
      imported ??= importAccountKey(key);
      headers.set('authorization', `SharedKey ${account}:${await signature(await imported, stringToSign(request, account))}`);
    },
  };
}
