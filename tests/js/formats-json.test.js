/**
 * JSON: exact integers, records to tables, places of mistakes.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { formatOf } from '../../js/formats/formats.js';
import { parseJson } from '../../js/formats/json_text.js';
import { readTable, readValue } from '../../js/formats/read.js';
import { oneOf, randomOf, sourceOf, typesOf } from './formats-helpers.js';

const DATASETS = new URL('../../node_modules/vega-datasets/data/', import.meta.url);

/** @param {() => unknown} run @returns {any} */
function thrownBy(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('which format', () => {
  test.each([
    [{ path: 'a.b/x.CSV' }, { name: 'csv', gzip: false }],
    [{ path: 'x.json.gz' }, { name: 'json', gzip: true }],
    [{ path: 'https://h/x.ndjson.GZ?f=y.csv#z.tsv' }, { name: 'ndjson', gzip: true }],
    [{ path: 'x.jsonl', contentType: 'text/csv' }, { name: 'ndjson', gzip: false }],
    [{ path: 'x.json', format: 'tsv' }, { name: 'tsv', gzip: false }],
    [{ path: 'x.pq' }, { name: 'parquet', gzip: false }],
    [{ path: 'rows', contentType: 'application/vnd.api+json; charset="UTF-8"' }, { name: 'json', gzip: false, charset: 'utf-8' }],
    [{ contentType: 'text/html' }, { name: 'text', gzip: false }],
    [{ path: 'x.csv', contentType: 'application/gzip' }, { name: 'csv', gzip: true }],
    [{ path: 'x.csv.gz', gzip: false }, { name: 'csv', gzip: false }],
    [{ format: 'parquet.gz' }, { name: 'parquet', gzip: true }],
    [{ contentType: 'application/octet-stream' }, { name: 'bytes', gzip: false }],
  ])('%j', (what, expected) => {
    expect(formatOf(what)).toEqual(expected);
  });

  test.each([[{}], [{ path: 'noext' }], [{ path: 'x.gz' }], [{ contentType: 'image/png' }], [{ format: 'xls' }], [{ format: 'constructor' }], [{ path: 'x.constructor' }]])(
    '%j: none', (what) => {
      expect(() => formatOf(what)).toThrow(TypeError);
      expect(() => formatOf(what)).toThrow(/'parquet'/);
    },
  );
});

describe('integers are exact', () => {
  const BORDERS = ['0', '9007199254740990', '9007199254740991', '9007199254740992', '9007199254740993', '18014398509481984', '9223372036854775807', '99999999999999999999'];

  test.each(BORDERS.flatMap((digits) => [digits, `-${digits}`]))('%s', (digits) => {
    const safe = Number.isSafeInteger(Number(digits));
    for (const text of [digits, ` ${digits} `, `[${digits}]`, `{"a":[1,{"b c":${digits}\n}]}`]) {
      const value = (/** @type {any} */ read) => (typeof read === 'object' && !Array.isArray(read) ? read.a[1]['b c'] : Array.isArray(read) ? read[0] : read);
      expect(value(parseJson(text, { int64: 'bigint' }))).toBe(safe ? Number(digits) : BigInt(digits));
      expect(value(parseJson(text, { int64: 'string' }))).toBe(safe ? Number(digits) : digits);
      if (safe) {
        expect(value(parseJson(text))).toBe(Number(digits));
      } else {
        const error = thrownBy(() => parseJson(text));
        expect(error.code).toBe('ERR_INT64_RANGE');
        expect(error.path).toBe(text.startsWith('{') ? 'a[1]["b c"]' : text.startsWith('[') ? '[0]' : '');
        expect(text.slice(error.offset)).toMatch(new RegExp(`^${digits}`));
      }
    }
  });

  test('what only looks like one', () => {
    const text = '{"a":"9007199254740993","b":", 9007199254740993 ,","c":"\\\\\\", -9007199254740993 ]","d":0.30000000000000004,"e":9007199254740993.0,"f":90071992547409930e1,"g":1e9007199,"9007199254740993":1}';
    expect(parseJson(text)).toEqual(JSON.parse(text));
    expect(parseJson(text, { int64: 'bigint' })).toEqual(JSON.parse(text));
  });

  test('at every offset, among random text', () => {
    const random = randomOf(7);
    const pieces = ['1234567890123456', '"', '\\"', '\\\\', '12345678901234567', ' ', '9007199254740991', '.5', ',', 'x', '-', 'e5', 'ü'];
    for (let i = 0; i < 3000; i++) {
      const content = Array.from({ length: Math.floor(random() * 12) }, () => oneOf(random, pieces)).join('');
      const long = random() < 0.5;
      const integer = `${random() < 0.5 ? '-' : ''}${long ? '9007199254740993' : '12'}`;
      const before = JSON.stringify(content);
      const text = `{${before}:[${before},${integer},${before}]}`;
      expect(parseJson(text, { int64: 'bigint' })).toEqual({ [content]: [content, long ? BigInt(integer) : Number(integer), content] });
    }
  });

  test('random values come back', () => {
    const random = randomOf(11);
    /** @param {number} depth @returns {any} */
    const value = (depth) => {
      const kind = Math.floor(random() * (depth > 3 ? 6 : 8));
      if (kind === 6) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth + 1));
      if (kind === 7) return Object.fromEntries(Array.from({ length: Math.floor(random() * 4) }, (_, i) => [oneOf(random, ['a', 'b "', '1', 'ü', `k${i}`]), value(depth + 1)]));
      return [null, true, 'a "text" 12345678901234567890', random() * 1e9, Math.floor(random() * 100), BigInt(Math.floor(random() * 2 ** 53)) * 1000n + 9007199254740993n][kind];
    };
    /** @param {any} tree @returns {string} */
    const written = (tree) => {
      if (typeof tree === 'bigint') return String(tree);
      if (Array.isArray(tree)) return `[${tree.map(written).join(oneOf(random, [',', ' ,\n']))}]`;
      if (typeof tree === 'object' && tree) return `{${Object.entries(tree).map(([key, item]) => `${JSON.stringify(key)}:${written(item)}`).join(',')}}`;
      return JSON.stringify(tree);
    };
    for (let i = 0; i < 2000; i++) {
      const tree = value(0);
      expect(parseJson(written(tree), { int64: 'bigint' })).toEqual(tree);
    }
  });

  test('an unknown way', () => expect(() => parseJson('1', { int64: /** @type {any} */ ('float') })).toThrow(RangeError));
});

