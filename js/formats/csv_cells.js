/**
 * Blocks of CSV, each of whole records, and where the cells in them are.
 *
 * Records without quotes need no more than to be cut at delimiters and line ends, and are cut in place, as bytes. All others are
 * Papa Parse's, which knows quotes.
 */
import { formatError } from './errors.js';
import { joined } from './source.js';
import { notText } from './text.js';

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** Bytes that a block should have at least: more of them are no faster. */
const BLOCK = 2 ** 18;

/** Bytes that a record may have: beyond that a quote has been opened and not closed. */
const MAX_RECORD = 2 ** 26;

/** A cell that its record lacks: it begins after its end. */
const MISSING = [1, 0];

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @typedef {{ delimiter: number, newline: number }} Dialect Both as bytes. */

/**
 * Cells of some records. Valid until the next block of the same reader is cut.
 * @typedef {object} Cells
 * @property {Uint8Array} bytes
 * @property {Uint32Array} places Row by row, of each cell where it begins and ends; see MISSING.
 * @property {number} rows
 * @property {number} width
 */

export class Block {
  #reader;

  /**
   * @param {CellReader} reader
   * @param {Uint8Array} bytes Whole records.
   * @param {any[][] | undefined} records As texts, where there are quotes among them.
   * @param {number} line That it begins in, counted from 1.
   */
  constructor(reader, bytes, records, line) {
    this.#reader = reader;
    this.bytes = bytes;
    this.records = records;
    this.line = line;
  }

  /** @returns {string[]} The cells of the first record, [''] when there is none. */
  first() {
    if (this.records) return this.records[0] ?? [''];
    const { newline, delimiter } = this.#reader.dialect;
    const end = this.bytes.indexOf(newline);
    return decode(end < 0 ? this.bytes : this.bytes.subarray(0, end)).replace(/\r$/, '').split(String.fromCharCode(delimiter));
  }

  /** @param {number} width Of each record. @returns {Cells} */
  cells(width) {
    return this.records ? this.#reader.packed(this, width) : this.#reader.cut(this, width);
  }

  /** @param {number} row @param {number} width @returns {number} The line that it begins in. */
  lineOf(row, width) {
    let { line } = this;
    if (this.records) {
      for (const record of this.records) {
        if (!isBlank(record, width) && row-- === 0) break;
        line += 1 + record.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
      }
      return line;
    }
    const { newline } = this.#reader.dialect;
    for (let at = 0; at < this.bytes.length; line++) {
      const found = this.bytes.indexOf(newline, at);
      const end = found < 0 ? this.bytes.length : found;
      if (!(width > 1 && isEmptyLine(this.bytes, at, end)) && row-- === 0) break;
      at = end + 1;
    }
    return line;
  }
}

/** @param {Uint8Array} bytes @param {number} start @param {number} end */
const isEmptyLine = (bytes, start, end) => end === start || (end === start + 1 && bytes[start] === CR);

/** An empty line is no record, unless records have one cell. @param {string[]} record @param {number} width */
const isBlank = (record, width) => width > 1 && record.length === 1 && record[0] === '';

/** @param {Uint8Array} bytes */
export function decode(bytes) {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw notText('utf-8', cause);
  }
}

export class CellReader {
  #places = new Uint32Array(4096);
  /** @type {any} */
  #papa;
  /** Of the first line end, so the line ends are CR alone where there is no LF in the beginning. */
  #newline = 0;
  #line = 1;

  /** @param {string} delimiter One ASCII character. */
  constructor(delimiter) {
    this.delimiter = delimiter;
  }

