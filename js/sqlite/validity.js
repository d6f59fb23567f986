/**
 * Whether bytes are a database file (https://sqlite.org/fileformat2.html), and a whole one.
 */
import { HawserError } from '../errors.js';

const MAGIC = 'SQLite format 3\0';
const HEADER = 100;

/** What integrity_check finds in databases that are whole: data that constraints made later do not allow. */
const ABOUT_DATA = /^(?:NULL value in|CHECK constraint failed in|non-unique entry in|(?:NUMERIC|TEXT|non-[A-Z]+) value in)/;
/** What makes it impossible to check a database that is whole: functions, collations and modules of the program that made it. */
const ABOUT_PROGRAM = /no such (?:function|collation|module)|unknown function/i;

/**
 * The beginning of a database file.
 * @param {readonly Uint8Array[]} pieces Of the file, in their order.
 * @returns {Uint8Array} 100 bytes, zeros after the last one there is.
 */
export function headerOf(pieces) {
  const header = new Uint8Array(HEADER);
  let known = 0;
  for (const piece of pieces) {
    if (known === HEADER) break;
    const part = piece.subarray(0, HEADER - known);
    header.set(part, known);
    known += part.length;
  }
  return header;
}

/** @param {Uint8Array} header @returns {number} Bytes of a page. */
export function pageSizeOf(header) {
  const size = new DataView(header.buffer, header.byteOffset).getUint16(16);
  return size === 1 ? 65536 : size;
}

/**
 * Looks at what can be seen without SQLite.
 * @param {readonly Uint8Array[]} pieces
 * @param {number} size Bytes of all of them.
 * @throws {HawserError} ERR_DATABASE_INVALID
 */
export function checkHeader(pieces, size) {
  const header = headerOf(pieces);
  if (size === 0) throw invalid('There are no bytes, and so no SQLite database.');
  if (!MAGIC.startsWith(String.fromCharCode(...header.subarray(0, Math.min(size, MAGIC.length))))) {
    throw invalid('The bytes are not an SQLite database (or are encrypted): they do not begin like one.');
  }
  const view = new DataView(header.buffer);
  // The count of pages is kept up to date where the two counters of changes are equal.
  const expected = view.getUint32(24) === view.getUint32(92) ? view.getUint32(28) * pageSizeOf(header) : HEADER;
  if (size < HEADER || size < expected) {
    throw invalid(`The SQLite database is incomplete: there are ${size} bytes${size < HEADER ? '' : ` of ${expected}`}.`);
  }
}

/**
 * @param {() => readonly string[]} check Runs integrity_check.
 * @returns {string | undefined} What is wrong with the database.
 */
export function firstComplaint(check) {
  try {
    return check().find((text) => text !== 'ok' && !ABOUT_DATA.test(text));
  } catch (error) {
    const { message, code } = /** @type {any} */ (error);
    if (code === 'ERR_CORE_CRASHED') throw error;
    return ABOUT_PROGRAM.test(message) ? undefined : message;
  }
}

/** @param {string} message */
export const invalid = (message) => new HawserError('ERR_DATABASE_INVALID', message, { phase: 'import' });

/** @param {number} errno */
export const streamReads = (errno) =>
  new HawserError('ERR_QUERY', 'The content cannot be replaced while a stream reads the database: finish or leave its loop first.', {
    phase: 'import', sqliteCode: 'SQLITE_BUSY', errno,
  });
