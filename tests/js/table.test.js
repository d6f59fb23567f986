/** Table and Column: reading them. */
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Column } from '../../js/table/column.js';
import { Table } from '../../js/table/table.js';
import { batched, randomTable } from './random_tables.js';

const PETS = [
  { id: 1, name: 'Rex', weight: 12.5, photo: new Uint8Array([1, 2]) },
  { id: 2, name: 'Miez 😀', weight: null, photo: null },
  { id: 3, name: null, weight: 0.5, photo: new Uint8Array(0) },
];

const numbers = batched(['n'], [[[0, 1, 2]], [[]], [[3]], [[4, 5, 6, 7]], [[8, 9]]], ['integer']);

describe('rows', () => {
  test('by place, from both ends, across batches', () => {
    for (let row = 0; row < 10; row++) {
      expect(numbers.at(row)).toEqual({ n: row });
      expect(numbers.at(row - 10)).toEqual({ n: row });
    }
    for (const none of [10, -11, 0.5, -0.5, NaN, Infinity, -Infinity, 2 ** 32])
      expect(numbers.at(none)).toBeUndefined();
    for (const none of ['0', '1', null, undefined, {}, 1n]) {
      let row;
      try {
        row = numbers.at(/** @type {any} */ (none));
      } catch {
        row = undefined;
      }
      expect(row).toBeUndefined();
    }
    expect(numbers.at(-0)).toEqual({ n: 0 });
  });

  test('one after the other, all, and as JSON', () => {
    const rows = Array.from({ length: 10 }, (_, n) => ({ n }));
    expect([numbers.length, [...numbers], numbers.toArray(), JSON.parse(JSON.stringify(numbers))]).toEqual([
      10,
      rows,
      rows,
      rows,
    ]);
    const [first, , third] = numbers;
    expect([first, third]).toEqual([{ n: 0 }, { n: 2 }]);
    for (const { n } of numbers) if (n === 3) break;
    const left = numbers[Symbol.iterator]();
    const right = numbers[Symbol.iterator]();
    left.next();
    expect([left.next().value, right.next().value]).toEqual([{ n: 1 }, { n: 0 }]);
  });

  test('all ways of reading agree, on random tables', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { table, lists } = randomTable(seed);
      const rows = Array.from({ length: table.length }, (_, row) => {
        /** @type {Map<string, any>} */
        const wanted = new Map();
        table.columns.forEach(({ name }, c) => wanted.set(name, lists[c][row]));
        return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1));
      });
      const entries = (/** @type {any[]} */ list) =>
        list.map((row) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
      expect(entries(table.toArray())).toEqual(rows);
      expect(entries([...table])).toEqual(rows);
      expect(entries(rows.map((_, row) => table.at(row)))).toEqual(rows);
      lists.forEach((list, c) => expect([...table.columnAt(c)]).toEqual(list));
    }
  });

  test('are plain objects, of any number of columns', () => {
    for (let width = 0; width <= 9; width++) {
      const names = Array.from({ length: width }, (_, c) => `c${c}`);
      const table = batched(names, [names.map((_, c) => [c, c + 1, c + 2, c + 3, c + 4])]);
      const wanted = [0, 1, 2, 3, 4].map((row) => Object.fromEntries(names.map((name, c) => [name, c + row])));
      if (width) expect([table.toArray(), [...table]]).toEqual([wanted, wanted]);
      for (const row of [table.at(0), ...table.toArray(), ...table]) {
        if (row) expect([Object.getPrototypeOf(Object.getPrototypeOf(row)), Object.keys(row)]).toEqual([null, names]);
      }
    }
  });
});

