/**
 * A folder as a place for files of bytes, in Node, Deno and Bun.
 */
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

/** Tells files that are being written apart: another process may write the same one. */
let lastTemporary = 0;

/**
 * @param {string} path The folder; made when it is first written to.
 */
export function openDirectory(path) {
  const folder = resolve(path);
  /** @param {unknown} error */
  const unlessMissing = (error) => {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    return undefined;
  };
  return {
    /** @param {string} name @returns {Promise<Uint8Array | undefined>} */
    read: (name) => readFile(join(folder, name)).catch(unlessMissing),

    /** The first bytes of a file. @param {string} name @param {number} length @returns {Promise<Uint8Array | undefined>} */
    async head(name, length) {
      const file = await open(join(folder, name)).catch(unlessMissing);
      if (!file) return undefined;
      try {
        const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },

    /** Readers see the old file or the new one, never a part. @param {string} name @param {Uint8Array} bytes */
    async write(name, bytes) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = join(folder, `${name}.${process.pid}-${++lastTemporary}.tmp`);
      try {
        await writeFile(temporary, bytes, { mode: 0o600 });
        await rename(temporary, join(folder, name));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    /**
     * Makes a file that is not there, and only then.
     * @param {string} name @param {Iterable<Uint8Array>} pieces
     */
    async create(name, pieces) {
      const file = await open(join(folder, name), 'wx', 0o600);
      try {
        for (const piece of pieces) for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten;
      } finally {
        await file.close();
      }
    },

    /** @param {string} name */
    remove: (name) => rm(join(folder, name), { force: true }),

    /** @returns {Promise<string[]>} */
    list: async () => (await readdir(folder).catch(unlessMissing)) ?? [],
  };
}
