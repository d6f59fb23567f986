/**
 * Parquet, written by hyparquet-writer: values, ranges, batches, damage.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { ByteWriter, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import { stamp, stampDate } from '../../js/formats/exact_text.js';
import { formatOf } from '../../js/formats/formats.js';
import { compressorsFor } from '../../js/formats/parquet_codecs.js';
import { readTable, streamTables } from '../../js/formats/read.js';
import { unsnappy } from '../../js/formats/snappy.js';
import { gathered, oneOf, randomOf, sourceOf, typesOf } from './formats-helpers.js';

/** @param {any} options */
const written = (options) => new Uint8Array(parquetWriteBuffer(options));

/** A file with a schema of its own. @param {any[]} schema @param {Record<string, any>} columns @param {any} [options] */
function writtenAs(schema, columns, options = {}) {
  const writer = new ByteWriter();
  const names = Object.keys(columns);
  const file = new ParquetWriter({ writer, schema: [{ name: 'root', num_children: names.length }, ...schema], ...options.file });
  file.write({ columnData: names.map((name) => ({ name, data: columns[name] })), ...options.write });
  file.finish();
  return new Uint8Array(writer.getBuffer());
}

/** @param {Uint8Array} bytes @param {any} [options] */
const read = (bytes, options) => readTable(sourceOf(bytes), 'parquet', options);

