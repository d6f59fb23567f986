/**
 * One instance of the official sqlite3.wasm with the row packer and the row binder beside it in the same memory.
 *
 * For databases in memory the official JavaScript is not used: it compiles WebAssembly at run time, which workerd and strict
 * hosts forbid, and costs 67 KB; see host.js for what replaces it. For files in browsers see worker/official.js.
 */
import { loadModule } from '../preload.js';
import { HawserError } from '../errors.js';
import { createHost } from './host.js';
import { valueSize } from './layout.js';

/**
 * The exports that are used here and in the neighbouring files. Pointers and lengths are unsigned 32-bit integers.
 * @typedef {Record<string, (...args: any[]) => any>} Exports
 */

const encoder = new TextEncoder();
// Keeps a leading U+FEFF, which is part of the text here.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @type {Promise<Engine> | undefined} */
let shared;

/** @typedef {{ sqlite: WebAssembly.Module, packer: WebAssembly.Module, binder: WebAssembly.Module }} Modules */
/** An instance of sqlite3.wasm that has been initialized. @typedef {{ memory: WebAssembly.Memory, exports: Exports }} Sqlite */

/**
 * The engine that all in-memory databases of this module graph share, loaded at the first call.
 * @returns {Promise<Engine>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export function loadEngine() {
  if (shared) return shared;
  const engine = loadModules().then((modules) => createEngine(modules, forget));
  function forget() {
    if (shared === engine) shared = undefined;
  }
  engine.catch(forget);
  return (shared = engine);
}

/** Bytes of memory that an engine keeps that nobody uses: memory of WebAssembly never shrinks. */
const KEPT_MEMORY = 64 * 1024 * 1024;

/**
 * The same for a client, which is going to have a database there until {@link leaveEngine}.
 * @returns {Promise<Engine>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function useEngine() {
  let engine = await loadEngine();
  while (engine.retired) engine = await loadEngine(); // Meanwhile.
  engine.users++;
  return engine;
}

/**
 * Says that a client has closed its database. An engine that was the last one's and has become large is not used again.
 * @param {Engine} engine
 */
export function leaveEngine(engine) {
  if (--engine.users === 0 && engine.memory.buffer.byteLength > KEPT_MEMORY) engine.retire();
}

/**
 * An engine for databases in memory.
 * @param {Modules} modules
 * @param {() => void} onGivenUp Called when nobody new should be given it.
 */
export function createEngine({ sqlite, packer, binder }, onGivenUp) {
  /** @type {Engine | undefined} */
  let engine;
  const { memory, imports } = createHost(sqlite, () => engine?.refresh());
  const exports = /** @type {Exports} */ (new WebAssembly.Instance(sqlite, imports).exports);
  exports.__wasm_call_ctors();
  exports.sqlite3_initialize();
  engine = new Engine({ memory, exports }, packer, binder, onGivenUp);
  return engine;
}

/**
 * The three modules that an engine is made of, compiled.
 * @returns {Promise<Modules>}
 * @throws {HawserError} ERR_WASM_LOAD
 */
export async function loadModules() {
  const files = /** @type {const} */ (['sqlite3', 'row_packer', 'row_binder']);
  const [sqlite, packer, binder] = await Promise.all(files.map(loadModule));
  return { sqlite, packer, binder };
}

export class Engine {
  /** False after a trap: nothing in this instance may be used again. */
  alive = true;
  /** Clients that have a database in it, of those that came by {@link useEngine}. */
  users = 0;
  /** Whether it was given up when the last database in it was closed. */
  retired = false;
  // Views of the memory. They change when it grows, so read them anew after every call into wasm.
  u8 = new Uint8Array();
  u32 = new Uint32Array();
  f64 = new Float64Array();
  i64 = new BigInt64Array();
  /** For functions that SQLite calls; there once loadCallbacks() was asked for them. @type {import('./callbacks.js').Callbacks | undefined} */
  callbacks;
  #onGivenUp;

