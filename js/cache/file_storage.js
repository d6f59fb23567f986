/**
 * Results as files: in the origin private file system, or in what js/runtime/directory.js opens. What has expired is cleaned up once,
 * when first written to: its frames say when (frame.js).
 */
import { EXPIRES_AT } from './frame_head.js';

/** @typedef {import('./storages.js').ByteStorage} ByteStorage */

/** What the cache writes; other files in the same place are left alone. */
const OURS = /^hawser[0-9a-f]{64}$/;
const HEAD_BYTES = EXPIRES_AT + 8;

/** @param {Uint8Array | undefined} head Of a frame. @param {number} now */
function isExpired(head, now) {
  if (!head || head.length < HEAD_BYTES) return false;
  return new DataView(head.buffer, head.byteOffset).getFloat64(EXPIRES_AT, true) <= now;
}

/**
 * @typedef {object} Files
 * @property {(name: string, length: number) => Promise<Uint8Array | undefined>} head
 * @property {(name: string) => Promise<Uint8Array | undefined>} read
 * @property {(name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<void>} write
 * @property {(name: string) => Promise<void>} remove
 * @property {() => Promise<string[]>} list
 */

/** Whether a file or its folder is not there. @param {any} error */
const isMissing = (error) => error?.name === 'NotFoundError' || error?.code === 'ENOENT';

/**
 * The files of a folder of the origin private file system.
 * @param {string} directory
 * @returns {Promise<Files>}
 */
export async function openOpfs(directory) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(directory, { create: true });
  /** @param {unknown} error */
  const unlessMissing = (error) => {
    if (!isMissing(error)) throw error;
    return undefined;
  };
  /** @param {string} name @param {number} [length] */
  const head = async (name, length) => {
    const file = await (await folder.getFileHandle(name).catch(unlessMissing))?.getFile();
    return file && new Uint8Array(await file.slice(0, length).arrayBuffer());
  };
  return {
    head,
    read: (name) => head(name),
    async write(name, bytes) {
      const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
      try {
        await writable.write(bytes);
        await writable.close(); // Only now it takes the place of what was there.
      } catch (error) {
        await writable.abort().catch(() => {}); // Nothing of it is to stay behind.
        throw error;
      }
    },
    remove: async (name) => void (await folder.removeEntry(name).catch(unlessMissing)),
    async list() {
      /** @type {string[]} */
      const names = [];
      for await (const name of /** @type {any} */ (folder).keys()) names.push(name);
      return names;
    },
  };
}

/**
 * @param {() => Promise<Files>} openFiles
 * @returns {ByteStorage}
 */
export function fileStorage(openFiles) {
  /** @type {Promise<Files> | undefined} */
  let opened;
  const open = () => (opened ??= openFiles());
  /** @type {Promise<void> | undefined} */
  let cleaned;
  const clean = async () => {
    const files = await open();
    const now = Date.now();
    for (const name of await files.list()) {
      if (OURS.test(name) && isExpired(await files.head(name, HEAD_BYTES), now)) await files.remove(name);
    }
  };
  return {
    getItemRaw: async (name) => (await open()).read(name),
    async setItemRaw(name, bytes) {
      try {
        await (await open()).write(name, bytes);
      } catch (error) {
        if (!isMissing(error)) throw error;
        opened = undefined; // Somebody has removed the folder.
        await (await open()).write(name, bytes);
      }
      cleaned ??= clean().catch(() => {}); // Tidying up is not worth an error.
    },
    removeItem: async (name) => (await open()).remove(name),
  };
}