describe('values', () => {
  const bytes = written({
    columnData: [
      { name: 'i', data: [1, 2, null, 4, -5], type: 'INT32' },
      { name: 'long', data: [1n, 9007199254740991n, null, 4n, -5n], type: 'INT64' },
      { name: 's', data: ['a', 'ü', null, '', '😀'], type: 'STRING' },
      { name: 'at', data: Array.from({ length: 5 }, (_, i) => new Date(1e12 + i)), type: 'TIMESTAMP' },
      { name: 'b', data: [true, false, null, true, false], type: 'BOOLEAN' },
      { name: 'd', data: new Float64Array([1.5, NaN, -0, 4, 5]), type: 'DOUBLE', nullable: false },
      { name: 'f', data: [1.5, null, 2, 4, 5], type: 'FLOAT' },
      { name: 'j', data: [{ a: 1 }, [1], null, 'x', 9], type: 'JSON' },
      { name: 'bin', data: Array.from({ length: 5 }, (_, i) => new Uint8Array([i, 255])), type: 'BYTE_ARRAY' },
      { name: 'u', data: Array.from({ length: 5 }, (_, i) => `00000000-0000-0000-0000-00000000000${i}`), type: 'UUID' },
    ],
    rowGroupSize: 2,
  });

  test('of every type, over row groups', async () => {
    const table = await read(bytes);
    expect(table.columns.map(({ name, type, databaseType, nullable }) => [name, type, databaseType, nullable])).toEqual([
      ['i', 'integer', 'INT32', true], ['long', 'integer', 'INT64', true], ['s', 'string', 'STRING', true], ['at', 'date', 'TIMESTAMP(MILLIS,UTC)', true],
      ['b', 'boolean', 'BOOLEAN', true], ['d', 'number', 'DOUBLE', false], ['f', 'number', 'FLOAT', true], ['j', 'other', 'JSON', true],
      ['bin', 'buffer', 'BYTE_ARRAY', true], ['u', 'string', 'UUID', true],
    ]);
    expect(table.at(1)).toEqual({
      i: 2, long: 9007199254740991, s: 'ü', at: new Date(1e12 + 1), b: false, d: NaN, f: null, j: [1], bin: new Uint8Array([1, 255]), u: '00000000-0000-0000-0000-000000000001',
    });
    expect(table.at(2)).toMatchObject({ i: null, long: null, s: null, b: null, d: -0, j: null });
    expect(table.column('d')).toEqual(new Float64Array([1.5, NaN, -0, 4, 5]));
    expect([.../** @type {any} */ (table.column('s'))]).toEqual(['a', 'ü', null, '', '😀']);
  });

  test('what one reader changes, the next one does not see', async () => {
    const table = await read(bytes);
    table.at(0)?.bin.fill(9);
    table.at(0)?.at.setTime(0);
    expect(table.at(0)).toMatchObject({ bin: new Uint8Array([0, 255]), at: new Date(1e12) });
  });

  test('integers of 64 bits by int64', async () => {
    const big = written({ columnData: [{ name: 'a', data: [1n, 9007199254740993n], type: 'INT64', nullable: false }, { name: 'b', data: [null, -9007199254740993n], type: 'INT64' }] });
    await expect(read(big, { columns: ['a'] })).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', row: 1, path: 'a' });
    await expect(read(big, { columns: ['b'] })).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', row: 1, path: 'b' });
    const exact = await read(big, { int64: 'bigint' });
    expect(typesOf(exact)).toEqual({ a: 'bigint', b: 'bigint' });
    expect(exact.column('a')).toEqual(BigInt64Array.from([1n, 9007199254740993n]));
    expect(exact.toArray()[1]).toEqual({ a: 9007199254740993n, b: -9007199254740993n });
    expect((await read(big, { int64: 'string' })).toArray()).toEqual([{ a: '1', b: null }, { a: '9007199254740993', b: '-9007199254740993' }]);
    expect((await read(big, { types: { a: 'string', b: 'bigint' } })).toArray()[1]).toEqual({ a: '9007199254740993', b: -9007199254740993n });
  });

  test('decimals, dates, times and timestamps are exact', async () => {
    const file = writtenAs(
      [
        { name: 'price', type: 'INT32', converted_type: 'DECIMAL', precision: 9, scale: 2, repetition_type: 'OPTIONAL' },
        { name: 'large', type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 0, repetition_type: 'REQUIRED' },
        { name: 'day', type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
        { name: 'micros', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' }, repetition_type: 'REQUIRED' },
        { name: 'nanos', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'NANOS' }, repetition_type: 'REQUIRED' },
        { name: 'local', type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MILLIS' }, repetition_type: 'REQUIRED' },
        { name: 'time', type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: true, unit: 'MICROS' }, repetition_type: 'REQUIRED' },
      ],
      {
        price: [12.5, -0.01], large: [999999999999999999n, -5n], day: [19782, null], micros: [1709200800000001n, -1n], nanos: [1709200800000000001n, -1n],
        local: [1709200800000n, -1n], time: [36000000001n, 86399999999n],
      },
      { file: { codec: 'UNCOMPRESSED', statistics: false } },
    );
    const table = await read(file);
    expect(table.columns.map(({ type, databaseType }) => [type, databaseType])).toEqual([
      ['string', 'DECIMAL(9,2)'], ['string', 'DECIMAL(18,0)'], ['string', 'DATE'], ['string', 'TIMESTAMP(MICROS,UTC)'], ['string', 'TIMESTAMP(NANOS)'],
      ['string', 'TIMESTAMP(MILLIS)'], ['string', 'TIME(MICROS)'],
    ]);
    const [first, second] = table.toArray();
    expect(first).toEqual({
      price: '12.50', large: '999999999999999999', day: '2024-02-29', micros: '2024-02-29T10:00:00.000001Z', nanos: '2024-02-29T10:00:00.000000001',
      local: '2024-02-29T10:00:00.000', time: '10:00:00.000001',
    });
    expect(second).toMatchObject({ price: '-0.01', large: '-5', day: null, micros: '1969-12-31T23:59:59.999999Z', nanos: '1969-12-31T23:59:59.999999999', local: '1969-12-31T23:59:59.999' });
    const declared = await read(file, { columns: ['price', 'micros', 'nanos', 'day'], types: { price: 'number', micros: 'date', nanos: 'date', day: 'date' } });
    expect(declared.at(0)).toEqual({ price: 12.5, micros: new Date('2024-02-29T10:00:00Z'), nanos: new Date('2024-02-29T10:00:00Z'), day: new Date('2024-02-29') });
    expect(typesOf(declared)).toEqual({ price: 'number', micros: 'date', nanos: 'date', day: 'date' });
    await expect(read(file, { types: { day: 'integer' } })).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 0 });
  });

  test('stamps of any time, at any unit', () => {
    const random = randomOf(8);
    for (let i = 0; i < 20_000; i++) {
      const unit = oneOf(random, /** @type {const} */ (['MILLIS', 'MICROS', 'NANOS']));
      const perMs = { MILLIS: 1n, MICROS: 1000n, NANOS: 1_000_000n }[unit];
      const ms = BigInt(Math.floor((random() - 0.4) * 10 ** oneOf(random, [3, 9, 13, 14])));
      const rest = BigInt(Math.floor(random() * Number(perMs)));
      const value = ms * perMs + rest;
      const digits = perMs === 1n ? '' : String(rest).padStart(String(perMs).length - 1, '0');
      expect(stamp(value, unit)).toBe(new Date(Number(ms)).toISOString().slice(0, -1) + digits);
      expect(stampDate(value, unit)).toEqual(new Date(Number(ms)));
    }
  });

  test('lists, maps and groups come as arrays and objects, integers in them by int64', async () => {
    const list = (/** @type {string} */ name, /** @type {string} */ type) => [
      { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', type, repetition_type: 'OPTIONAL' },
    ];
    const schema = [
      ...list('n', 'INT64'),
      { name: 'g', repetition_type: 'OPTIONAL', num_children: 2 },
      { name: 'x', type: 'INT32', repetition_type: 'OPTIONAL' },
      { name: 'd', type: 'INT32', converted_type: 'DATE', repetition_type: 'OPTIONAL' },
    ];
    const file = writtenAs(schema, { n: [[1n, 2n], null, [], [null, 9007199254740993n]], g: [{ x: 1, d: 19782 }, null, { x: null, d: null }, { x: 2, d: 0 }] });
    const table = await read(file, { int64: 'string' });
    expect(typesOf(table)).toEqual({ n: 'array', g: 'object' });
    expect(table.toArray()).toEqual([
      { n: ['1', '2'], g: { x: 1, d: '2024-02-29' } }, { n: null, g: null }, { n: [], g: { x: null, d: null } }, { n: [null, '9007199254740993'], g: { x: 2, d: '1970-01-01' } },
    ]);
    await expect(read(file)).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', row: 3, path: 'n' });
    expect((await read(file, { limit: 2, offset: 2, int64: 'bigint' })).toArray()[1].n).toEqual([null, 9007199254740993n]);
    expect((await read(file, { types: { n: 'string' }, int64: 'string' })).at(0)?.n).toBe('["1","2"]');
  });

  test('bytes that are text, if declared so', async () => {
    const file = written({ columnData: [{ name: 'a', data: [new TextEncoder().encode('ü'), new Uint8Array(0)], type: 'BYTE_ARRAY' }] });
    expect((await read(file, { types: { a: 'string' } })).toArray()).toEqual([{ a: 'ü' }, { a: '' }]);
  });

  test('random columns come back', async () => {
    const random = randomOf(17);
    for (let round = 0; round < 60; round++) {
      const length = Math.floor(random() * 400);
      const nulls = random() < 0.5 ? random() : 0;
      const cells = (/** @type {() => any} */ make) => Array.from({ length }, () => (random() < nulls ? null : make()));
      const columnData = [
        { name: 'i', type: 'INT32', data: cells(() => Math.floor(random() * 2 ** 32) - 2 ** 31) },
        { name: 'l', type: 'INT64', data: cells(() => BigInt(Math.floor((random() - 0.5) * 2 ** 60))) },
        { name: 'd', type: 'DOUBLE', data: cells(() => random() * 1e300) },
        { name: 's', type: 'STRING', data: cells(() => oneOf(random, ['', 'a', 'é', '漢字 😀', 'x'.repeat(Math.floor(random() * 100))])) },
        { name: 't', type: 'STRING', data: cells(() => `${random()}`) },
        { name: 'b', type: 'BOOLEAN', data: cells(() => random() < 0.5) },
      ];
      const bytes = written({ columnData, rowGroupSize: 1 + Math.floor(random() * 200), pageSize: oneOf(random, [100, 1000, 1e6]), codec: oneOf(random, ['SNAPPY', 'UNCOMPRESSED']) });
      const offset = Math.floor(random() * length * 1.2);
      const limit = Math.floor(random() * length);
      for (const table of [await read(bytes, { int64: 'bigint' }), await read(bytes, { int64: 'bigint', offset, limit })]) {
        const from = table.length === length ? 0 : offset;
        const expected = columnData.map(({ data }) => data.slice(from, from + table.length));
        expect(columnData.map(({ name }) => [.../** @type {any} */ (table.column(name))])).toEqual(expected);
      }
      const tables = await gathered(streamTables(sourceOf(bytes), 'parquet', { int64: 'bigint', batchSize: 1 + Math.floor(random() * 100) }));
      expect(tables.flatMap((table) => [.../** @type {any} */ (table.column('s'))])).toEqual(columnData[3].data);
    }
  });
});

