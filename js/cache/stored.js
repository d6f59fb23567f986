/**
 * What is done to a storage: results and notes of invalidation as frames under their names.
 */
import { decodeFrame, encodeFrame, nameOf } from './frame.js';
import { expiryOf } from './frames.js';

/** @typedef {import('./frame.js').Frame} Frame */

/**
 * How a storage is used.
 * @typedef {object} Use
 * @property {import('./storage.js').ResultStorage} storage
 * @property {{ now(): number }} clock
 * @property {boolean} ordered Whether an operation on a name waits for those before.
 */

/**
 * The result of a key, unless it has expired or was invalidated since its load began.
 * @param {Use} use
 * @param {string} key In full.
 * @param {(tags: readonly string[]) => string[]} notesOf The keys of the notes that concern it.
 * @returns {Promise<Frame | undefined>}
 */
export async function readResult({ storage, clock, ordered }, key, notesOf) {
  const now = clock.now();
  const bytes = await storage.get(await nameOf(key), now, ordered);
  if (!bytes) return undefined;
  const frame = await decodeFrame(bytes, key);
  if (!frame || !(now < expiryOf(frame))) return undefined;
  const noted = async (/** @type {string} */ note) => {
    const here = storage.invalidatedAt(note);
    const stored = await storage.get(await nameOf(note), now, ordered);
    const read = stored && (await decodeFrame(stored, note));
    return read ? Math.max(here, read.stored) : here;
  };
  const times = await Promise.all(notesOf(frame.tags).map(noted));
  return [...times, storage.invalidatedAt(key)].some((time) => time >= frame.begun) ? undefined : frame;
}

/**
 * Stores a result, unless it was invalidated meanwhile.
 * @param {Use} use @param {Frame} frame With its key in full.
 */
export async function writeResult({ storage, clock, ordered }, frame) {
  const bytes = await encodeFrame(frame);
  const name = await nameOf(frame.key);
  await storage.set(name, bytes, expiryOf(frame) - frame.stored, clock.now(), ordered);
  if (storage.invalidatedAt(frame.key) >= frame.begun) await storage.remove(name, clock.now(), ordered);
}

/** @param {Use} use @param {string} key In full. */
export async function removeResult({ storage, clock, ordered }, key) {
  await storage.remove(await nameOf(key), clock.now(), ordered);
}

/** @param {Use} use @param {string} key Of the note. @param {number} now */
export async function writeNote({ storage, ordered }, key, now) {
  const note = await encodeFrame({
    key, begun: now, stored: now, ttl: Infinity, staleWhileRevalidate: 0, staleIfError: 0, tags: [], value: undefined,
  });
  await storage.set(await nameOf(key), note, Infinity, now, ordered);
}
