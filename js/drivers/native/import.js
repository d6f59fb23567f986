/**
 * Another content for a database file that is open, by others too: SQLite itself copies it, page by page, in one transaction on
 * the file. Whatever ends the process meanwhile, the file holds the old content or the new one.
 */
import { fileSystem, openDirectory } from '#runtime';
import { HawserError } from '../../errors.js';
import { collect } from '../../sqlite/bytes.js';
import { checkHeader, firstComplaint, headerOf, invalid, pageSizeOf, streamReads } from '../../sqlite/validity.js';
import { alone, partsOf } from './content.js';
import { nativeError } from './errors.js';

/** @typedef {import('./database.js').NativeDatabase} NativeDatabase */
/** @typedef {import('./handle.js').Handle} Handle */

/** SQLITE_BUSY */
const BUSY = 5;

/** How often somebody else may lock the file between the look whether it is locked and the copy. */
const TRIES = 20;

/** What the name of its second file ends with, if there is one. */
const FITTED = '-fitted';

/** A content that was found to be a database, in a file of its own beside the one that it is for. */
export class NewContent {
  #path;
  /** @type {Handle | undefined} */
  #handle;
  #pageSize;

  /** @param {string} path @param {number} pageSize */
  constructor(path, pageSize) {
    this.#path = path;
    this.#pageSize = pageSize;
  }

  /**
   * @param {NativeDatabase} database That it is for.
   * @param {Uint8Array | AsyncIterable<Uint8Array>} bytes
   * @param {AbortSignal} [signal]
   * @returns {Promise<NewContent>} To be ended.
   * @throws {HawserError} ERR_DATABASE_INVALID, ERR_NOT_SUPPORTED
   */
  static async from(database, bytes, signal) {
    const { sibling } = database.handle;
    if (database.readOnly) throw refused('The file was opened for reading only; its content cannot be replaced.');
    if (!sibling) throw refused(`The client "${database.handle.client}" cannot replace the content of a file. node:sqlite, which this runtime may have too, can.`);
    const pieces = await collect(bytes, signal);
    checkHeader(pieces, pieces.reduce((sum, { length }) => sum + length, 0));
    const header = headerOf(pieces);
    const content = new NewContent(`${database.path()}-import-${crypto.randomUUID()}`, pageSizeOf(header));
    try {
      await content.#write(header, pieces);
      content.#check((content.#handle = sibling(content.#path)), database);
      if (content.#parts(database)) content.#fit(Number(settingOf(database, 'page_size')), sibling);
      return content;
    } catch (error) {
      await content.end();
      throw error;
    }
  }

  /** @param {Uint8Array} header @param {readonly Uint8Array[]} pieces */
  async #write(header, pieces) {
    const { folder, name } = partsOf(this.#path);
    let known = header.length;
    const rest = pieces.map((piece) => {
      const from = Math.min(known, piece.length);
      known -= from;
      return piece.subarray(from);
    });
    await (await openDirectory?.(folder))?.create(name, [alone(header), ...rest]);
  }

  /** @param {Handle} handle @param {NativeDatabase} database */
  #check(handle, database) {
    const complaint = firstComplaint(() => ask(handle, 'pragma integrity_check').map(([text]) => String(text)));
    if (complaint !== undefined) throw invalid(`The database is damaged: ${complaint}`);
    const encodings = [ask(handle, 'pragma encoding'), database.once('pragma encoding')].map((rows) => rows[0]?.[0]);
    if (encodings[0] !== encodings[1]) {
      throw refused(`The texts of the database are in ${encodings[0]}, those of the file in ${encodings[1]}, which those who have it open rely on.`);
    }
  }

  /** Whether the file has to leave the mode WAL meanwhile: its log is for pages of one size. @param {NativeDatabase} database */
  #parts(database) {
    return settingOf(database, 'journal_mode') === 'wal' && settingOf(database, 'page_size') !== String(this.#pageSize);
  }