describe('a large file', () => {
  const rows = 300_000;
  const columnData = (/** @type {boolean} */ offsetIndex) => [
    { name: 'x', data: Float64Array.from({ length: rows }, (_, i) => Math.sin(i)), type: /** @type {const} */ ('DOUBLE'), nullable: false, offsetIndex },
    { name: 'n', data: BigInt64Array.from({ length: rows }, (_, i) => BigInt(i) * 7919n), type: /** @type {const} */ ('INT64'), offsetIndex },
    { name: 't', data: Array.from({ length: rows }, (_, i) => `text ${i * 7919}`), type: /** @type {const} */ ('STRING'), offsetIndex },
  ];
  const indexed = written({ columnData: columnData(true), rowGroupSize: rows, pageSize: 50_000 });
  const plain = written({ columnData: columnData(false), rowGroupSize: rows / 2, pageSize: 50_000 });

  test.each(/** @type {[string, Uint8Array, any, number][]} */ ([
    ['with an index of pages, its first rows', indexed, { limit: 3 }, 0.05], ['with one, rows in the middle', indexed, { limit: 3, offset: 123_456 }, 0.08],
    ['without one, its first rows', plain, { limit: 3 }, 0.06], ['one column', indexed, { columns: ['n'] }, 0.4], ['one row of one column', plain, { columns: ['n'], limit: 1 }, 0.03],
  ]))('%s: a small part of it is moved', async (_, bytes, options, share) => {
    const source = sourceOf(bytes);
    const table = await readTable(source, 'parquet', options);
    const first = options.offset ?? 0;
    expect(table.length).toBe(options.limit ?? rows);
    const expected = { x: Math.sin(first), n: first * 7919, t: `text ${first * 7919}` };
    expect(table.at(0)).toEqual(options.columns ? { n: expected.n } : expected);
    expect(source.seen.moved / bytes.length).toBeLessThan(share);
    expect(source.seen.requests).toBeLessThan(10);
  });

  test('all of it in one request; of a stream a row group at a time', async () => {
    const source = sourceOf(plain);
    expect((await readTable(source, 'parquet')).length).toBe(rows);
    expect(source.seen).toMatchObject({ requests: 1, moved: plain.length });
    const other = sourceOf(plain);
    const tables = streamTables(other, 'parquet', { batchSize: 1000 });
    for (let i = 0; i < 100; i++) expect((await tables.next()).value?.length).toBe(1000);
    expect(other.seen.moved / plain.length).toBeLessThan(0.6);
    await tables.return();
  });

  test('a source without ranges, or without a size', async () => {
    for (const missing of ['slice', 'size']) {
      const { [missing]: _, ...source } = /** @type {any} */ (sourceOf(indexed));
      expect((await readTable(source, 'parquet', { limit: 2, offset: 5 })).at(0)?.n).toBe(5 * 7919);
    }
  });

  test('what the source throws comes as it is; an abort gives up', async () => {
    const failure = new Error('gone');
    const source = { ...sourceOf(indexed), slice: () => Promise.reject(failure) };
    await expect(readTable(source, 'parquet', { limit: 1 })).rejects.toBe(failure);
    let calls = 0;
    const good = sourceOf(indexed);
    const late = { ...good, slice: (/** @type {number} */ a, /** @type {number} */ b) => (calls++ ? Promise.reject(failure) : good.slice(a, b)) };
    await expect(readTable(late, 'parquet', { limit: 1 })).rejects.toBe(failure);
    const controller = new AbortController();
    const tables = streamTables(sourceOf(plain), 'parquet', { signal: controller.signal });
    await tables.next();
    controller.abort(failure);
    await expect(gathered(tables)).rejects.toBe(failure);
    // A file that has become shorter meanwhile.
    const short = { ...good, slice: async (/** @type {number} */ a, /** @type {number} */ b) => (await good.slice(a, b)).subarray(0, 10) };
    await expect(readTable(short, 'parquet', { limit: 1 })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });
});

describe('compression', () => {
  const columnData = [{ name: 'a', data: Array.from({ length: 5000 }, (_, i) => `text ${i % 300}`), type: /** @type {const} */ ('STRING') }, { name: 'n', data: Int32Array.from({ length: 5000 }, (_, i) => i), type: /** @type {const} */ ('INT32') }];
  const gzip = { codec: 'GZIP', compressors: { GZIP: (/** @type {Uint8Array} */ bytes) => new Uint8Array(gzipSync(bytes)) } };

  test('gzip, by the runtime, whole and in part', async () => {
    for (const pageSize of [1000, 1e6]) {
      const bytes = written({ columnData, ...gzip, pageSize, rowGroupSize: 2000 });
      expect((await read(bytes)).at(4999)).toEqual({ a: 'text 199', n: 4999 });
      expect((await read(bytes, { limit: 3, offset: 2999 })).at(0)).toEqual({ a: 'text 299', n: 2999 });
    }
    const bytes = written({ columnData, ...gzip });
    let calls = 0;
    const GZIP = (/** @type {Uint8Array} */ input) => (calls++, new Uint8Array(gunzipSync(input)));
    expect((await read(bytes, { compressors: { GZIP } })).at(4999)).toEqual({ a: 'text 199', n: 4999 });
    expect(calls).toBeGreaterThan(1);
    const damaged = Uint8Array.from(bytes);
    damaged.fill(0, 40, 60);
    await expect(read(damaged)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });

  test('others: handed in, from the optional package, or an error that names it', async () => {
    const flip = (/** @type {Uint8Array} */ bytes) => bytes.map((byte) => byte ^ 1);
    const bytes = written({ columnData, codec: 'ZSTD', compressors: { ZSTD: flip } });
    expect((await read(bytes, { compressors: { ZSTD: flip } })).at(0)).toEqual({ a: 'text 0', n: 0 });
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ERR_DRIVER_MISSING' });
    await expect(read(bytes)).rejects.toThrow(/ZSTD, .*npm install hyparquet-compressors/);
    expect((await compressorsFor(['ZSTD'], undefined, async () => ({ compressors: { ZSTD: flip } }))).ZSTD).toBe(flip);
    const flights = readFileSync(new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url));
    await expect(readTable(sourceOf(flights), formatOf({ path: 'flights-3m.parquet' }), { limit: 1 })).rejects.toMatchObject({ code: 'ERR_DRIVER_MISSING' });
  });

  test('the whole file in gzip', async () => {
    const bytes = written({ columnData });
    expect((await readTable(sourceOf(new Uint8Array(gzipSync(bytes))), formatOf({ path: 'x.parquet.gz' }), { limit: 1 })).at(0)).toEqual({ a: 'text 0', n: 0 });
  });
});

describe('what is no Parquet', () => {
  const good = written({ columnData: [{ name: 'a', data: Array.from({ length: 1000 }, (_, i) => `text ${i}`), type: 'STRING' }, { name: 'n', data: Int32Array.from({ length: 1000 }, (_, i) => i % 9), type: 'INT32' }] });

  test.each([['nothing', new Uint8Array(0)], ['text', new TextEncoder().encode('hello, hello, hello')], ['its beginning', good.subarray(0, 500)], ['its end', good.subarray(-100)]])('%s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });

  test('cut off anywhere, or with another end', async () => {
    for (let end = 0; end < good.length; end += 97) await expect(read(good.subarray(0, end))).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    for (let end = 4; end < good.length; end += 97) {
      const cut = Uint8Array.from([...good.subarray(0, end), ...good.subarray(-8)]);
      await expect(read(cut)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    }
  });

  test('snappy: what another wrote, and damage of every kind, which ends and stays within what it was given', () => {
    const random = randomOf(23);
    const texts = Array.from({ length: 40 }, () => Uint8Array.from({ length: Math.floor(random() * 5000) }, (_, i) => (random() < 0.7 ? i % 7 : random() * 256)));
    for (const text of texts) {
      const compressed = snappyCompress(text);
      expect(unsnappy(compressed, text.length)).toEqual(text);
      expect(() => unsnappy(compressed, text.length + 1)).toThrow(/snappy/);
      for (let round = 0; round < 100; round++) {
        const bytes = Uint8Array.from(compressed);
        for (let i = 0; i < 3; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        try {
          expect(unsnappy(bytes, text.length).length).toBe(text.length);
        } catch (error) {
          expect(/** @type {Error} */ (error).message).toMatch(/snappy/);
        }
      }
    }
  });

  test('columns that are not there', async () => {
    await expect(read(good, { columns: ['b'] })).rejects.toThrow(/no column "b". There are: a, n/);
    await expect(read(good, { types: { b: 'string' } })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });
});
