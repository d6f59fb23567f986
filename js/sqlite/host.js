/**
 * What sqlite3.wasm asks of its host, for databases in memory: time, randomness and growth of its memory. There is no
 * file system: every file operation fails with ENOENT or ENOSYS, which SQLite reports as "unable to open database file".
 */

// WASI and Linux errno values, as Emscripten's libc expects them.
const ENOENT = 44;
const ENOSYS = 52;
const EBADF = 8;

/** The descriptor that opening /dev/urandom gives; SQLite seeds random() from it. */
const RANDOM_FD = 77;

const PAGE = 65536;
/** The official build's limit: 2 GiB. */
const MAX_PAGES = 32768;
/** The official build's start: 8 MiB. */
const INITIAL_PAGES = 128;

/**
 * The imports of an official sqlite3.wasm, and the memory among them.
 * @param {WebAssembly.Module} module
 * @param {() => void} onGrow Called after the memory has grown; views into its old buffer are dead then.
 * @returns {{ memory: WebAssembly.Memory, imports: WebAssembly.Imports }}
 */
export function createHost(module, onGrow) {
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAX_PAGES });
  const view = () => new DataView(memory.buffer);

  /** @type {Record<string, Record<string, WebAssembly.ImportValue>>} */
  const imports = { env: {}, wasi_snapshot_preview1: {} };
  for (const { module: space, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === 'function') (imports[space] ??= {})[name] = () => (space === 'env' ? -ENOSYS : ENOSYS);
  }

  /** @param {number} pointer */
  const readPath = (pointer) => {
    const bytes = new Uint8Array(memory.buffer);
    let text = '';
    for (let at = pointer; bytes[at]; at++) text += String.fromCharCode(bytes[at]);
    return text;
  };

  Object.assign(imports.env, {
    memory,
    /** @param {number} bytes The size that is needed. */
    emscripten_resize_heap(bytes) {
      const needed = Math.ceil((bytes >>> 0) / PAGE) - memory.buffer.byteLength / PAGE;
      // A quarter more than there is, so that growing costs O(1) per byte; just what is needed where that fails.
      for (const pages of [Math.max(needed, memory.buffer.byteLength / PAGE / 4), needed]) {
        try {
          memory.grow(pages);
          onGrow();
          return 1;
        } catch {
          // Tries less.
        }
      }
      return 0;
    },
    emscripten_get_heap_max: () => MAX_PAGES * PAGE,
    emscripten_get_now: () => performance.now(),
    emscripten_date_now: () => Date.now(),
    /** @param {number} _folder @param {number} path */
    __syscall_openat: (_folder, path) => (readPath(path) === '/dev/urandom' ? RANDOM_FD : -ENOENT),
    /** @param {number} buffer @param {number} size */
    __syscall_getcwd(buffer, size) {
      if (size < 2) return -ENOSYS;
      new Uint8Array(memory.buffer).set([47, 0], buffer); // "/"
      return 2;
    },
    _tzset_js() {},
    /**
     * localtime_r for SQLite's 'localtime' modifier.
     * @param {bigint} seconds since 1970 @param {number} tm struct tm of nine ints, then tm_gmtoff
     */
    _localtime_js(seconds, tm) {
      const at = new Date(Number(seconds) * 1000);
      const newYear = new Date(at.getFullYear(), 0, 1);
      const yearDay = Math.round(
        (Date.UTC(at.getFullYear(), at.getMonth(), at.getDate()) - Date.UTC(at.getFullYear(), 0, 1)) / 86400000,
      );
      const winter = Math.max(newYear.getTimezoneOffset(), new Date(at.getFullYear(), 6, 1).getTimezoneOffset());
      const fields = [
        at.getSeconds(), at.getMinutes(), at.getHours(), at.getDate(), at.getMonth(), at.getFullYear() - 1900,
        at.getDay(), yearDay, at.getTimezoneOffset() < winter ? 1 : 0, -at.getTimezoneOffset() * 60,
      ];
      new Int32Array(memory.buffer, tm, fields.length).set(fields);
    },
  });

  Object.assign(imports.wasi_snapshot_preview1, {
    /** @param {number} count @param {number} size */
    environ_sizes_get(count, size) {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    environ_get: () => 0,
    /** @param {number} _clock @param {bigint} _precision @param {number} out nanoseconds */
    clock_time_get(_clock, _precision, out) {
      view().setBigInt64(out, BigInt(Date.now()) * 1000000n, true);
      return 0;
    },
    /** @param {number} fd @param {number} vectors @param {number} count @param {number} out */
    fd_read(fd, vectors, count, out) {
      if (fd !== RANDOM_FD) return EBADF;
      let total = 0;
      for (let i = 0; i < count; i++) {
        const pointer = view().getUint32(vectors + 8 * i, true);
        const length = view().getUint32(vectors + 8 * i + 4, true);
        crypto.getRandomValues(new Uint8Array(memory.buffer, pointer, length));
        total += length;
      }
      view().setUint32(out, total, true);
      return 0;
    },
    fd_close: () => 0,
  });
  return { memory, imports };
}
