/**
 * Reloads when files change.
 */
/**
 * @param {object} options
 * @param {import('./files.js').FileSystem} options.files
 * @param {() => string[]} options.paths
 * @param {() => Promise<unknown>} options.reload Must not reject.
 * @param {number} options.settle Milliseconds without another event before reloading: an editor empties a file before it
 *   writes it.
 * @returns {{ close(): void, refresh(): void }} `refresh`: the paths may have changed.
 */
export function startWatching({ files, paths, reload, settle }) {
  const { watch } = files;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), settle);
    /** @type {{ unref?: () => void }} */ (/** @type {unknown} */ (timer)).unref?.();
  };
  let watched = paths();
  let watcher = watch(watched, changed);
  return {
    refresh() {
      const now = paths();
      if (now.join('\0') === watched.join('\0')) return;
      watcher.close();
      watched = now;
      watcher = watch(watched, changed);
    },
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}