describe('the text', () => {
  test('equal names: the last one wins; "__proto__" is a name', () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({ a: 2 });
    for (const int64 of /** @type {const} */ (['number', 'bigint'])) {
      const value = parseJson(`{"__proto__":${int64 === 'number' ? 1 : '9007199254740993'}}`, { int64 });
      expect(Object.keys(value)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(value)).toBe(Object.getPrototypeOf(parseJson('{}')));
    }
  });

  test('nested deeper than the stack', () => {
    const depth = 200_000;
    let value = parseJson(`${'['.repeat(depth)}9007199254740993${']'.repeat(depth)}`, { int64: 'bigint' });
    for (let i = 0; i < depth; i++) value = value[0];
    expect(value).toBe(9007199254740993n);
  });

  test.each([
    ['{"a":1,}', 1, 8], ['', 1, 1], ['[1 2]', 1, 4], ['{"a": tru}', 1, 7], ['"abc', 1, 1], ['{"a":\n [1,\n 2,,]}', 3, 4], ['[1]x', 1, 4], ['{"a" 1}', 1, 6],
    ['[9007199254740993,]', 1, 19], ['["\t"]', 1, 2], ['[01]', 1, 3], ['{"a":"\\x"}', 1, 6], ['[1,2', 1, 5], ['{1:2}', 1, 2],
  ])('%j: line %d, column %d', (text, line, column) => {
    for (const int64 of /** @type {const} */ (['number', 'bigint', 'string'])) {
      const error = thrownBy(() => parseJson(text, { int64 }));
      expect(error).toMatchObject({ code: 'ERR_FORMAT', line, column });
      expect(error.message).toMatch(`line ${line}, column ${column}`);
    }
  });

  test('whatever is cut off is found', () => {
    const text = '{"a":[1,2.5e3,{"b c":"d\\u00e9\\n"},true,null],"e":-0}';
    for (let end = 0; end < text.length; end++) expect(thrownBy(() => parseJson(text.slice(0, end)))).toMatchObject({ code: 'ERR_FORMAT' });
    // A megabyte of string before the mistake.
    expect(thrownBy(() => parseJson(`["${'x'.repeat(2 ** 20)}",]`))).toMatchObject({ code: 'ERR_FORMAT', column: 2 ** 20 + 5 });
  });

  test('what the runtime cannot parse although it is JSON is not called a mistake', () => {
    const { parse } = JSON;
    JSON.parse = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    try {
      expect(thrownBy(() => parseJson('[[[1]]]'))).toMatchObject({ code: 'ERR_LIMIT' });
    } finally {
      JSON.parse = parse;
    }
  });

  test('a byte order mark, UTF-16, and what is no UTF-8', async () => {
    expect(await readValue(sourceOf('\ufeff{"a":1}'), 'json')).toEqual({ a: 1 });
    expect(await readValue(sourceOf(new Uint8Array([0xff, 0xfe, 0x31, 0])), 'json')).toBe(1);
    await expect(readValue(sourceOf(new Uint8Array([0x22, 0xe4, 0x22])), 'json')).rejects.toMatchObject({ code: 'ERR_FORMAT' });
  });
});