describe('columns', () => {
  const table = Table.from(PETS);

  test('what is known of them cannot be changed', () => {
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'integer'],
      ['name', 'string'],
      ['weight', 'number'],
      ['photo', 'buffer'],
    ]);
    expect(() => /** @type {any} */ (table.columns).push(1)).toThrow(TypeError);
    expect(() => void (/** @type {any} */ ((table.columns)[0].name = 'x'))).toThrow(TypeError);
    expect(() => void (/** @type {any} */ ((table).length = 1))).toThrow(TypeError);
    expect(() => void (/** @type {any} */ ((table).columns = []))).toThrow(TypeError);
    const mine = [{ name: 'a', type: /** @type {const} */ ('integer'), nullable: false, databaseType: 'INT' }];
    const made = Table.from([{ a: 1 }], mine);
    mine[0].name = 'changed';
    expect(made.columns).toEqual([{ name: 'a', type: 'integer', nullable: false, databaseType: 'INT' }]);
  });

  test('numbers without nulls are typed arrays', () => {
    const kind = (/** @type {any} */ column) => Object.prototype.toString.call(column).slice(8, -1);
    expect(kind(table.column('id'))).toBe('Float64Array');
    expect(kind(Table.from({ a: [1n, 2n ** 63n - 1n] }).column('a'))).toBe('BigInt64Array');
    expect(kind(numbers.column('n'))).toBe('Float64Array');
    expect([...numbers.column('n')]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const long = batched(['a'], [[[1n, 2n]], [[3n, 4n, 5n, 6n, 7n]]], ['bigint']);
    expect([kind(long.column('a')), [...long.column('a')]]).toEqual(['BigInt64Array', [1n, 2n, 3n, 4n, 5n, 6n, 7n]]);
    for (const name of ['name', 'weight', 'photo']) expect(table.column(name)).toBeInstanceOf(Column);
    for (const list of [[1n, 2n ** 64n], [1, 1n], [1, '1'], [true], [null]])
      expect(Table.from({ a: list }).column('a')).toBeInstanceOf(Column);
    expect(batched(['a'], [[[1, 2]], [[3n, 4n]]]).column('a')).toBeInstanceOf(Column);
    expect(batched(['a'], [[[3n, 4n]], [[1, 2]]]).column('a')).toBeInstanceOf(Column);
    expect(batched(['a'], [[[1, 2]], [[null, 2]]]).column('a')).toBeInstanceOf(Column);
  });

  test('without rows the declared type tells', () => {
    const kinds = ['integer', 'number', 'bigint', 'string', 'other'].map((type) =>
      Object.prototype.toString.call(batched(['a'], [], [type]).column('a')).slice(8, -1),
    );
    expect(kinds).toEqual(['Float64Array', 'Float64Array', 'BigInt64Array', 'Column', 'Column']);
  });

  test('others have length, get, iteration and toArray', () => {
    const column = /** @type {Column} */ (
      batched(['a'], [[['a', null]], [['b']], [[1, 'c', 'd', 2.5, 3n]]]).column('a')
    );
    const wanted = ['a', null, 'b', 1, 'c', 'd', 2.5, 3n];
    expect([column.length, [...column], column.toArray()]).toEqual([8, wanted, wanted]);
    wanted.forEach((value, row) => expect([column.get(row), column.get(row - 8)]).toEqual([value, value]));
    expect([column.get(8), column.get(-9), column.get(0.5), column.get(NaN)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(column)).toBe('["a",null,"b",1,"c","d",2.5,"3"]');
  });

  test('one that is not there', () => {
    for (const name of ['nmae', 'constructor', '__proto__', 'length', '0', ''])
      expect(() => table.column(name)).toThrow(RangeError);
    expect(() => table.column('nmae')).toThrow('There is no column "nmae". There are: id, name, weight, photo.');
    for (const index of [4, -1, 0.5, NaN, '0', 'length', 'map', undefined, null]) {
      expect(() => table.columnAt(/** @type {any} */ (index))).toThrow(RangeError);
    }
    expect(() => Table.from([]).columnAt(0)).toThrow(RangeError);
  });

  test('the same object each time', () => {
    expect(table.column('id')).toBe(table.columnAt(0));
    expect(table.column('name')).toBe(table.columnAt(1));
  });
});

