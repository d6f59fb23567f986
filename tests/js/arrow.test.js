/** Table.toArrowIPC() and toArrow(), read back by the real apache-arrow. */
import { describe, expect, test } from '@jest/globals';
import * as arrow from 'apache-arrow';
import { encodeStream } from '../../js/table/arrow/ipc.js';
import { loadArrow } from '../../js/table/arrow/library.js';
import { Batches } from '../../js/table/batches.js';
import { Schema } from '../../js/table/schema.js';
import { Table } from '../../js/table/table.js';
import { ValueVector } from '../../js/table/vector.js';
import { LONGS, packed, randomTable, vectorOf } from './random_tables.js';

/** @param {any} type @param {any[]} list @param {boolean} [nullable] */
const column = (type, list, nullable = true) =>
  new Table({
    schema: new Schema([{ name: 'a', type, nullable, databaseType: '' }]),
    batches: new Batches([{ length: list.length, vectors: [vectorOf(list)] }]),
  });

/** @param {Table} table @param {number} [index] @returns {any[]} */
const read = (table, index = 0) => [.../** @type {any} */ (arrow.tableFromIPC(table.toArrowIPC()).getChildAt(index))];

/** @param {Table} table */
const types = (table) => schemaOf(table.toArrowIPC()).fields.map(({ type }) => String(type));

/**
 * The schema as it is in the stream. That of arrow.Table gives columns of equal name the type of the last one.
 * @param {Uint8Array} bytes
 */
function schemaOf(bytes) {
  const reader = arrow.RecordBatchReader.from(bytes);
  reader.open();
  return reader.schema;
}

/** What a cell must be as apache-arrow reads it. @param {string} type @param {any} value */
function expected(type, value) {
  if (type === 'Utf8' && typeof value === 'string') return value.replace(/^\uFEFF/, ''); // apache-arrow drops the mark.
  if (value === null || type === 'Null') return null;
  if (type === 'Int64') return BigInt(value);
  if (type === 'Float64') return Number(value);
  if (type === 'Bool') return value;
  if (type.startsWith('Timestamp')) return value.getTime();
  if (type === 'Binary') return Buffer.from(value);
  if (typeof value !== 'object') return String(value);
  if (ArrayBuffer.isView(value)) return Buffer.from(/** @type {Uint8Array} */ (value)).toString('base64');
  return Object.prototype.toString.call(value) === '[object Date]' ? value.toISOString() : JSON.stringify(value);
}

test('random tables come back cell by cell', () => {
  const seen = new Set();
  for (let seed = 1; seed <= 150; seed++) {
    const { table, lists } = randomTable(seed);
    const bytes = table.toArrowIPC();
    const back = arrow.tableFromIPC(bytes);
    expect([back.numRows, back.numCols, seed]).toEqual([table.length, table.columns.length, seed]);
    schemaOf(bytes).fields.forEach(({ name, nullable, type }, c) => {
      seen.add(String(type));
      const list = lists[c] ?? [];
      expect(name).toBe(table.columns[c].name);
      expect([nullable, name]).toEqual([table.columns[c].nullable || list.includes(null), name]);
      const cells = [.../** @type {any} */ (back.getChildAt(c))].map((cell) =>
        ArrayBuffer.isView(cell) ? Buffer.from(/** @type {any} */ (cell)) : cell,
      );
      const wanted = list.map((value) => expected(String(type), value));
      if (!cells.every((cell, row) => Object.is(cell, wanted[row]))) expect(cells).toEqual(wanted);
      expect(back.getChildAt(c)?.nullCount ?? 0).toBe(list.filter((value) => value === null).length);
    });
  }
  expect([...seen].sort()).toEqual([
    'Binary',
    'Bool',
    'Float64',
    'Int64',
    'Null',
    'Timestamp<MILLISECOND, UTC>',
    'Utf8',
  ]);
});

