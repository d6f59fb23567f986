/**
 * Files of this machine as data, in Node, Deno and Bun: what js/stores/local.js is made of. Errors are those of the system, with `code`.
 */
import { constants, copyFile, link, lstat, mkdir, open, readdir, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { fileSystem } from './filesystem.js';

/**
 * @typedef {object} FileFacts
 * @property {'file' | 'directory' | 'other'} kind
 * @property {number} size
 * @property {Date} modified
 * @property {string} etag Tells this state of this file from others: which file it is, its size, when it was written.
 */

/** @param {import('node:fs').BigIntStats} stats @returns {FileFacts} */
const factsOf = (stats) => ({
  kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
  size: Number(stats.size),
  modified: stats.mtime,
  etag: `"${[stats.ino, stats.size, stats.mtimeNs].map((value) => value.toString(36)).join('-')}"`,
});

/** Files that are being written; a list of a folder leaves them out. */
const TEMPORARY = /^\.hawser-[\da-f]{16}\.tmp$/;

/** @param {string} folder */
const temporaryIn = (folder) =>
  join(folder, `.hawser-${[...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('')}.tmp`);

/** Whether one path is another one or below it. @param {string} path @param {string} folder Both absolute. */
function isWithin(path, folder) {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path);
}

export const localFiles = Object.freeze({
  /** Signs beside the slash that names of files cannot have, or that mean something else here. */
  reserved: process.platform === 'win32' ? /[\0\\:*?"<>|]/ : /\0/,

  /** @param {string} path As in fileSystem.resolve. */
  absolute: (path) => fileSystem.resolve(path),

  /** @param {string} folder @param {string} path With slashes. */
  join: (folder, path) => resolve(folder, path),

  /** @param {string} path Absolute. */
  url: (path) => pathToFileURL(path).href,

  isWithin,

  /** Where links lead. @param {string} path */
  real: (path) => realpath(path),

  /** @param {string} path @returns {Promise<FileFacts>} */
  stat: async (path) => factsOf(await stat(path, { bigint: true })),

  /**
   * @param {string} folder
   * @returns {Promise<{ name: string, link: boolean }[]>} By name, in the order of UTF-16 units.
   */
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter(({ name }) => !TEMPORARY.test(name))
      .map((entry) => ({ name: entry.name, link: entry.isSymbolicLink() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  /** @param {string} path */
  async open(path) {
    const file = await open(path, 'r');
    return {
      facts: async () => factsOf(await file.stat({ bigint: true })),
      /** @param {Uint8Array} bytes @param {number} position @returns {Promise<number>} How many were read. */
      read: async (bytes, position) => (await file.read(bytes, 0, bytes.length, position)).bytesRead,
      close: () => file.close(),
    };
  },

  /**
   * Begins a new file beside the one that it is going to be.
   * @param {string} path The folders around it are made.
   */
  async create(path) {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const temporary = temporaryIn(folder);
    const mode = await lstat(path).then((stats) => stats.mode & 0o777, () => 0o666);
    const file = await open(temporary, 'wx', mode);
    let closed = false;
    const close = async () => {
      if (!closed) await file.close();
      closed = true;
    };
    return {
      /** @param {Uint8Array} bytes */
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at)).bytesWritten;
      },
      /** Puts it in its place, at once. @param {{ onlyNew: boolean }} how onlyNew: EEXIST when there is something. */
      async finish({ onlyNew }) {
        await file.sync();
        await close();
        if (!onlyNew) return rename(temporary, path);
        try {
          await link(temporary, path);
        } catch (error) {
          if (/** @type {any} */ (error).code === 'EEXIST') throw error;
          await copyFile(temporary, path, constants.COPYFILE_EXCL); // A file system without links.
        }
        await unlink(temporary);
      },
      async abandon() {
        await close().catch(() => {});
        await rm(temporary, { force: true });
      },
    };
  },

  /** @param {string} path */
  remove: (path) => unlink(path),

  basename,
  dirname,
});