  /**
   * Makes its pages those of the file, so that others may have it open. Deno allows it only with all permissions, and it cannot be done
   * without the functions and collations that indexes are made of.
   * @param {number} pageSize @param {(path: string) => Handle} sibling
   */
  #fit(pageSize, sibling) {
    const path = this.#path + FITTED;
    const handle = /** @type {Handle} */ (this.#handle);
    try {
      ask(handle, `pragma page_size = ${pageSize}`);
      ask(handle, 'vacuum into ?1', [path]); // Unlike VACUUM it keeps all row ids.
      this.#handle = sibling(path);
      this.#pageSize = pageSize;
      handle.close();
    } catch {
      // Then it has to be the only one.
    }
  }

  /**
   * Makes it what a database holds.
   * @param {NativeDatabase} database It is its user's turn.
   * @param {import('./patience.js').Patience} locks
   * @param {AbortSignal} [signal] Until it begins.
   * @throws {HawserError} ERR_TIMEOUT with SQLITE_BUSY when others have the file; ERR_QUERY
   */
  async moveTo(database, locks, signal) {
    if (database.reading) throw streamReads(BUSY);
    if (settingOf(database, 'locking_mode') === 'exclusive') throw refused('The database has locking_mode=exclusive: nobody else may write to it, import() neither.');
    const parted = this.#parts(database);
    try {
      if (parted) await locks.with(database, { signal }, () => void database.once('pragma journal_mode = delete'));
      await this.#copy(database, locks, signal);
    } finally {
      if (!database.closed) {
        database.contentChanged();
        if (parted) await locks.with(database, {}, () => void database.once('pragma journal_mode = wal'));
      }
    }
  }

  /** @param {NativeDatabase} database @param {import('./patience.js').Patience} locks @param {AbortSignal | undefined} signal */
  async #copy(database, locks, signal) {
    const handle = /** @type {Handle} */ (this.#handle);
    const path = database.path();
    for (let i = 0; ; i++) {
      /** @type {Promise<number> | undefined} */
      let copy;
      // The copy itself knows no patience: that of Deno waits for ever, and stops the program meanwhile. So it begins at once.
      await locks.with(database, { signal }, () => {
        database.once('begin exclusive');
        database.once('rollback');
        copy = handle.backup?.(path);
        copy?.catch(() => {}); // See below.
      });
      try {
        if (await copy) return;
      } catch (cause) {
        const reason = handle.reason(cause);
        // Node.js has another name for it: "not an error".
        if (!reason || ((reason.errno & 0xff) !== BUSY && reason.errno !== 0)) throw nativeError(handle, cause);
      }
      if (i === TRIES) throw lockedAgain();
    }
  }

  /** Gives it up, or what is left of it. */
  async end() {
    this.#handle?.close();
    this.#handle = undefined;
    for (const path of [this.#path, this.#path + FITTED]) {
      const { folder, name } = partsOf(path);
      if (fileSystem?.stat(path)) await (await openDirectory?.(folder))?.remove(name);
    }
  }
}

/** @param {NativeDatabase} database @param {string} name */
const settingOf = (database, name) => String(database.once(`pragma ${name}`)[0]?.[0]);

/** @param {Handle} handle @param {string} sql @param {readonly import('./handle.js').Cell[]} values */
function ask(handle, sql, values = []) {
  try {
    const statement = handle.prepare(sql, values.map((_, i) => `?${i + 1}`));
    try {
      if (statement.width) return statement.all(values);
      statement.run(values);
      return [];
    } finally {
      statement.finalize();
    }
  } catch (error) {
    throw nativeError(handle, error);
  }
}

/** @param {string} message */
const refused = (message) => new HawserError('ERR_NOT_SUPPORTED', message, { phase: 'import' });

const lockedAgain = () =>
  new HawserError('ERR_TIMEOUT', 'Others have locked the database file again and again (SQLITE_BUSY).', { phase: 'import', sqliteCode: 'SQLITE_BUSY', errno: BUSY });
