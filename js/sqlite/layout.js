/**
 * Whether SQLite lays out its values as the row packer expects (struct Value in wasm/row_packer.cc), found out on known
 * values. The layout belongs to SQLite's inside: another build may have another one, and then the packer must use the API.
 */

const PROBE = "select 7.5, 1234567890123, 'téxt', x'00ff07', null, 8.25";
const FLAGS = { REAL: 0x08, INTEGER: 0x04, TEXT: 0x02, BLOB: 0x10, NULL: 0x01 };
const UTF8 = 1;

/**
 * @param {import('./engine.js').Engine} engine
 * @returns {number} bytes from one value of a row to the next, or 0 when the layout is another one
 */
export function valueSize(engine) {
  const { c, out } = engine;
  const name = engine.allocateText(':memory:');
  const sql = engine.allocateText(PROBE);
  const opened = c.sqlite3_open_v2(name.pointer, out, 6, 0);
  const database = engine.u32[out >>> 2];
  let size = 0;
  if (opened === 0 && c.sqlite3_prepare_v2(database, sql.pointer, -1, out, 0) === 0) {
    const statement = engine.u32[out >>> 2];
    if (c.sqlite3_step(statement) === 100) {
      const values = Array.from({ length: 6 }, (_, i) => c.sqlite3_column_value(statement, i) >>> 0);
      size = check(engine, values);
    }
    c.sqlite3_finalize(statement);
  }
  c.sqlite3_close_v2(database);
  engine.free(name.pointer);
  engine.free(sql.pointer);
  return size;
}

/**
 * @param {import('./engine.js').Engine} engine
 * @param {number[]} values Addresses of the probe's values.
 */
function check({ u8, memory }, values) {
  const [real, integer, text, blob, nothing, last] = /** @type {[number, number, number, number, number, number]} */ (values);
  const view = new DataView(memory.buffer);
  const size = integer - real;
  const even = size > 0 && size % 8 === 0 && values.every((value, i) => value === real + i * size);
  if (!even || real % 8 !== 0) return 0;
  const flags = (/** @type {number} */ value) => view.getUint16(value + 16, true) & 0x3f;
  const holds = (/** @type {number} */ value, /** @type {number[]} */ bytes) => {
    const at = view.getUint32(value + 8, true);
    return view.getUint32(value + 12, true) === bytes.length && bytes.every((byte, i) => u8[at + i] === byte);
  };
  const right =
    flags(real) === FLAGS.REAL && view.getFloat64(real, true) === 7.5 &&
    flags(integer) === FLAGS.INTEGER && view.getBigInt64(integer, true) === 1234567890123n &&
    flags(text) === FLAGS.TEXT && u8[text + 18] === UTF8 && holds(text, [0x74, 0xc3, 0xa9, 0x78, 0x74]) &&
    flags(blob) === FLAGS.BLOB && holds(blob, [0x00, 0xff, 0x07]) &&
    flags(nothing) === FLAGS.NULL && view.getFloat64(last, true) === 8.25;
  return right ? size : 0;
}