describe('records', () => {
  /** @param {any} value @param {any} [options] */
  const read = (value, options) => readTable(sourceOf(typeof value === 'string' ? value : JSON.stringify(value)), 'json', options);

  test('objects: all names, in order of appearance; what is inherited is no value', async () => {
    const table = await read('{"data":{"items":[{"id":1,"__proto__":3},{"id":2.5,"b":"x"},{"toString":1,"n":{"k":[1]}}]}}', { records: 'data.items' });
    expect(typesOf(table)).toEqual({ id: 'number', ['__proto__']: 'integer', b: 'string', toString: 'integer', n: 'object' });
    expect(table.columns.map(({ name }) => name)).toEqual(['id', '__proto__', 'b', 'toString', 'n']);
    expect(table.at(1)?.toString).toBeNull();
    expect(table.at(2)?.n).toEqual({ k: [1] });
  });

  test('arrays, with names or without', async () => {
    expect((await read([[1, 'a'], [2]])).toArray()).toEqual([{ column1: 1, column2: 'a' }, { column1: 2, column2: null }]);
    expect((await read([[1, 'a']], { columns: ['x', 'y'] })).toArray()).toEqual([{ x: 1, y: 'a' }]);
    expect((await read([['x', 'y'], [2, 'b']], { header: true, columns: ['y'] })).toArray()).toEqual([{ y: 'b' }]);
    await expect(read([[1, 2, 3]], { columns: ['x', 'y'] })).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 0 });
  });

  test('one object, null, others', async () => {
    expect((await read({ a: 1, b: [2] })).toArray()).toEqual([{ a: 1, b: [2] }]);
    expect((await read({ items: null }, { records: ['items'], columns: ['a'] })).length).toBe(0);
    expect((await read([1, null, 'x'])).toArray()).toEqual([{ value: 1 }, { value: null }, { value: 'x' }]);
    expect((await read([])).length).toBe(0);
    await expect(read(5)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(read([{ a: 1 }, [2]])).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 1 });
  });

  test('a path that leads nowhere tells what there is', async () => {
    await expect(read({ data: { rows: [] } }, { records: 'data.items' })).rejects.toThrow(/no "items" at data, which is an object with rows/);
    await expect(read({ data: 5 }, { records: 'data.items' })).rejects.toThrow(/"items" at data, which is a number/);
    expect((await read({ 'a.b': [{ c: 1 }] }, { records: ['a.b'] })).toArray()).toEqual([{ c: 1 }]);
    expect((await read([[{ a: 1 }]], { records: '0' })).toArray()).toEqual([{ a: 1 }]);
  });

  test('declared types do not depend on the values', async () => {
    const types = /** @type {const} */ ({ a: 'string', b: 'number', c: 'boolean', d: 'date', e: 'integer', f: 'array', g: 'bigint', h: 'buffer', i: 'object' });
    const table = await read([{ a: 5, b: '2.5', c: 'yes', d: '2024-02-29T10:00:00+02:00', e: '12', f: '[1]', g: '9007199254740993', h: 'AQI=', i: { x: 1 } }, {}], { types });
    expect(typesOf(table)).toEqual(types);
    expect(table.at(0)).toEqual({ a: '5', b: 2.5, c: true, d: new Date('2024-02-29T08:00:00Z'), e: 12, f: [1], g: 9007199254740993n, h: new Uint8Array([1, 2]), i: { x: 1 } });
    const empty = await read([], { columns: Object.entries(types).map(([name, type]) => ({ name, type })) });
    expect(typesOf(empty)).toEqual(types);
  });

  test.each(/** @type {[any, any][]} */ ([
    ['x', 'integer'], [1.5, 'integer'], ['x', 'number'], ['maybe', 'boolean'], ['2023-02-29', 'date'], ['yesterday', 'date'], [{}, 'array'], [[], 'object'], [1, 'buffer'],
  ]))('%j is no %s', async (value, type) => {
    await expect(read([{ a: null }, { a: value }], { types: { a: type } })).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 1 });
  });

  test('integers of a table by int64', async () => {
    const text = '[{"a":1,"b":9007199254740993,"c":[9007199254740993]}]';
    await expect(read(text)).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', path: '[0].b' });
    const exact = await read(text, { int64: 'bigint' });
    expect(typesOf(exact)).toEqual({ a: 'bigint', b: 'bigint', c: 'array' });
    expect(exact.at(0)).toEqual({ a: 1n, b: 9007199254740993n, c: [9007199254740993n] });
    const digits = await read(text, { int64: 'string' });
    expect(typesOf(digits)).toEqual({ a: 'string', b: 'string', c: 'array' });
    expect(digits.at(0)).toEqual({ a: '1', b: '9007199254740993', c: ['9007199254740993'] });
    await expect(read('[{"a":"9007199254740993"}]', { types: { a: 'integer' } })).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', row: 0 });
  });

  test('limit, offset, and wrong options', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({ i }));
    expect((await read(rows, { limit: 2, offset: 7 })).toArray()).toEqual([{ i: 7 }, { i: 8 }]);
    expect((await read(rows, { offset: 20 })).length).toBe(0);
    for (const options of [{ limit: -1 }, { offset: 1.5 }, { batchSize: 0 }]) await expect(read(rows, options)).rejects.toThrow(RangeError);
    for (const options of [{ columns: 'a' }, { columns: ['a', 'a'] }, { columns: [5] }, { types: { a: 'text' } }, { records: 5 }]) {
      await expect(read(rows, options)).rejects.toThrow(TypeError);
    }
  });

  test('what is no format of tables', async () => {
    await expect(readTable(sourceOf('x'), 'text')).rejects.toThrow(TypeError);
  });
});

test.each(readdirSync(DATASETS).filter((name) => name.endsWith('.json')))('vega-datasets: %s', async (name) => {
  const bytes = readFileSync(new URL(name, DATASETS));
  const value = JSON.parse(bytes.toString());
  expect(JSON.stringify(await readValue(sourceOf(bytes), formatOf({ path: name })))).toBe(JSON.stringify(value));
  const table = await readTable(sourceOf(bytes), 'json');
  if (!Array.isArray(value)) return expect(table.length).toBe(1);
  expect(table.length).toBe(value.length);
  const rows = table.toArray();
  const bad = value.findIndex((row, i) => Object.entries(typeof row === 'object' ? row : { value: row }).some(([key, item]) => JSON.stringify(rows[i][key]) !== JSON.stringify(item)));
  expect(bad).toBe(-1);
});
