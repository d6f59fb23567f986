/**
 * Arrow IPC through apache-arrow: what we write ourselves, what the library writes, real files.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as arrow from 'apache-arrow';
import { Table } from '../../js/index.js';
import { readTable } from '../../js/formats/read.js';
import { sourceOf, typesOf } from './formats-helpers.js';

/** @param {Uint8Array} bytes @param {any} [options] */
const read = (bytes, options) => readTable(sourceOf(bytes), 'arrow', { arrow, ...options });

test('what toArrowIPC() wrote', async () => {
  const table = Table.from([
    { a: 1, b: 'ü', c: new Date(5), d: true, e: new Uint8Array([1]), f: 12345678901234567n, g: 1.5 },
    { a: null, b: null, c: null, d: null, e: null, f: 1n, g: 2 },
  ]);
  const bytes = table.toArrowIPC();
  const back = await read(bytes, { int64: 'bigint' });
  expect(typesOf(back)).toEqual({ a: 'bigint', b: 'string', c: 'date', d: 'boolean', e: 'buffer', f: 'bigint', g: 'number' });
  expect(back.toArray()).toEqual(table.toArray().map((row) => ({ ...row, a: row.a === null ? null : BigInt(row.a) })));
  expect((await read(bytes, { int64: 'string', columns: ['f'] })).toArray()).toEqual([{ f: '12345678901234567' }, { f: '1' }]);
  await expect(read(bytes)).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', path: 'f', row: 0 });
  expect((await read(bytes, { columns: ['g', 'a'], offset: 1, limit: 5 })).toArray()).toEqual([{ g: 2, a: null }]);
  // Imported, where it is installed.
  expect((await readTable(sourceOf(bytes), 'arrow', { columns: ['g'] })).column('g')).toEqual(Float64Array.from([1.5, 2]));
});

test('vega-datasets: flights-200k.arrow', async () => {
  const bytes = readFileSync(new URL('../../node_modules/vega-datasets/data/flights-200k.arrow', import.meta.url));
  const table = await read(bytes);
  expect(table.columns.map(({ name, type, databaseType }) => [name, type, databaseType])).toEqual([['delay', 'integer', 'Int16'], ['distance', 'integer', 'Int16'], ['time', 'number', 'Float32']]);
  const expected = arrow.tableFromIPC(bytes);
  for (const name of ['delay', 'distance', 'time']) expect(table.column(name)).toEqual(Float64Array.from(expected.getChild(name)?.toArray()));
});

describe('types of the library', () => {
  const { vectorFromArray: vector, Field, makeData, Vector } = arrow;

  test('lists, groups, dictionaries, dates, times', async () => {
    const stored = (/** @type {any} */ type, /** @type {bigint[]} */ values) => new Vector([makeData({ type, data: BigInt64Array.from(values), length: values.length, nullCount: 0 })]);
    const table = new arrow.Table({
      l: vector([[1n, 2n], null, [9007199254740993n]], new arrow.List(new Field('x', new arrow.Int64(), true))),
      s: vector([{ a: 1 }, { a: null }, null], new arrow.Struct([new Field('a', new arrow.Int32(), true)])),
      k: vector(['a', 'b', 'a']),
      d: vector([new Date(0), new Date(86_400_000 * 3), null], new arrow.DateDay()),
      ns: stored(new arrow.TimestampNanosecond(), [1n, 1709200800000000001n, -1n]),
      us: stored(new arrow.TimestampMicrosecond('UTC'), [1n, 1709200800000001n, -1n]),
      t: stored(new arrow.TimeMicrosecond(), [0n, 36000000001n, 1n]),
    });
    for (const format of /** @type {const} */ (['stream', 'file'])) {
      const back = await read(arrow.tableToIPC(table, format), { int64: 'string' });
      expect(typesOf(back)).toEqual({ l: 'array', s: 'object', k: 'string', d: 'string', ns: 'string', us: 'string', t: 'string' });
      expect(back.toArray()).toEqual([
        { l: ['1', '2'], s: { a: 1 }, k: 'a', d: '1970-01-01', ns: '1970-01-01T00:00:00.000000001', us: '1970-01-01T00:00:00.000001Z', t: '00:00:00.000000' },
        { l: null, s: { a: null }, k: 'b', d: '1970-01-04', ns: '2024-02-29T10:00:00.000000001', us: '2024-02-29T10:00:00.000001Z', t: '10:00:00.000001' },
        { l: ['9007199254740993'], s: null, k: 'a', d: null, ns: '1969-12-31T23:59:59.999999999', us: '1969-12-31T23:59:59.999999Z', t: '00:00:00.000001' },
      ]);
      await expect(read(arrow.tableToIPC(table, format))).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', path: 'l', row: 2 });
      expect((await read(arrow.tableToIPC(table, format), { columns: ['us'], types: { us: 'date' } })).at(1)).toEqual({ us: new Date('2024-02-29T10:00:00Z') });
    }
  });

  test('decimals', async () => {
    const words = new Uint32Array([1250, 0, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
    const table = new arrow.Table({ d: new Vector([makeData({ type: new arrow.Decimal(2, 10, 128), data: words, length: 2, nullCount: 0 })]) });
    expect((await read(arrow.tableToIPC(table))).toArray()).toEqual([{ d: '12.50' }, { d: '-0.01' }]);
  });
});

describe('what is no Arrow', () => {
  const bytes = Table.from([{ a: 1 }]).toArrowIPC();
  test.each([['nothing', new Uint8Array(0)], ['text', new TextEncoder().encode('hello, hello, hello, hello')], ['a part', bytes.subarray(0, 60)]])('%s', async (_, bad) => {
    await expect(read(bad)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });

  test('wrong options', async () => {
    await expect(read(bytes, { columns: ['b'] })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(read(bytes, { limit: -1 })).rejects.toThrow(RangeError);
  });
});
