/**
 * Reloads when files change.
 */
import { requireFiles } from './files.js';

/**
 * @param {object} options
 * @param {import('./files.js').FileSystem | undefined} options.files
 * @param {() => string[]} options.paths
 * @param {() => Promise<unknown>} options.reload Must not reject.
 * @param {number} options.settle Milliseconds without another event before reloading: an editor empties a file before it
 *   writes it.
 * @returns {{ close(): void }}
 */
export function startWatching({ files, paths, reload, settle }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let closed = false;
  const watcher = requireFiles(files, 'watch').watch(paths(), () => {
    if (closed) return;
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), settle);
    /** @type {{ unref?: () => void }} */ (/** @type {unknown} */ (timer)).unref?.();
  });
  return {
    close() {
      closed = true;
      clearTimeout(timer);
      watcher.close();
    },
  };
}
