/**
 * Frames: how a result stands in a storage. Everything that is needed to trust it stands in it: version, times, the full
 * key, tags, and a checksum over all of that. Whatever does not add up is a miss.
 *
 *   4 bytes   'HWSF'
 *   1 byte    version, 1
 *   float64   expires: milliseconds after which nobody can use it; at a fixed place, for those who clean up
 *   float64   begun: when its load began
 *   float64   stored
 *   float64×3 ttl, staleWhileRevalidate, staleIfError in milliseconds, from `stored` on
 *   text      the full key
 *   count     number of tags, then each as text
 *   value     the payload, see codec.js
 *   16 bytes  the first half of the SHA-256 of all bytes before
 *
 * Numbers are little-endian; `count` and `text` as in bytes.js.
 */
import { ByteReader, ByteWriter, MalformedError } from './bytes.js';
import { readValue, writeValue } from './codec.js';
import { expiryOf } from './frames.js';

/**
 * @typedef {object} Frame
 * @property {string} key
 * @property {number} begun
 * @property {number} stored
 * @property {number} ttl
 * @property {number} staleWhileRevalidate
 * @property {number} staleIfError
 * @property {number} [hold] How long after ttl it stays, at least for a load to see. Nothing but `expires` says so.
 * @property {readonly string[]} tags
 * @property {unknown} value
 */

const MAGIC = Uint8Array.of(0x48, 0x57, 0x53, 0x46);
const VERSION = 1;
const CHECKSUM_BYTES = 16;

/**
 * @param {Frame} frame
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {import('../errors.js').HawserError} ERR_NOT_SUPPORTED when the value cannot be stored.
 */
export async function encodeFrame(frame) {
  const out = new ByteWriter();
  out.bytes(MAGIC);
  out.byte(VERSION);
  for (const time of [expiryOf(frame), frame.begun, frame.stored, frame.ttl, frame.staleWhileRevalidate, frame.staleIfError]) {
    out.float(time);
  }
  out.text(frame.key);
  out.count(frame.tags.length);
  for (const tag of frame.tags) out.text(tag);
  writeValue(out, frame.value);
  const body = out.finish();
  const bytes = new Uint8Array(body.length + CHECKSUM_BYTES);
  bytes.set(body);
  bytes.set(await checksum(body), body.length);
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @param {string} key What is looked for.
 * @returns {Promise<Frame | undefined>} Undefined when it is damaged, of another version, or of another key.
 */
export async function decodeFrame(bytes, key) {
  const end = bytes.length - CHECKSUM_BYTES;
  if (end < MAGIC.length + 1 || MAGIC.some((byte, i) => bytes[i] !== byte) || bytes[MAGIC.length] !== VERSION) return undefined;
  const body = bytes.slice(0, end);
  const sum = await checksum(body);
  if (sum.some((byte, i) => bytes[end + i] !== byte)) return undefined;
  try {
    return readFrame(new ByteReader(body), key);
  } catch (error) {
    if (error instanceof MalformedError) return undefined;
    throw error;
  }
}

/**
 * @param {ByteReader} input
 * @param {string} key
 * @returns {Frame | undefined}
 */
function readFrame(input, key) {
  input.bytes(MAGIC.length + 1);
  const expires = input.float();
  const [begun, stored, ttl, staleWhileRevalidate, staleIfError] = [1, 2, 3, 4, 5].map(() => input.float());
  if (![begun, stored].every(Number.isFinite)) return undefined;
  if (![ttl, staleWhileRevalidate, staleIfError].every((span) => span >= 0)) return undefined;
  if (input.text() !== key) return undefined;
  /** @type {string[]} */
  const tags = [];
  for (let left = input.count(); left > 0; left--) tags.push(input.text());
  const value = readValue(input);
  if (input.left > 0) return undefined;
  const hold = expires - stored - ttl; // NaN: it never expires.
  const held = hold > Math.max(staleWhileRevalidate, staleIfError) ? { hold } : {};
  return { key, begun, stored, ttl, staleWhileRevalidate, staleIfError, ...held, tags, value };
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function checksum(bytes) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).subarray(0, CHECKSUM_BYTES);
}

/**
 * The name of a key in a storage: letters and digits only, because storages fold or cut everything else.
 * @param {string} key
 * @returns {Promise<string>}
 */
export async function nameOf(key) {
  const out = new ByteWriter();
  out.text(key);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', out.finish()));
  return `hawser${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
