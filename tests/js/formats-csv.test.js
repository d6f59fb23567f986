/**
 * CSV and TSV: against a writer of our own, against Papa Parse, cut at every byte, and real files.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import Papa from 'papaparse';
import { formatOf } from '../../js/formats/formats.js';
import { readTable, readValue, streamTables } from '../../js/formats/read.js';
import { gathered, oneOf, randomOf, sourceOf, typesOf } from './formats-helpers.js';

const DATASETS = new URL('../../node_modules/vega-datasets/data/', import.meta.url);

/** @param {string | Uint8Array} text @param {any} [options] @param {any} [cut] */
const read = (text, options, cut) => readTable(sourceOf(text, cut), 'csv', options);

/** All cells as texts. @param {import('../../js/table/table.js').Table} table */
const cellsOf = (table) => table.toArray().map((row) => table.columns.map(({ name }) => row[name]));

/** Everything as it is. @param {number} width */
const asTexts = (width) => ({ header: false, nulls: [], types: Object.fromEntries(Array.from({ length: width }, (_, i) => [`column${i + 1}`, 'string'])) });

/** RFC 4180. @param {string[][]} records @param {{ delimiter: string, newline: string, always: boolean, last: boolean }} how */
function written(records, { delimiter, newline, always, last }) {
  const cell = (/** @type {string} */ text) => (always || text === '' || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return records.map((record) => record.map(cell).join(delimiter)).join(newline) + (last ? newline : '');
}

describe('what was written is read', () => {
  const PARTS = ['a', 'b c', '"', '""', ',', ';', '\n', '\r\n', '\r', ' ', 'é', '漢字', '😀', "'", '\t', '0', '-1.5', '\ufeff', ''];

  test('random records in every dialect', async () => {
    const random = randomOf(42);
    for (let round = 0; round < 1500; round++) {
      const width = 1 + Math.floor(random() * 4);
      const text = () => Array.from({ length: Math.floor(random() * 4) }, () => oneOf(random, PARTS)).join('');
      const records = Array.from({ length: 1 + Math.floor(random() * 6) }, () => Array.from({ length: width }, text));
      records[0][0] = `x${records[0][0]}`; // Not a byte order mark, and not a line end.
      const how = { delimiter: oneOf(random, [',', ';', '\t', '|']), newline: oneOf(random, ['\n', '\r\n']), always: random() < 0.3, last: random() < 0.7 };
      const csv = written(records, how);
      const cut = 1 + Math.floor(random() * 40);
      const options = { ...asTexts(width), delimiter: how.delimiter };
      expect(cellsOf(await read(csv, options))).toEqual(records);
      expect((await gathered(streamTables(sourceOf(csv, cut), 'csv', { ...options, batchSize: 1 + Math.floor(random() * 4) }))).flatMap(cellsOf)).toEqual(records);
    }
  });

  test('cut at every byte, and at every pair of bytes', async () => {
    const records = [['id', 'text'], ['1', 'a "quoted", é\r\nline'], ['2', ''], ['3', '漢字\n\n""'], ['4', 'plain 😀']];
    for (const newline of ['\n', '\r\n']) {
      const bytes = new TextEncoder().encode(`\ufeff${written(records, { delimiter: ',', newline, always: false, last: newline === '\n' })}`);
      const expected = [[1, records[1][1]], [2, null], [3, records[3][1]], [4, 'plain 😀']];
      for (let one = 1; one < bytes.length; one++) {
        const tables = await gathered(streamTables(sourceOf(bytes, [one]), 'csv', { types: { id: 'integer' } }));
        expect(tables.flatMap(cellsOf)).toEqual(expected);
        for (let two = one + 1; two < bytes.length; two += 7) {
          expect((await gathered(streamTables(sourceOf(bytes, [one, two]), 'csv', { batchSize: 2 }))).flatMap(cellsOf)).toEqual(expected);
        }
      }
    }
  });

  test('CR alone', async () => {
    expect(cellsOf(await read('a,b\r1,"x\ry"\r2,z\r'))).toEqual([[1, 'x\ry'], [2, 'z']]);
  });

  test('blocks of more than a quarter of a megabyte, with cells longer than one', async () => {
    const random = randomOf(5);
    const records = Array.from({ length: 3000 }, (_, i) => [String(i), i % 997 === 5 ? `"${'long, \n'.repeat(60_000)}` : 'x'.repeat(Math.floor(random() * 300)), 'y']);
    const csv = written(records, { delimiter: ',', newline: '\n', always: false, last: true });
    expect(csv.length).toBeGreaterThan(1_500_000);
    for (const cut of [csv.length * 2, 65536, 1_000_003]) {
      expect(cellsOf(await read(csv, { ...asTexts(3), limit: 1e9 }, cut))).toEqual(records);
    }
    expect(cellsOf(await read(csv, asTexts(3)))).toEqual(records);
  });
});

describe('as Papa Parse has it', () => {
  /** @param {string} csv @param {number} width */
  const papa = (csv, width) =>
    /** @type {string[][]} */ (Papa.parse(csv, { newline: '\n', delimiter: ',' }).data)
      .filter((record, i, all) => !(width > 1 && record.length === 1 && record[0] === '') && !(i === all.length - 1 && csv.endsWith('\n')))
      .map((record) => Array.from({ length: width }, (_, c) => record[c] ?? null));

  test('random text, with quotes where they do not belong', async () => {
    const random = randomOf(99);
    let compared = 0;
    for (let round = 0; round < 8000; round++) {
      const csv = `x,y,z\n${Array.from({ length: Math.floor(random() * 25) }, () => oneOf(random, ['a', ',', ',', '"', '"', '\n', ' ', 'é', '5"', '"b"'])).join('')}`;
      if (/^""$/m.test(csv)) continue; // An empty cell in quotes is a record here, an empty line is none; Papa cannot tell.
      const { errors, data } = Papa.parse(csv, { newline: '\n', delimiter: ',' });
      const long = data.some((record) => /** @type {string[]} */ (record).length > 3);
      const result = await read(csv, asTexts(3)).then(cellsOf, (error) => error.code);
      if (errors.length || long) {
        // Blanks after a closing quote are forgiven by the one, not by the other.
        if (result !== 'ERR_FORMAT') expect([csv, errors.length, long]).toEqual([csv, 0, false]);
        continue;
      }
      expect([csv, result]).toEqual([csv, papa(csv, 3)]);
      compared++;
    }
    expect(compared).toBeGreaterThan(1000);
  });

  test.each(readdirSync(DATASETS).filter((name) => /\.[ct]sv$/.test(name)))('vega-datasets: %s', async (name) => {
    const bytes = readFileSync(new URL(name, DATASETS));
    const text = bytes.toString();
    const { data, meta } = Papa.parse(text, { header: true, skipEmptyLines: true });
    const types = Object.fromEntries((meta.fields ?? []).map((field) => [field, /** @type {const} */ ('string')]));
    const table = await readTable(sourceOf(bytes), formatOf({ path: name }), { types, nulls: [] });
    expect(JSON.stringify(table.toArray())).toBe(JSON.stringify(data));
    const tables = await gathered(streamTables(sourceOf(bytes, 5000), formatOf({ path: name }), { types, nulls: [], batchSize: 777 }));
    expect(JSON.stringify(tables.flatMap((part) => part.toArray()))).toBe(JSON.stringify(data));
    // Types found: numbers are what JavaScript makes of them, nothing is lost.
    const found = await readTable(sourceOf(bytes), formatOf({ path: name }));
    found.toArray().forEach((row, i) => {
      for (const { name: column, type } of found.columns) {
        const cell = /** @type {any} */ (data[i])[column] ?? '';
        const expected = cell === '' ? null : type === 'number' || type === 'integer' ? Number(cell) : type === 'boolean' ? cell.toLowerCase() === 'true' : cell;
        if (row[column] !== expected) expect([column, row[column]]).toEqual([column, expected]);
      }
    });
  });
});

describe('types', () => {
  test('found ones', async () => {
    const table = await read('i,n,b,t,code,mixed,none,lead,exp\n1,1.5,true,x,007,1,, 5,1e3\n-2,2,FALSE,"",1,y,,6 ,2E-2\n,.5,,z,2,2,,,-3.\n');
    expect(typesOf(table)).toEqual({ i: 'integer', n: 'number', b: 'boolean', t: 'string', code: 'string', mixed: 'string', none: 'other', lead: 'integer', exp: 'number' });
    expect(table.toArray()).toEqual([
      { i: 1, n: 1.5, b: true, t: 'x', code: '007', mixed: '1', none: null, lead: 5, exp: 1000 },
      { i: -2, n: 2, b: false, t: null, code: '1', mixed: 'y', none: null, lead: 6, exp: 0.02 },
      { i: null, n: 0.5, b: null, t: 'z', code: '2', mixed: '2', none: null, lead: null, exp: -3 },
    ]);
    expect(table.column('n')).toEqual(new Float64Array([1.5, 2, 0.5]));
  });

  test('a column that turns out to be text after many blocks is text from the beginning', async () => {
    const rows = Array.from({ length: 60_000 }, (_, i) => `${i},${i % 2 === 0},${i / 4}`);
    for (const quoted of [false, true]) {
      const csv = `a,b,c\n${rows.join('\n')}\n${quoted ? '"x ""y"""' : 'x'},"maybe",3\n`;
      const table = await read(csv);
      expect(typesOf(table)).toEqual({ a: 'string', b: 'string', c: 'number' });
      expect(table.at(0)).toEqual({ a: '0', b: 'true', c: 0 });
      expect(table.at(59_999)).toEqual({ a: '59999', b: 'false', c: 59_999 / 4 });
      expect(table.at(-1)).toEqual({ a: quoted ? 'x "y"' : 'x', b: 'maybe', c: 3 });
    }
  });

  test('numbers are those of JavaScript, digit by digit', async () => {
    const random = randomOf(3);
    const texts = Array.from({ length: 20_000 }, () => {
      const digits = () => String(Math.floor(random() * 10 ** Math.floor(random() * 16)));
      return oneOf(random, [() => String(random() * 10 ** (random() * 40 - 20)), () => `${digits()}.${digits()}`, () => `-${digits()}.5`, () => `${digits()}e${Math.floor(random() * 40 - 20)}`, () => `.${digits()}`])();
    }).filter((text) => !/^-?\d{16,}$/.test(text));
    const table = await read(`n\n${texts.join('\n')}`);
    expect(table.column('n')).toEqual(Float64Array.from(texts, Number));
  });

  const BORDERS = ['9007199254740991', '-9007199254740991', '9007199254740992', '-9007199254740993', '9223372036854775807', '-9223372036854775808'];
  test.each(BORDERS)('integer %s', async (digits) => {
    const csv = `a\n1\n${digits}\n`;
    const safe = Number.isSafeInteger(Number(digits));
    if (safe) expect((await read(csv)).toArray()).toEqual([{ a: 1 }, { a: Number(digits) }]);
    else await expect(read(csv)).rejects.toMatchObject({ code: 'ERR_INT64_RANGE', row: 1, path: 'a' });
    expect((await read(csv, { int64: 'bigint' })).column('a')).toEqual(BigInt64Array.from([1n, BigInt(digits)]));
    expect((await read(csv, { int64: 'string' })).toArray()).toEqual([{ a: '1' }, { a: digits }]);
    expect((await read(csv, { types: { a: 'string' } })).toArray()).toEqual([{ a: '1' }, { a: digits }]);
    // Text after all.
    expect((await read(`${csv}x\n`)).at(1)).toEqual({ a: digits });
  });

  test('more than 64 bits are text; among fractions they are refused', async () => {
    expect((await read('a\n92233720368547758080')).at(0)).toEqual({ a: '92233720368547758080' });
    for (const int64 of ['number', 'bigint']) await expect(read('a\n9007199254740993\n1.5', { int64 })).rejects.toMatchObject({ code: 'ERR_INT64_RANGE' });
  });

  test('declared ones', async () => {
    const types = { i: 'integer', n: 'number', b: 'boolean', d: 'date', s: 'string', g: 'bigint', j: 'object' };
    const table = await read('i,n,b,d,s,g,j\n+007,NaN,yes,2024-02-29,5,12345678901234567890,"{""a"":1}"\n,,,,,,\n', { types });
    expect(typesOf(table)).toEqual(types);
    expect(table.toArray()).toEqual([
      { i: 7, n: NaN, b: true, d: new Date('2024-02-29'), s: '5', g: 12345678901234567890n, j: { a: 1 } },
      { i: null, n: null, b: null, d: null, s: null, g: null, j: null },
    ]);
    expect(typesOf(await read('i\n', { types: { i: 'number' } }))).toEqual({ i: 'number' });
    await expect(read('i\n1\n\n\n1.5\n,', { types: { i: 'integer' }, header: true })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(read('a,i\n1,2\n\n"x\ny",3\nz,1.5\n', { types: { i: 'integer' } })).rejects.toMatchObject({ code: 'ERR_FORMAT', row: 2, line: 6 });
  });
});

describe('options and shape', () => {
  test('header, names, columns', async () => {
    expect((await read('1,2\n3,4', { header: false })).toArray()).toEqual([{ column1: 1, column2: 2 }, { column1: 3, column2: 4 }]);
    expect((await read('1,2\n3,4', { header: false, columns: ['x', { name: 'y', type: 'string' }] })).toArray()).toEqual([{ x: 1, y: '2' }, { x: 3, y: '4' }]);
    expect((await read('a,a,\n1,2,3')).toArray()).toEqual([{ a: 1, a_2: 2, column3: 3 }]);
    expect((await read('a,b,c\n1,2,3', { columns: ['c', 'a'] })).columns.map(({ name }) => name)).toEqual(['c', 'a']);
    await expect(read('a,b\n1,2', { columns: ['c'] })).rejects.toThrow(/no column "c". There are: a, b/);
    await expect(read('a,b\n1,2', { types: { c: 'string' } })).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    await expect(read('1,2,3', { header: false, columns: ['x'] })).rejects.toMatchObject({ code: 'ERR_FORMAT', line: 1 });
  });

  test('short records, long ones, empty lines', async () => {
    expect((await read('\n\r\na,b,c\n1\n\n2,3\n')).toArray()).toEqual([{ a: 1, b: null, c: null }, { a: 2, b: 3, c: null }]);
    expect((await read('a\n1\n\n2\n')).toArray()).toEqual([{ a: 1 }, { a: null }, { a: 2 }]);
    for (const csv of ['a,b\n1,2\n\n3,4,5', 'a,b\n1,"2"\n\n3,4,5', 'a,b\n1,2"\n\n3,4,5']) await expect(read(csv)).rejects.toMatchObject({ code: 'ERR_FORMAT', line: 4 });
    expect((await read('')).length).toBe(0);
    expect((await read('a,b')).length).toBe(0);
    expect((await read('a,b')).columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('nulls', async () => {
    expect((await read('a,b\nNA,x\n1,NA\n,\n', { nulls: ['NA', ''] })).toArray()).toEqual([{ a: null, b: 'x' }, { a: 1, b: null }, { a: null, b: null }]);
    expect((await read('a,b\n,x', { nulls: [] })).toArray()).toEqual([{ a: '', b: 'x' }]);
    await expect(read('a', { nulls: 'NA' })).rejects.toThrow(TypeError);
  });

  test('limit and offset read no further than needed', async () => {
    const csv = `a,b\n${Array.from({ length: 100_000 }, (_, i) => `${i},x`).join('\n')}`;
    const source = sourceOf(csv, 10_000);
    expect((await readTable(source, 'csv', { limit: 2, offset: 3 })).toArray()).toEqual([{ a: 3, b: 'x' }, { a: 4, b: 'x' }]);
    expect(source.seen).toMatchObject({ moved: 0, cancelled: 1 });
    expect(source.seen.pulled).toBeLessThan(3);
    expect((await read(csv, { limit: 2, offset: 99_999 })).toArray()).toEqual([{ a: 99_999, b: 'x' }]);
    expect((await read(csv, { limit: 0 })).length).toBe(0);
  });

  test('charsets', async () => {
    const latin = new Uint8Array([0x61, 0x0a, 0xe4, 0x0a]);
    await expect(read(latin)).rejects.toThrow(/windows-1252/);
    expect((await read(latin, { charset: 'windows-1252' })).toArray()).toEqual([{ a: 'ä' }]);
    expect((await readTable(sourceOf(latin), { name: 'csv', gzip: false, charset: 'iso-8859-1' })).toArray()).toEqual([{ a: 'ä' }]);
    const utf16 = new Uint8Array(new Uint16Array([...'\ufeffa,b\n1,ä😀'].flatMap((c) => c.split('').map((unit) => unit.charCodeAt(0)))).buffer);
    for (let cut = 1; cut < 6; cut++) expect((await read(utf16, { limit: 5 }, cut)).toArray()).toEqual([{ a: 1, b: 'ä😀' }]);
    await expect(read('a', { charset: 'klingon' })).rejects.toThrow(RangeError);
    expect(await readValue(sourceOf(latin), 'text')).toBe('a\n\ufffd\n');
  });

  test.each(['', ',,', '"', '\n', 'é', 5])('delimiter %j is refused', async (delimiter) => {
    await expect(read('a', { delimiter })).rejects.toThrow(RangeError);
  });

  test('TSV', async () => {
    expect((await readTable(sourceOf('a\tb\n1\t"x\ty"\n'), 'tsv')).toArray()).toEqual([{ a: 1, b: 'x\ty' }]);
  });

  test.each([['a,b\n1,"x', 2], ['a,b\n1,"x"y,2\n', 2], ['a,b\n"1\n2","3\n4"\n5,"6', 5]])('%j: the mistake is in line %d', async (csv, line) => {
    await expect(read(csv)).rejects.toMatchObject({ code: 'ERR_FORMAT', line });
  });
});
