/**
 * Blocks of CSV, each of whole records, and the cells in them.
 */
import { CR, cutPlain, cutQuoted, endOfRecords, LF, Places, QUOTE } from './csv_cut.js';
import { formatError } from './errors.js';
import { joined } from './source.js';
import { notText } from './text.js';

/** @typedef {import('./csv_cut.js').Cells} Cells */

/** Bytes that a block should have at least: with more of them it is no faster. */
const BLOCK = 2 ** 18;

/** Bytes that a record may have: beyond that a quote has been opened and not closed. */
const MAX_RECORD = 2 ** 26;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {Uint8Array} bytes @throws {import('../errors.js').HawserError} ERR_FORMAT */
export function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw notText('utf-8', cause);
  }
}

export class Block {
  #reader;
  #records;
  #line;

  /**
   * @param {CellReader} reader
   * @param {Uint8Array} bytes Whole records.
   * @param {string[][] | undefined} records The same, where they do not keep to the rules.
   * @param {number} line That it begins in, counted from 1.
   */
  constructor(reader, bytes, records, line) {
    this.#reader = reader;
    this.bytes = bytes;
    this.#records = records;
    this.#line = line;
  }

  /**
   * Valid until those of another block of the reader are asked for.
   * @returns {Cells}
   * @throws {import('../errors.js').HawserError} ERR_FORMAT when a record has too many
   */
  cells() {
    const cells = this.#reader.cut(this.bytes, this.#records);
    if (typeof cells !== 'number') return cells;
    throw formatError(`CSV: a record has more than the ${this.#reader.width} cells of the first one`, { line: this.lineOf(cells) });
  }

  /** @returns {string[]} The cells of the first record. */
  first() {
    const { bytes, places, width } = this.cells();
    return Array.from({ length: width }, (_, c) => decode(bytes.subarray(places[2 * c], places[2 * c + 1])));
  }

  /** @param {number} row @returns {number} The line that it begins in. */
  lineOf(row) {
    return this.#line + this.#reader.linesBefore(row, this.bytes, this.#records);
  }
}

export class CellReader {
  #room = new Places();
  #scratch = new Uint8Array(0);
  /** Papa Parse, once there was something that does not keep to the rules. @type {typeof import('./csv_papa.js') | undefined} */
  #papa;
  /** The last byte of line ends. CR where there is no LF in the beginning. */
  #newline = 0;
  #line = 1;
  /** Empty lines in the beginning. */
  #skipped = 0;
  /** Cells of a record: as many as the first one has. */
  width = 0;

  /**
   * @param {string} delimiter One ASCII character.
   * @param {boolean} skipEmpty Whether empty lines in the beginning are none.
   */
  constructor(delimiter, skipEmpty) {
    this.delimiter = delimiter;
    this.skipEmpty = skipEmpty;
  }

  get #dialect() {
    return { delimiter: this.delimiter.charCodeAt(0), newline: this.#newline };
  }

