/**
 * Node.js 22 and Deno end texts at their first NUL. Here such texts come as bytes with a mark before them, which are
 * decoded again. Rows of RETURNING and PRAGMA are not helped.
 */

/** @typedef {import('./handle.js').Cell} Cell */
/** @typedef {import('./handle.js').Prepared} Prepared */
/** @typedef {(text: string, names: readonly (string | null)[]) => Prepared} Prepare */

/** Nobody else's bytes begin like that. */
const MARK = crypto.getRandomValues(new Uint8Array(16));
const HEX = Array.from(MARK, (byte) => byte.toString(16).padStart(2, '0')).join('');

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * @param {Prepare} prepare
 * @returns {Prepare}
 */
export const wholeTexts = (prepare) => (text, names) => {
  const plain = prepare(text, names);
  // An EXPLAIN or PRAGMA cannot be part of another statement, and what writes must not be.
  if (plain.width === 0 || !/^(?:[\s;\uFEFF]|--[^\n]*\n|\/\*[^]*?\*\/)*(?:select|values|with)\b/i.test(text)) return plain;
  /** @type {Prepared | undefined} */
  let marked;
  const rows = () => {
    try {
      return (marked ??= prepare(markedText(text, plain.width), names));
    } catch {
      return (marked = plain); // WITH … INSERT … RETURNING.
    }
  };
  return {
    ...plain,
    setExact(exact) {
      plain.setExact?.(exact);
      rows().setExact?.(exact);
    },
    all: (values) => rows().all(values).map(unmark),
    iterate: (values) => each(rows().iterate(values)),
    finalize() {
      marked?.finalize();
      plain.finalize();
    },
  };
};

/**
 * LIMIT keeps the inner statement by itself: what it computes is computed once for each row.
 * @param {string} text @param {number} width
 */
function markedText(text, width) {
  const names = Array.from({ length: width }, (_, c) => `c${c}`);
  const columns = names.map((c) => `iif(typeof(${c}) = 'text' and instr(${c}, char(0)), cast(x'${HEX}' || cast(${c} as blob) as blob), ${c})`);
  return `with hawser_rows(${names.join(', ')}) as (${text}\n), hawser_kept as (select * from hawser_rows limit -1) select ${columns.join(', ')} from hawser_kept`;
}

/** @param {IterableIterator<Cell[]>} rows */
function* each(rows) {
  for (const row of rows) yield unmark(row);
}

/** @param {Cell[]} row */
function unmark(row) {
  for (let c = 0; c < row.length; c++) {
    const value = row[c];
    if (typeof value !== 'object' || value === null || value.length < MARK.length) continue;
    if (MARK.every((byte, i) => value[i] === byte)) row[c] = decoder.decode(value.subarray(MARK.length));
  }
  return row;
}
