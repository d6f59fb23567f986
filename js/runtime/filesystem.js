/**
 * The file system as secrets need it, in Node, Deno and Bun.
 */
import { readFileSync } from 'node:fs';

/** What the other runtimes do not have. */
export const fileSystem = Object.freeze({
  /**
   * @param {string} path
   * @returns {string | undefined} Undefined when there is no such file.
   * @throws {Error} Whatever else keeps it from being read.
   */
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      const { code } = /** @type {NodeJS.ErrnoException} */ (error);
      if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
      throw error;
    }
  },
});
