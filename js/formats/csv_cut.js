/**
 * Cuts CSV that keeps to RFC 4180 into cells, as bytes: what is text stays undecoded, what is a number is read from the bytes.
 *
 * What does not keep to it (quotes within cells that do not begin with one, text after a closing quote) is told from it, and is not
 * cut here. Line ends may be LF or CRLF, or CR alone throughout.
 */

export const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;

/** @typedef {{ delimiter: number, newline: number }} Dialect Both as bytes. */

/**
 * Cells of some records.
 * @typedef {object} Cells
 * @property {Uint8Array} bytes
 * @property {Uint32Array} places Row by row, of each cell where it begins and ends. One that its record lacks begins after its end.
 * @property {number} rows
 * @property {number} width Cells of a record.
 */

/** Room for places, which grows, so that every block has some at once. */
export class Places {
  array = new Uint32Array(4096);

  /** @param {number} length At least, if there is not enough yet. Keeps what there is. */
  grow(length) {
    const array = new Uint32Array(Math.max(length, 2 * this.array.length));
    array.set(this.array);
    this.array = array;
    return array;
  }
}

/** @param {Uint32Array} places @param {number} place */
export function putMissing(places, place) {
  places[place] = 1;
  places[place + 1] = 0;
}

/**
 * Where the last whole record ends.
 * @param {Uint8Array} bytes
 * @param {number} newline
 * @param {number} [most] Records to look for. Default: all.
 * @returns {number} 0 when there is none.
 */
export function endOfRecords(bytes, newline, most = Infinity) {
  const { length } = bytes;
  let end = 0;
  let within = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) within = !within;
    else if (byte === newline && !within) {
      end = at + 1;
      if (--most === 0) break;
    }
  }
  return end;
}

/**
 * Cuts records without quotes.
 * @param {Uint8Array} bytes
 * @param {number} width
 * @param {Dialect} dialect
 * @param {Places} room
 * @returns {Cells | number} The number of a record that has more cells.
 */
export function cutPlain(bytes, width, { delimiter, newline }, room) {
  const { length } = bytes;
  let places = room.array;
  let rows = 0;
  for (let at = 0; at < length; ) {
    if (width > 1 && (bytes[at] === newline || (bytes[at] === CR && bytes[at + 1] === newline))) {
      at += bytes[at] === newline ? 1 : 2; // An empty line is no record, unless records have one cell.
      continue;
    }
    let place = 2 * rows * width;
    if (place + 2 * width > places.length) places = room.grow(place + 2 * width);
    for (let c = 0; ; ) {
      places[place++] = at;
      let byte = 0;
      while (at < length && (byte = /** @type {number} */ (bytes[at])) !== delimiter && byte !== newline) at++;
      if (at < length && byte === delimiter) {
        places[place++] = at++;
        if (++c === width) return rows;
        continue;
      }
      const cr = newline === LF && at > /** @type {number} */ (places[place - 1]) && bytes[at - 1] === CR;
      places[place++] = cr ? at - 1 : at;
      for (c++; c < width; c++, place += 2) putMissing(places, place);
      at++;
      break;
    }
    rows++;
  }
  return { bytes, places, rows, width };
}

/**
 * Cuts records with quotes among them.
 * @param {Uint8Array} bytes Changed: doubled quotes become single ones.
 * @param {number} width
 * @param {Dialect} dialect
 * @param {Places} room
 * @returns {Cells | number | undefined} The number of a record that has more cells; undefined when quotes are not where they belong.
 */
export function cutQuoted(bytes, width, { delimiter, newline }, room) {
  const { length } = bytes;
  let places = room.array;
  let rows = 0;
  for (let at = 0; at < length; ) {
    if (width > 1 && (bytes[at] === newline || (bytes[at] === CR && bytes[at + 1] === newline))) {
      at += bytes[at] === newline ? 1 : 2;
      continue;
    }
    let place = 2 * rows * width;
    if (place + 2 * width > places.length) places = room.grow(place + 2 * width);
    for (let c = 0; ; ) {
      let byte = 0;
      if (bytes[at] === QUOTE) {
        let to = ++at;
        places[place++] = at;
        for (; ; at++) {
          if (at >= length) return undefined;
          byte = /** @type {number} */ (bytes[at]);
          if (byte === QUOTE && bytes[++at] !== QUOTE) break;
          bytes[to++] = byte;
        }
        places[place++] = to;
        if (bytes[at] === CR && newline === LF && (at + 1 === length || bytes[at + 1] === LF)) at++;
        byte = at < length ? /** @type {number} */ (bytes[at]) : newline;
        if (byte !== delimiter && byte !== newline) return undefined;
      } else {
        places[place++] = at;
        for (; at < length; at++) {
          byte = /** @type {number} */ (bytes[at]);
          if (byte === delimiter || byte === newline) break;
          if (byte === QUOTE) return undefined;
        }
        if (at === length) byte = newline;
        const cr = byte === LF && newline === LF && at > /** @type {number} */ (places[place - 1]) && bytes[at - 1] === CR;
        places[place++] = cr ? at - 1 : at;
      }
      at++;
      if (byte === delimiter) {
        if (++c === width) return rows;
        continue;
      }
      for (c++; c < width; c++, place += 2) putMissing(places, place);
      break;
    }
    rows++;
  }
  return { bytes, places, rows, width };
}