describe('types', () => {
  test('those that are declared do not depend on the values', () => {
    for (const [type, name, ...lists] of /** @type {[string, string, ...any[][]][]} */ ([
      ['integer', 'Int64', [], [1], [null], [2 ** 53 - 1, null]],
      ['bigint', 'Int64', [], [1n], [null], LONGS],
      ['number', 'Float64', [], [1], [1.5], [null], [1, null], [NaN]],
      ['string', 'Utf8', [], ['a'], [null], [1]],
      ['buffer', 'Binary', [], [new Uint8Array(1)], [null], ['text']],
      ['boolean', 'Bool', [], [true], [null]],
      ['date', 'Timestamp<MILLISECOND, UTC>', [], [new Date()], [null]],
      ['array', 'Utf8', [], [[1]], [null]],
      ['object', 'Utf8', [], [{}], [null]],
    ])) {
      for (const list of lists) expect([type, list, ...types(column(type, list))]).toEqual([type, list, name]);
    }
  });

  test('those that are not are taken from the values', () => {
    for (const [list, name] of /** @type {[any[], string][]} */ ([
      [[], 'Null'],
      [[null, null], 'Null'],
      [[1, null], 'Int64'],
      [[1, 2n ** 60n], 'Int64'],
      [[1, 1.5], 'Float64'],
      [[-0, 1], 'Float64'],
      [[true], 'Bool'],
      [['a', null], 'Utf8'],
      [[new Uint8Array(1)], 'Binary'],
      [[1, 'a'], 'Utf8'],
      [[2n ** 60n, 1.5], 'Utf8'],
      [['a', new Uint8Array(1)], 'Binary'],
      [[new Date(0)], 'Timestamp<MILLISECOND, UTC>'],
      [[1, true], 'Utf8'],
      [[2n ** 64n], 'Utf8'],
    ])) {
      expect([list, ...types(column('other', list))]).toEqual([list, name]);
    }
  });

  test('what a declaration rules out is kept, as the first type that holds it', () => {
    expect(read(column('integer', [1, 1.5, null]))).toEqual([1, 1.5, null]);
    expect(read(column('integer', [1, 'n/a', 2n ** 60n]))).toEqual(['1', 'n/a', '1152921504606846976']);
    expect(read(column('number', [1.5, 2n ** 53n + 1n]))).toEqual(['1.5', '9007199254740993']);
    expect(read(column('number', [1.5, 2n]))).toEqual([1.5, 2]);
    expect(read(column('buffer', [new Uint8Array([1, 2]), 'ü'])).map((bytes) => [...bytes])).toEqual([
      [1, 2],
      [0xc3, 0xbc],
    ]);
    expect(read(column('bigint', [1n, 2n ** 64n]))).toEqual(['1', '18446744073709551616']);
    expect(read(column('boolean', [true, 0]))).toEqual(['true', '0']);
  });

  test('the text of what has no text', () => {
    const list = [
      'a',
      1,
      new Date(0),
      [1, 2n],
      { a: { b: new Uint8Array([1]) } },
      new Uint8Array([255, 0]),
      true,
      new Date(NaN),
      null,
    ];
    expect(read(column('other', list))).toEqual([
      'a',
      '1',
      '1970-01-01T00:00:00.000Z',
      '[1,"2"]',
      '{"a":{"b":"AQ=="}}',
      '/wA=',
      'true',
      'Invalid Date',
      null,
    ]);
  });

  test('a date that is none is null', () => {
    expect(read(column('date', [new Date(NaN), new Date(5), null], false))).toEqual([null, 5, null]);
  });

  test('nullable is what the source says, and true when a null is there all the same', () => {
    const flags = (/** @type {Table} */ table) => schemaOf(table.toArrowIPC()).fields.map(({ nullable }) => nullable);
    expect(flags(column('integer', [1], false))).toEqual([false]);
    expect(flags(column('integer', [1], true))).toEqual([true]);
    expect(flags(column('integer', [1, null], false))).toEqual([true]);
  });
});