  /**
   * @param {Sqlite} sqlite
   * @param {WebAssembly.Module} packer
   * @param {WebAssembly.Module} binder
   * @param {() => void} onGivenUp Called when nobody new should be given this instance.
   */
  constructor({ memory, exports }, packer, binder, onGivenUp) {
    this.memory = memory;
    this.#onGivenUp = onGivenUp;
    this.refresh();
    /** @type {Exports} SQLite's C API. */
    this.c = exports;
    const env = { env: { ...exports, memory } };
    /** @type {Exports} */
    this.packer = /** @type {any} */ (new WebAssembly.Instance(packer, env).exports);
    /** @type {Exports} */
    this.binder = /** @type {any} */ (new WebAssembly.Instance(binder, env).exports);
    /** Room for one result: a pointer or an int. */
    this.out = this.allocate(16);
    /** Distance between SQLite's values in a result row for the row packer; 0: through the API. */
    this.valueSize = valueSize(this);
  }

  /** Gives it up, with its memory, which closed databases may refer to for long. No database may be open in it. */
  retire() {
    this.retired = true;
    this.#onGivenUp();
    this.memory = new WebAssembly.Memory({ initial: 0 });
    this.refresh();
    this.c = this.packer = this.binder = {};
    this.callbacks = undefined;
  }

  /** Makes the views anew. Whoever lets the memory grow must call it. */
  refresh() {
    const { buffer } = this.memory;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i64 = new BigInt64Array(buffer);
  }

  /**
   * Allocates bytes in SQLite's memory, aligned to 8.
   * @param {number} bytes
   * @returns {number} pointer
   * @throws {HawserError} ERR_QUERY with SQLITE_NOMEM
   */
  allocate(bytes) {
    const pointer = bytes <= 0x7fffff00 ? this.c.sqlite3_malloc(bytes) >>> 0 : 0;
    if (pointer) return pointer;
    throw new HawserError('ERR_QUERY', `SQLite could not allocate ${bytes} bytes.`, { sqliteCode: 'SQLITE_NOMEM', errno: 7 });
  }

  /** @param {number} pointer */
  free(pointer) {
    this.c.sqlite3_free(pointer);
  }

  /**
   * A zero-terminated UTF-8 copy of `text`. The caller frees it.
   * @param {string} text
   * @returns {{ pointer: number, bytes: number }} bytes without the terminator
   */
  allocateText(text) {
    const bytes = encoder.encode(text);
    const pointer = this.allocate(bytes.length + 1);
    this.u8.set(bytes, pointer);
    this.u8[pointer + bytes.length] = 0;
    return { pointer, bytes: bytes.length };
  }

  /**
   * The zero-terminated UTF-8 text at `pointer`; '' for a null pointer.
   * @param {number} pointer
   */
  readText(pointer) {
    pointer >>>= 0;
    if (!pointer) return '';
    return decoder.decode(this.u8.subarray(pointer, this.u8.indexOf(0, pointer)));
  }

  /**
   * Runs `use`; a trap in it gives this engine up.
   * @template T
   * @param {() => T} use
   * @returns {T}
   * @throws {HawserError} ERR_CORE_CRASHED
   */
  guard(use) {
    try {
      return use();
    } catch (error) {
      throw this.trapped(error);
    }
  }

  /**
   * What to throw for an error that came out of a call into wasm.
   * @param {unknown} error
   */
  trapped(error) {
    if (error instanceof HawserError || !isTrap(error)) return error;
    if (this.alive) {
      this.alive = false;
      this.#onGivenUp();
    }
    return this.crashed(error);
  }

  /**
   * What to throw for a call on an engine that was given up.
   * @param {unknown} [cause]
   */
  crashed(cause) {
    return new HawserError('ERR_CORE_CRASHED', 'SQLite trapped and was given up together with its databases in memory. Open the connection again.', {
      phase: 'query', cause,
    });
  }
}

/**
 * By name: the error may come from another realm.
 * @param {any} error
 */
const isTrap = (error) => error?.name === 'RuntimeError' || (/^(Range|Internal)Error$/.test(error?.name) && /call stack|recursion/i.test(error.message));
