/**
 * The file system as secrets need it, in Node, Deno and Bun. What is not there is undefined, never an error.
 */
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { basename, dirname, resolve as resolvePath } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fs, process } from './builtin.js';

/**
 * @template T
 * @param {() => T} read
 * @returns {T | undefined}
 */
function unlessMissing(read) {
  try {
    return read();
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Makes a path absolute.
 * @param {string} path Relative to the working directory, or with ~/ to the home folder; or a file: URL.
 */
function resolve(path) {
  if (path.startsWith('file:')) return fileURLToPath(path);
  return path === '~' || /^~[/\\]/.test(path) ? resolvePath(home() ?? '~', path.slice(2)) : resolvePath(path);
}

/**
 * The home folder. Deno asks for more rights for the system's word on it than for the variable that everybody sets.
 * @returns {string | undefined} Undefined when nobody may know.
 */
function home() {
  const { env, platform } = process;
  for (const ask of [() => (platform === 'win32' ? env.USERPROFILE : env.HOME), homedir]) {
    try {
      const folder = ask();
      if (folder) return folder;
    } catch {
      // Not permitted.
    }
  }
  return undefined;
}

/** @param {string} path */
const stat = (path) => {
  const stats = unlessMissing(() => fs.statSync(resolve(path)));
  return stats && { directory: stats.isDirectory() };
};

/**
 * A package that can be imported from the project or from Hawser: some native ones end the whole process when they are loaded
 * into a Node.js that they are not for.
 * @param {string} name
 * @returns {{ version: string, engine: string, fits: boolean } | undefined} engine: the versions of Node.js that it is for; fits: whether
 *   this is one of them, as far as can be told.
 */
function installed(name) {
  for (const base of [pathToFileURL(`${resolvePath('.')}/`).href, import.meta.url]) {
    for (const folder of createRequire(base).resolve.paths(name) ?? []) {
      const text = unlessMissing(() => fs.readFileSync(`${folder}/${name}/package.json`, 'utf8'));
      if (text === undefined) continue;
      const { version = '', engines = {} } = JSON.parse(text);
      const engine = String(engines.node ?? '*');
      return { version, engine, fits: engine.split('||').some(admits) };
    }
  }
  return undefined;
}

/** @param {string} range e.g. '>=22', '20.x' or '^18.17.0'. */
function admits(range) {
  const match = /^\s*(>=|\^|~)?\s*v?(\d+)/.exec(range);
  const major = Number(process.versions.node.split('.')[0]);
  return !match || (match[1] === '>=' ? major >= Number(match[2]) : major === Number(match[2]));
}

/** What the other runtimes do not have. */
export const fileSystem = Object.freeze({
  resolve,

  /** What relative module specifiers and URLs are relative to. */
  baseUrl: () => pathToFileURL(`${resolvePath('.')}/`).href,

  /** The files that the default instance reads, the lowest first; each Streamlit file just below its twin. */
  secretsFiles: Object.freeze([
    '~/.streamlit/secrets.toml',
    '~/.hawser/secrets.toml',
    './.streamlit/secrets.toml',
    './.hawser/secrets.toml',
  ]),

  /**
   * @param {string} path
   * @returns {Uint8Array | undefined}
   */
  read: (path) => unlessMissing(() => new Uint8Array(fs.readFileSync(resolve(path)))),

  stat,

  installed,

  /** Files as data, for connections; most programs never need them. */
  localFiles: () => import('./local_files.js'),

  /**
   * The entries of a folder, by name; links count as what they point to, dangling ones not at all.
   * @param {string} path
   * @returns {{ name: string, directory: boolean }[] | undefined} Undefined too for what is no folder.
   */
  list(path) {
    const names = unlessMissing(() => fs.readdirSync(resolve(path)));
    return names?.sort().flatMap((name) => {
      const stats = stat(`${resolve(path)}/${name}`);
      return stats ? [{ name, directory: stats.directory }] : [];
    });
  },

  /**
   * Calls `changed` whenever something may have happened to one of the paths, created, replaced and removed ones
   * included. It may be called several times for one change, and for none. Does not keep the process running.
   * @param {string[]} paths Absolute. For folders their own entries and those of their folders count.
   * @param {() => void} changed
   */
  watch(paths, changed) {
    const watcher = new Watcher(paths, changed);
    return { close: () => watcher.close() };
  },
});

/**
 * Watches the folders around paths: a file that is replaced by a rename is another file, and one that does not exist
 * cannot be watched at all.
 */
class Watcher {
  /**
   * Each folder that is watched, and which names in it matter (undefined: all).
   * @type {Map<string, { watcher: import('node:fs').FSWatcher, inode: number | undefined, names: Set<string> | undefined }>}
   */
  #folders = new Map();
  #closed = false;
  #paths;
  #changed;

  /** @param {string[]} paths @param {() => void} changed */
  constructor(paths, changed) {
    this.#paths = paths;
    this.#changed = changed;
    this.#arm();
  }

  close() {
    this.#closed = true;
    for (const { watcher } of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  /** Watches what has to be watched by now, and no more. */
  #arm() {
    /** @type {Map<string, Set<string> | undefined>} */
    const wanted = new Map();
    for (const [folder, name] of this.#paths.flatMap(foldersOf)) {
      const names = wanted.has(folder) ? wanted.get(folder) : new Set();
      wanted.set(folder, name === undefined ? undefined : names?.add(name));
    }
    for (const [folder, entry] of this.#folders) {
      entry.names = wanted.get(folder);
      // A folder that was removed and made anew is another one.
      if (wanted.has(folder) && entry.inode === inodeOf(folder)) continue;
      entry.watcher.close();
      this.#folders.delete(folder);
    }
    for (const [folder, names] of wanted) {
      if (!this.#folders.has(folder)) this.#open(folder, names);
    }
  }

  /** @param {string} folder @param {Set<string> | undefined} names */
  #open(folder, names) {
    try {
      const watcher = fs.watch(folder, { persistent: false });
      watcher.on('change', (_, name) => this.#event(folder, name === null ? undefined : String(name)));
      watcher.on('error', () => this.#event(folder, undefined));
      this.#folders.set(folder, { watcher, inode: inodeOf(folder), names });
    } catch {
      // It went away in between: an event of the folder around it tells.
    }
  }

  /** @param {string} folder @param {string | undefined} name */
  #event(folder, name) {
    const entry = this.#folders.get(folder);
    if (this.#closed || !entry) return;
    // Kubernetes swaps the link ..data, beside which nothing else changes. An event about the folder itself means that it
    // is gone or another one.
    const matters = !entry.names || name === undefined || entry.names.has(name) || name.startsWith('..');
    if (!matters && entry.inode === inodeOf(folder)) return;
    this.#arm();
    this.#changed();
  }
}

/** @param {string} path */
const inodeOf = (path) => unlessMissing(() => fs.statSync(path))?.ino;

/**
 * The folders to watch for a path, each with the name in it that matters (undefined: all).
 * @param {string} path Absolute.
 * @returns {[string, string | undefined][]}
 */
function foldersOf(path) {
  /** @type {[string, string | undefined][]} */
  const folders = [];
  if (stat(path)?.directory) {
    folders.push([path, undefined]);
    for (const name of fs.readdirSync(path)) {
      if (stat(`${path}/${name}`)?.directory) folders.push([`${path}/${name}`, undefined]);
    }
  }
  let name = basename(path);
  let folder = dirname(path);
  while (!stat(folder)?.directory && dirname(folder) !== folder) {
    name = basename(folder);
    folder = dirname(folder);
  }
  folders.push([folder, name]);
  return folders;
}