describe('shapes', () => {
  test('no rows, no columns, neither', () => {
    const none = arrow.tableFromIPC(Table.from([]).toArrowIPC());
    expect([none.numRows, none.numCols]).toEqual([0, 0]);
    const noRows = arrow.tableFromIPC(
      Table.from({ a: [], b: [] }, [{ name: 'a', type: 'integer' }, { name: 'b' }]).toArrowIPC(),
    );
    expect([noRows.numRows, noRows.schema.fields.map(String)]).toEqual([0, ['a: Int64', 'b: Null']]);
    expect(arrow.tableFromIPC(Table.from([{}, {}, {}]).toArrowIPC()).numRows).toBe(3);
  });

  test('columns with equal and with odd names', () => {
    const table = Table.from({ a: [1] });
    const schema = new Schema(
      ['a', 'a', '', '__proto__', '漢字'].map((name) => ({ name, type: 'integer', nullable: false, databaseType: '' })),
    );
    const vectors = [1, 2, 3, 4, 5].map((value) => new ValueVector([value]));
    const odd = new Table({ schema, batches: new Batches([{ length: 1, vectors }]) });
    expect(arrow.tableFromIPC(odd.toArrowIPC()).schema.fields.map(({ name }) => name)).toEqual([
      'a',
      'a',
      '',
      '__proto__',
      '漢字',
    ]);
    expect([0, 1, 2, 3, 4].map((c) => read(odd, c)[0])).toEqual([1n, 2n, 3n, 4n, 5n]);
    expect(read(table)).toEqual([1n]);
  });

  test('several record batches where one has no room for everything', () => {
    const lists = [
      [1, 2, null],
      [4, 5, 6, 7],
      [8, null],
    ];
    const schema = new Schema([{ name: 'a', type: 'integer', nullable: true, databaseType: '' }]);
    const batches = lists.map((list) => ({ length: list.length, vectors: [new ValueVector(list)] }));
    for (const [limit, lengths] of /** @type {[number, number[]][]} */ ([
      [0, [3, 4, 2]],
      [16 * 7, [7, 2]],
      [16 * 9, [9]],
    ])) {
      const back = arrow.tableFromIPC(encodeStream(schema, batches, limit));
      expect(back.batches.map(({ numRows }) => numRows)).toEqual(lengths);
      expect([.../** @type {any} */ (back.getChildAt(0))]).toEqual([1n, 2n, null, 4n, 5n, 6n, 7n, 8n, null]);
    }
  });

  test('a thousand columns', () => {
    const row = Object.fromEntries(Array.from({ length: 1000 }, (_, c) => [`column ${c}`, c % 2 ? c : `text ${c}`]));
    const back = arrow.tableFromIPC(Table.from([row]).toArrowIPC());
    expect(back.schema.fields.map(({ name }) => name)).toEqual(Object.keys(row));
    expect(back.getChild('column 999')?.get(0)).toBe(999n);
    expect(back.getChild('column 998')?.get(0)).toBe('text 998');
  });

  test('texts that are not UTF-8 come with replacement characters', () => {
    const schema = new Schema([{ name: 'a', type: 'string', nullable: true, databaseType: '' }]);
    const pieces = [[0x61, 0xff, 0x62], [0xc3], [0xa9], [0xc3, 0xa9], []];
    for (const [some, texts] of /** @type {[number[][], string[]][]} */ ([
      [pieces, ['a\uFFFDb', '\uFFFD', '\uFFFD', 'é', '']],
      [pieces.slice(1), ['\uFFFD', '\uFFFD', 'é', '']],
      [pieces.slice(3), ['é', '']],
    ])) {
      const vectors = [
        packed(
          some.map(() => 3),
          some,
        ),
      ];
      expect(read(new Table({ schema, batches: new Batches([{ length: some.length, vectors }]) }))).toEqual(texts);
    }
  });

  test('a byte order mark is text', () => {
    const { values, valueOffsets } = /** @type {any} */ (
      arrow.tableFromIPC(column('string', ['\uFEFF', '\uFEFFa']).toArrowIPC()).getChildAt(0)
    ).data[0];
    expect([[...valueOffsets.slice(0, 3)], [...values.slice(0, 7)]]).toEqual([
      [0, 3, 7],
      [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, 0x61],
    ]);
  });

  test("the bytes are the caller's own, and everything in them is aligned", () => {
    const table = Table.from({ a: [1.5, 2.5], b: ['x', 'y'] });
    const bytes = table.toArrowIPC();
    expect([bytes.byteOffset, bytes.byteLength, bytes.byteLength % 8]).toEqual([0, bytes.buffer.byteLength, 0]);
    bytes.fill(0);
    expect(read(table)).toEqual([1.5, 2.5]);
    expect([...bytes].some(Boolean)).toBe(false);
  });
});

describe('toArrow', () => {
  const table = Table.from([
    { id: 1, name: 'Ada' },
    { id: 2, name: null },
  ]);

  test('at once with the library passed in', () => {
    const back = table.toArrow(arrow);
    expect(back).toBeInstanceOf(arrow.Table);
    expect(back.toArray().map((/** @type {any} */ row) => row.toJSON())).toEqual([
      { id: 1n, name: 'Ada' },
      { id: 2n, name: null },
    ]);
  });

  test('a promise without', async () => {
    const promise = table.toArrow();
    expect(typeof promise.then).toBe('function');
    expect((await promise).numRows).toBe(2);
  });

  test('what is not the library is refused', () => {
    for (const wrong of [null, {}, 'apache-arrow', () => {}])
      expect(() => table.toArrow(/** @type {any} */ (wrong))).toThrow(TypeError);
  });

  test('without the package the error says how to get it', async () => {
    const cause = new Error('Cannot find package');
    const failure = loadArrow(() => Promise.reject(cause));
    await expect(failure).rejects.toMatchObject({ name: 'HawserError', code: 'ERR_DRIVER_MISSING', cause });
    await expect(failure).rejects.toThrow('npm install apache-arrow');
  });
});
