/**
 * How a page stops a statement that a Worker is busy with, and so hears nothing: by a little file that goes away. A Worker can look
 * at a file at any moment, and needs no shared memory, which only isolated pages have. Where there is shared memory, that is
 * looked at.
 */

/** Milliseconds between two looks at a file at least. A look takes half a millisecond in Chromium, and up to some in Firefox. */
const PAUSE = 25;
/** The part of a Worker's time that looking may take. */
const SHARE = 0.02;

/** Milliseconds after which a flag that is left was forgotten: its page is gone. */
const FORGOTTEN = 24 * 3600_000;

/** @typedef {File | SharedArrayBuffer} Pole What a page sends with a request. */
/** @typedef {{ file: Pole, name?: string }} Flag */

/**
 * For Workers: a function that says whether the flag is gone. It may be called again and again, and looks now and then.
 * @param {Pole} pole
 * @returns {() => boolean}
 */
export function watcherOf(pole) {
  if (!('lastModified' in pole)) {
    const cell = new Int32Array(pole);
    return () => Atomics.load(cell, 0) !== 0;
  }
  const reader = new /** @type {any} */ (globalThis).FileReaderSync();
  let next = performance.now() + PAUSE;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    try {
      reader.readAsArrayBuffer(pole);
    } catch {
      return true;
    }
    const end = performance.now();
    next = end + Math.max(PAUSE, (end - now) / SHARE);
    return false;
  };
}

/**
 * A request as it can be sent to another tab, which cannot share memory.
 * @template {{ flag?: Pole }} R
 * @param {R} request
 * @returns {R}
 */
export function forOthers(request) {
  const { flag } = request;
  return flag && !('lastModified' in flag) ? { ...request, flag: undefined } : request;
}

/** For pages: flags, each for one request at a time. */
export class Flags {
  /** @type {Promise<FileSystemDirectoryHandle> | undefined} */
  #folder;
  /** @type {Flag[]} */
  #free = [];
  #count = 0;
  #name = crypto.randomUUID();

  /**
   * @param {boolean} [own] Whether the request stays in Workers of this page: memory can be shared with no others.
   * @returns {Promise<Flag | undefined>} undefined where there cannot be any.
   */
  async raise(own = false) {
    if (own && globalThis.crossOriginIsolated) return { file: new SharedArrayBuffer(4) };
    const free = this.#free.pop();
    if (free) return free;
    try {
      const folder = await (this.#folder ??= openFolder());
      const name = `${this.#name}-${++this.#count}`;
      const handle = await folder.getFileHandle(name, { create: true });
      // Of a file without bytes nobody notices that it is gone.
      const writer = await handle.createWritable();
      await writer.write('!');
      await writer.close();
      return { name, file: await handle.getFile() };
    } catch {
      this.#folder = undefined;
      return undefined;
    }
  }

  /**
   * Its request has ended.
   * @param {Flag} flag
   */
  keep(flag) {
    if (flag.name !== undefined) this.#free.push(flag);
  }

  /**
   * Its request is to be stopped.
   * @param {Flag} flag Not to be kept.
   */
  async strike({ name, file }) {
    if (name === undefined) return void Atomics.store(new Int32Array(/** @type {SharedArrayBuffer} */ (file)), 0, 1);
    try {
      await (await this.#folder)?.removeEntry(name);
    } catch {
      // The storage was cleared: it is gone.
    }
  }

  /** Removes them all. */
  async close() {
    await Promise.all(this.#free.splice(0).map((flag) => this.strike(flag)));
  }
}

async function openFolder() {
  let folder = await navigator.storage.getDirectory();
  for (const name of ['.hawser', 'flags']) folder = await folder.getDirectoryHandle(name, { create: true });
  void removeForgotten(folder).catch(() => {});
  return folder;
}

/** @param {FileSystemDirectoryHandle} folder */
async function removeForgotten(folder) {
  for await (const [name, handle] of /** @type {any} */ (folder).entries()) {
    const { lastModified } = await handle.getFile();
    if (Date.now() - lastModified > FORGOTTEN) await folder.removeEntry(name);
  }
}