describe('what comes with the rows', () => {
  test('cache, rowsAffected, lastInsertId', () => {
    const table = Table.from([{ a: 1 }]);
    expect([table.cache, table.rowsAffected, table.lastInsertId]).toEqual([{ state: 'bypass', age: 0 }, 0, undefined]);
    expect(() => void (/** @type {any} */ ((table.cache).state = 'hit'))).toThrow(TypeError);
    const hit = table.withCache({ state: 'hit', age: 3, key: 'k' });
    const written = hit.withRowsAffected(5, 7n);
    expect([hit.cache.state, hit.cache.age, hit.cache.key, table.cache.state]).toEqual(['hit', 3, 'k', 'bypass']);
    expect([written.rowsAffected, written.lastInsertId, written.cache.state, written.toArray()]).toEqual([
      5,
      7n,
      'hit',
      [{ a: 1 }],
    ]);
    expect([
      written.withRowsAffected(6).lastInsertId,
      written.withCache({ state: 'stale', age: 1 }).rowsAffected,
    ]).toEqual([7n, 5]);
    expect(hit.columns).toBe(table.columns);
    expect(hit.byteLength).toBe(table.byteLength);
  });

  test('bytes held', () => {
    expect(numbers.byteLength).toBe(80);
    expect(
      batched(
        ['a', 'b'],
        [
          [
            [1, 2],
            [1n, 2n],
          ],
        ],
      ).byteLength,
    ).toBe(32);
    expect(Table.from({ a: ['xyz', null] }).byteLength).toBe(2 * 16 + 6);
  });

  test('its tag', () => {
    expect(Object.prototype.toString.call(numbers)).toBe('[object Table]');
    expect(Object.prototype.toString.call(Table.from(PETS).column('name'))).toBe('[object Column]');
  });
});

describe('inspection', () => {
  test('a table: counts, names, types, the first rows', () => {
    const table = Table.from(PETS, [
      { name: 'id', nullable: false },
      { name: 'name' },
      { name: 'weight' },
      { name: 'photo' },
    ]);
    expect(inspect(table)).toBe(
      [
        'Table(3 rows, 4 columns)',
        '  id       name       weight   photo',
        '  integer  string?    number?  buffer?',
        '  1        "Rex"      12.5     <2 bytes>',
        '  2        "Miez 😀"  null     null',
        '  3        null       0.5      <0 bytes>',
      ].join('\n'),
    );
    expect(inspect(table.withCache({ state: 'hit', age: 1, key: 'k' }).withRowsAffected(2)).split('\n')[0]).toBe(
      'Table(3 rows, 4 columns, 2 affected, cache: hit)',
    );
    expect(inspect(Table.from([]))).toBe('Table(0 rows, 0 columns)');
    expect(inspect({ a: { b: { c: { d: table } } } })).toContain('[Object]');
  });

  test('only some of the rows and columns', () => {
    const wide = Table.from(
      Array.from({ length: 7 }, () =>
        Object.fromEntries(Array.from({ length: 10 }, (_, c) => [`c${c}`, 'x'.repeat(100)])),
      ),
    );
    const lines = inspect(wide).split('\n');
    expect([lines.length, lines.at(-1)]).toEqual([1 + 2 + 5 + 1, '  … 2 more']);
    expect(lines[1]).toContain('… 2 more');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(250);
  });

  test('a column', () => {
    expect(inspect(Table.from(PETS).column('name'))).toBe('Column(3) ["Rex", "Miez 😀", null]');
    const list = ['a', 1, 2n, null, new Uint8Array(3), new Date(0), { a: 1n }, true, 1.5, -0, 'more', 'and more'];
    expect(inspect(Table.from({ a: list }).column('a'))).toBe(
      'Column(12) ["a", 1, 2n, null, <3 bytes>, 1970-01-01T00:00:00.000Z, {"a":"1"}, true, 1.5, -0, … 2 more]',
    );
  });

  test('long texts are cut between characters', () => {
    expect(inspect(Table.from({ a: [`${'x'.repeat(22)}😀${'y'.repeat(9)}`, null] }).column('a'))).toBe(
      `Column(2) ["${'x'.repeat(22)}…", null]`,
    );
  });
});