  get dialect() {
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
    for await (const piece of pieces) {
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
        if (part.length > MAX_RECORD) throw formatError('CSV: a record is longer than 64 MiB; a quote may have been opened and not closed', { line: this.#line });
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
    const end = final ? bytes.length : bytes.lastIndexOf(this.#newline) + 1;
    if (end === 0) return undefined;
    const whole = bytes.subarray(0, end);
    if (whole.indexOf(QUOTE) < 0) return this.#made(whole, undefined);
    const text = decode(whole);
    const { records, length } = await this.#parse(text, final);
    if (length === 0 && !final) return undefined;
    return this.#made(length === text.length ? whole : whole.subarray(0, end - encoder.encode(text.slice(length)).length), records);
  }

  /** @param {Uint8Array} bytes @param {string[][] | undefined} records */
  #made(bytes, records) {
    const block = new Block(this, bytes, records, this.#line);
    for (let at = bytes.indexOf(this.#newline); at >= 0; at = bytes.indexOf(this.#newline, at + 1)) this.#line++;
    return block;
  }

  /**
   * @param {string} text
   * @param {boolean} final
   * @returns {Promise<{ records: string[][], length: number }>} And how many units of the text they are.
   */
  async #parse(text, final) {
    this.#papa ??= (await import('papaparse')).default;
    const newline = String.fromCharCode(this.#newline);
    const config = { delimiter: this.delimiter, newline, fastMode: false };
    /** @type {string[][]} */
    let records = [];
    /** @type {any} */
    let result;
    if (newline === '\n' && text.includes('\r"')) {
      // A CR at the end of a record may be its own, in quotes, or of its line end: see what is before it.
      let start = 0;
      result = { errors: [], meta: { cursor: 0 } };
      const step = (/** @type {any} */ { data, errors, meta }) => {
        records.push(/"\r?\n?$/.test(text.slice(start, meta.cursor)) ? data[0] : withoutCr(data[0]));
        start = meta.cursor;
        result.errors.push(...errors);
      };
      result.meta = new this.#papa.Parser({ ...config, step }).parse(text, 0, !final).meta;
    } else {
      result = new this.#papa.Parser(config).parse(text, 0, !final);
      records = result.data;
      if (newline === '\n' && text.includes('\r')) for (const record of records) withoutCr(record);
    }
    if (final && text.endsWith(newline)) records.pop(); // What is after the last line end.
    const [error] = result.errors;
    if (error) {
      const line = this.#line + text.slice(0, error.index).split(newline).length - 1;
      throw formatError(error.code === 'MissingQuotes' ? 'CSV: a quote is opened and not closed' : 'CSV: there is more in a cell after its closing quote', { line });
    }
    return { records, length: final ? text.length : result.meta.cursor };
  }

  /** @param {number} rows @param {number} width */
  #room(rows, width) {
    if (this.#places.length < 2 * rows * width) {
      const places = new Uint32Array(Math.max(2 * rows * width, 2 * this.#places.length));
      places.set(this.#places);
      this.#places = places;
    }
    return this.#places;
  }

  /** Cells of a block without quotes. @param {Block} block @param {number} width @returns {Cells} */
  cut(block, width) {
    const { bytes } = block;
    const { delimiter, newline } = this.dialect;
    const { length } = bytes;
    let places = this.#places;
    let rows = 0;
    let room = Math.floor(places.length / (2 * width));
    for (let at = 0; at < length; ) {
      if (width > 1 && (bytes[at] === newline || (bytes[at] === CR && bytes[at + 1] === newline))) {
        at += bytes[at] === newline ? 1 : 2;
        continue;
      }
      if (rows === room) {
        places = this.#room(2 * rows + 16, width);
        room = Math.floor(places.length / (2 * width));
      }
      let place = 2 * rows * width;
      for (let c = 0; ; ) {
        places[place++] = at;
        let byte = 0;
        while (at < length && (byte = /** @type {number} */ (bytes[at])) !== delimiter && byte !== newline) at++;
        if (at < length && byte === delimiter) {
          places[place++] = at++;
          if (++c === width) throw tooLong(block, rows, width);
          continue;
        }
        places[place] = newline === LF && at > /** @type {number} */ (places[place - 1]) && bytes[at - 1] === CR ? at - 1 : at;
        place++;
        for (c++; c < width; c++) {
          places[place++] = MISSING[0];
          places[place++] = MISSING[1];
        }
        at++;
        break;
      }
      rows++;
    }
    return { bytes, places, rows, width };
  }

  /** Cells of records that are texts: back to back, as bytes. @param {Block} block @param {number} width @returns {Cells} */
  packed(block, width) {
    const records = /** @type {string[][]} */ (block.records);
    const places = this.#room(records.length, width);
    /** @type {string[]} */
    const texts = [];
    let place = 0;
    let rows = 0;
    for (const record of records) {
      if (isBlank(record, width)) continue;
      if (record.length > width) throw tooLong(block, rows, width);
      for (let c = 0; c < width; c++, place += 2) {
        const text = record[c];
        if (text !== undefined) texts.push(text);
        places[place] = text === undefined ? MISSING[0] : 0;
      }
      rows++;
    }
    const all = texts.join('');
    const bytes = encoder.encode(all);
    const lengthOf = bytes.length === all.length ? (/** @type {string} */ text) => text.length : utf8Length;
    let at = 0;
    for (let i = 0, cell = 0; i < place; i += 2) {
      if (places[i] === MISSING[0]) {
        places[i + 1] = MISSING[1];
        continue;
      }
      places[i] = at;
      at += lengthOf(/** @type {string} */ (texts[cell++]));
      places[i + 1] = at;
    }
    return { bytes, places, rows, width };
  }
}

/** @param {string[]} record Changed. */
function withoutCr(record) {
  const last = /** @type {string} */ (record[record.length - 1]);
  if (last.endsWith('\r')) record[record.length - 1] = last.slice(0, -1);
  return record;
}

/** @param {string} text Well-formed. */
function utf8Length(text) {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) === 0xd800 ? 2 : 3;
  }
  return length;
}

/** @param {Block} block @param {number} row @param {number} width */
const tooLong = (block, row, width) => formatError(`CSV: a record has more than the ${width} cells of the first one`, { line: block.lineOf(row, width) });