  /**
   * @param {AsyncIterable<Uint8Array>} pieces UTF-8, cut anywhere.
   * @param {() => number} wanted How many records somebody waits for: a block is made as soon as it may have them.
   * @returns {AsyncGenerator<Block, void, undefined>}
   */
  async *blocks(pieces, wanted) {
    /** @type {Uint8Array[]} */
    let list = [];
    let size = 0;
    let lines = 0;
    /** With fewer bytes there is no whole record. */
    let atLeast = 0;
    for await (let piece of pieces) {
      if (this.#line === 1 && size === 0 && this.skipEmpty) piece = this.#withoutEmptyLines(piece);
      list.push(piece);
      size += piece.length;
      if (size < BLOCK) {
        for (let at = piece.indexOf(LF); at >= 0 && lines < wanted(); at = piece.indexOf(LF, at + 1)) lines++;
        if (lines < wanted()) continue;
      }
      if (size < atLeast) continue;
      let rest = joined(list);
      while (rest.length > 0) {
        // Not all at once: what is cut should still be in the processor's cache when it is read.
        const part = rest.subarray(0, Math.max(BLOCK, atLeast));
        const block = await this.#block(part, false);
        if (block) {
          yield block;
          rest = rest.subarray(block.bytes.length);
          atLeast = 0;
          continue;
        }
        if (part.length > MAX_RECORD) {
          const what = 'CSV: a record is longer than 64 MiB; a quote may have been opened and not closed';
          throw formatError(what, { line: this.#line + this.#skipped });
        }
        atLeast = 2 * part.length;
        if (rest.length < atLeast) break;
      }
      list = [rest];
      size = rest.length;
      lines = 0;
    }
    if (size > 0) {
      const block = await this.#block(joined(list), true);
      if (block) yield block;
    }
  }

  /** @param {Uint8Array} piece The first one. */
  #withoutEmptyLines(piece) {
    let at = 0;
    for (; piece[at] === LF || piece[at] === CR; at++) if (piece[at] === LF) this.#skipped++;
    return piece.subarray(at);
  }

  /**
   * As many whole records as there are.
   * @param {Uint8Array} bytes
   * @param {boolean} final Whether the last one is whole.
   * @returns {Promise<Block | undefined>}
   */
  async #block(bytes, final) {
    if (this.#newline === 0) {
      const cr = bytes.indexOf(CR);
      const lf = bytes.indexOf(LF);
      // A CR at the end may have its LF still to come.
      if (lf < 0 && !final && (cr < 0 || cr === bytes.length - 1)) return undefined;
      this.#newline = lf >= 0 || cr < 0 ? LF : CR;
    }
    const last = final ? bytes.length : bytes.lastIndexOf(this.#newline) + 1;
    if (last === 0) return undefined;
    const quoted = bytes.indexOf(QUOTE);
    if (quoted < 0 || quoted >= last) return this.#made(bytes.subarray(0, last));
    if (!this.#papa) {
      const end = final ? bytes.length : endOfRecords(bytes.subarray(0, last), this.#newline);
      if (end === 0) return undefined;
      const whole = bytes.subarray(0, end);
      if (this.#keepsRules(whole)) return this.#made(whole);
      this.#papa = await import('./csv_papa.js');
    }
    const text = decode(bytes.subarray(0, last));
    const how = { delimiter: this.delimiter, newline: String.fromCharCode(this.#newline), final, line: this.#line + this.#skipped };
    const { records, length } = this.#papa.parseRecords(text, how);
    if (length === 0 && !final) return undefined;
    if (this.width === 0) this.width = records[0]?.length ?? 0;
    const rest = length === text.length ? 0 : encoder.encode(text.slice(length)).length;
    return this.#made(bytes.subarray(0, last - rest), records);
  }

  /** @param {Uint8Array} bytes */
  #keepsRules(bytes) {
    this.#findWidth(bytes);
    return this.width > 0 && cutQuoted(this.#copied(bytes), this.width, this.#dialect, this.#room) !== undefined;
  }

  /** By the first record, where that keeps to the rules. @param {Uint8Array} bytes */
  #findWidth(bytes) {
    if (this.width > 0) return;
    const end = endOfRecords(bytes, this.#newline, 1);
    const record = this.#copied(end > 0 ? bytes.subarray(0, end) : bytes);
    let most = 1;
    for (let at = record.indexOf(this.#dialect.delimiter); at >= 0; at = record.indexOf(this.#dialect.delimiter, at + 1)) most++;
    const cells = cutQuoted(record, most, this.#dialect, this.#room);
    if (cells === undefined || typeof cells === 'number') return;
    let width = 1;
    while (width < most && cells.rows > 0 && Number(cells.places[2 * width]) <= Number(cells.places[2 * width + 1])) width++;
    this.width = width;
  }

  /** To be changed. @param {Uint8Array} bytes */
  #copied(bytes) {
    if (this.#scratch.length < bytes.length) this.#scratch = new Uint8Array(2 * bytes.length);
    this.#scratch.set(bytes);
    return this.#scratch.subarray(0, bytes.length);
  }

  /** @param {Uint8Array} bytes @param {string[][]} [records] */
  #made(bytes, records) {
    const block = new Block(this, bytes, records, this.#line + this.#skipped);
    if (!records) this.#findWidth(bytes);
    for (let at = bytes.indexOf(this.#newline); at >= 0; at = bytes.indexOf(this.#newline, at + 1)) this.#line++;
    return block;
  }

  /** @param {Uint8Array} bytes @param {string[][] | undefined} records @returns {Cells | number} */
  cut(bytes, records) {
    const { width } = this;
    if (records) return /** @type {typeof import('./csv_papa.js')} */ (this.#papa).packRecords(records, width, this.#room);
    if (bytes.indexOf(QUOTE) < 0) return cutPlain(bytes, width, this.#dialect, this.#room);
    return /** @type {Cells | number} */ (cutQuoted(this.#copied(bytes), width, this.#dialect, this.#room));
  }

  /** @param {number} row @param {Uint8Array} bytes @param {string[][] | undefined} records */
  linesBefore(row, bytes, records) {
    let lines = 0;
    if (records) {
      for (const record of records) {
        if (!this.#papa?.isBlank(record, this.width) && row-- === 0) break;
        lines += 1 + record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      }
      return lines;
    }
    for (let at = 0; at < bytes.length; lines++) {
      const length = endOfRecords(bytes.subarray(at), this.#newline, 1) || bytes.length - at;
      const record = bytes.subarray(at, at + length);
      const blank = this.width > 1 && (record[0] === this.#newline || (record[0] === CR && record[1] === this.#newline));
      if (!blank && row-- === 0) break;
      for (let i = record.indexOf(this.#newline) + 1; i > 0 && i < record.length; i = record.indexOf(this.#newline, i) + 1) lines++;
      at += length;
    }
    return lines;
  }
}
