/** Tables of plain values, odd names, odd values. */
import { describe, expect, test } from '@jest/globals';
import { Batches } from '../../js/table/batches.js';
import { Schema } from '../../js/table/schema.js';
import { Table } from '../../js/table/table.js';
import { batched, packed, random } from './random_tables.js';

describe('Table.from', () => {
  test('rows: the first one names the columns', () => {
    const table = Table.from([
      { a: 1, b: 'x' },
      { b: undefined, c: 1 },
      {},
      Object.assign(Object.create({ a: 7 }), { b: 'y' }),
    ]);
    expect(table.columns.map(({ name, type, nullable, databaseType }) => [name, type, nullable, databaseType])).toEqual(
      [
        ['a', 'integer', true, ''],
        ['b', 'string', true, ''],
      ],
    );
    expect(table.toArray()).toEqual([
      { a: 1, b: 'x' },
      { a: null, b: null },
      { a: null, b: null },
      { a: null, b: 'y' },
    ]);
  });

  test('what all objects inherit is no value', () => {
    const table = Table.from([JSON.parse('{"constructor": 1, "__proto__": 2, "toString": 3}'), {}]);
    expect(new Map(Object.entries(/** @type {any} */ (table.at(1))))).toEqual(
      new Map([
        ['constructor', null],
        ['__proto__', null],
        ['toString', null],
      ]),
    );
    expect(() => Table.from({ a: [1] }, [{ name: 'constructor' }])).toThrow('"constructor"');
  });

  test('anything that can be iterated over, also a Table', () => {
    const generate = function* () {
      yield { a: 1 };
      yield { a: 2 };
    };
    const rows = [{ a: 1 }, { a: 2 }];
    for (const data of [rows, new Set(rows), generate(), Table.from(rows)])
      expect(Table.from(data).toArray()).toEqual(rows);
  });

  test('columns: lists, typed arrays, Columns', () => {
    const names = Table.from([{ name: 'Rex' }, { name: 'Miez 😀' }, { name: null }]).column('name');
    const table = Table.from({
      a: [1, undefined, 3],
      b: Float64Array.of(1, 2, 3),
      c: BigInt64Array.of(1n, 2n, 3n),
      d: new Set([4, 5, 6]),
      e: names,
    });
    expect(table.at(1)).toEqual({ a: null, b: 2, c: 2n, d: 5, e: 'Miez 😀' });
    expect(table.columns.map(({ type }) => type)).toEqual(['integer', 'integer', 'bigint', 'integer', 'string']);
  });

  test('columns as told', () => {
    const table = Table.from(
      [{ a: 1, b: 2, c: 3 }],
      [{ name: 'c', type: 'number', databaseType: 'REAL' }, { name: 'a', nullable: false }, { name: 'z' }],
    );
    expect(table.columns).toEqual([
      { name: 'c', type: 'number', nullable: true, databaseType: 'REAL' },
      { name: 'a', type: 'integer', nullable: false, databaseType: '' },
      { name: 'z', type: 'other', nullable: true, databaseType: '' },
    ]);
    expect(table.toArray()).toEqual([{ c: 3, a: 1, z: null }]);
    expect(Table.from([{ a: 1 }], []).toArray()).toEqual([{}]);
  });

  test('nothing', () => {
    for (const data of [[], {}]) {
      const table = Table.from(data);
      expect([
        table.length,
        table.columns,
        table.toArray(),
        [...table],
        table.at(0),
        table.at(-1),
        table.byteLength,
      ]).toEqual([0, [], [], [], undefined, undefined, 0]);
      expect(JSON.stringify(table)).toBe('[]');
    }
    expect([Table.from([{}, {}]).length, Table.from([{}, {}]).toArray()]).toEqual([2, [{}, {}]]);
    expect(Table.from({ a: [] }).column('a').length).toBe(0);
  });

  test('types from the values', () => {
    const typeOf = (/** @type {any[]} */ ...list) => Table.from({ a: list }).columns[0].type;
    expect([
      typeOf(1, null),
      typeOf(1, 1.5),
      typeOf(1.5),
      typeOf(2 ** 53),
      typeOf(1e300),
      typeOf(-0),
      typeOf(NaN, 1),
    ]).toEqual(['integer', 'number', 'number', 'number', 'number', 'number', 'number']);
    expect([
      typeOf(1n),
      typeOf('a', null),
      typeOf(true),
      typeOf(new Date()),
      typeOf([]),
      typeOf({}),
      typeOf(new Map()),
    ]).toEqual(['bigint', 'string', 'boolean', 'date', 'array', 'object', 'object']);
    expect([
      typeOf(new Uint8Array(1)),
      typeOf(Buffer.from('a')),
      typeOf(new ArrayBuffer(1)),
      typeOf(new DataView(new ArrayBuffer(1))),
    ]).toEqual(['buffer', 'buffer', 'buffer', 'buffer']);
    expect([
      typeOf(),
      typeOf(null),
      typeOf(undefined),
      typeOf(1, 'a'),
      typeOf(1, 1n),
      typeOf(true, 1),
      typeOf([], {}),
    ]).toEqual(['other', 'other', 'other', 'other', 'other', 'other', 'other']);
  });

  test('bytes of every kind are Uint8Arrays', () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    const list = [
      buffer,
      new DataView(buffer, 1, 2),
      new Uint16Array(buffer, 2, 1),
      Buffer.from(buffer, 1, 2),
      new Uint8Array(buffer, 3),
    ];
    expect([...Table.from({ a: list }).column('a')]).toEqual(
      [[1, 2, 3, 4], [2, 3], [3, 4], [2, 3], [4]].map((bytes) => new Uint8Array(bytes)),
    );
  });

  test('wrong use', () => {
    for (const wrong of [null, undefined, 1, 'rows', true])
      expect(() => Table.from(/** @type {any} */ (wrong))).toThrow('Table.from()');
    for (const wrong of [[{}, null], [{}, 1], [undefined], ['ab']])
      expect(() => Table.from(/** @type {any} */ (wrong))).toThrow(/row \d is not an object/);
    for (const wrong of ['abc', 1, null, undefined, {}])
      expect(() => Table.from(/** @type {any} */ ({ a: wrong }))).toThrow('column "a" is not a list');
    expect(() => Table.from({ a: [1, 2], b: [1] })).toThrow('Column "b" has 1 values, column "a" has 2.');
  });
});

describe('names of columns', () => {
  const odd = [
    '__proto__',
    'constructor',
    'toString',
    '',
    '0',
    'length',
    'hasOwnProperty',
    'ünï 😀',
    'a b',
    '__proto__',
  ];

  test.each([[1], [5]])('anything goes, %d rows', (length) => {
    const table = batched(odd, [odd.map((_, c) => Array.from({ length }, () => c))]);
    const wanted = new Map(odd.map((name, c) => [name, c]));
    for (const row of [table.at(0), ...table.toArray(), ...table, ...table.toJSON()]) {
      expect(new Map(Object.entries(/** @type {any} */ (row)))).toEqual(wanted);
      expect(Object.getPrototypeOf(Object.getPrototypeOf(row))).toBeNull();
      expect({}.constructor).toBe(Object);
    }
    for (const [name, c] of wanted) expect([...table.column(name)][0]).toBe(c);
  });

  test('objects in __proto__ do not become the prototype', () => {
    const data = JSON.parse('[{"__proto__": {"admin": true}, "a": 1}]');
    const table = Table.from(data);
    for (const row of [table.at(0), ...table.toArray(), ...table, ...table.toJSON()]) {
      expect(/** @type {any} */ (row).admin).toBeUndefined();
      expect(JSON.stringify(row)).toBe('{"__proto__":{"admin":true},"a":1}');
    }
    expect(JSON.stringify(table)).toBe(JSON.stringify(data));
    const nested = Table.from([{ a: JSON.parse('{"__proto__": {"admin": true}}') }]);
    expect(/** @type {any} */ (nested.at(0)).a.admin).toBeUndefined();
    expect(JSON.stringify(nested)).toBe('[{"a":{"__proto__":{"admin":true}}}]');
  });

  test('the last of equal ones wins', () => {
    const table = batched(['a', 'b', 'a'], [[[1], [2], [3]]]);
    expect([table.at(0), ...table, ...table.toArray()]).toEqual([
      { a: 3, b: 2 },
      { a: 3, b: 2 },
      { a: 3, b: 2 },
    ]);
    expect([[...table.column('a')], [...table.columnAt(0)], [...table.columnAt(2)]]).toEqual([[3], [1], [3]]);
  });
});

describe('odd values', () => {
  test('texts of several batches, lazily decoded', () => {
    const { pick } = random(3);
    const texts = Array.from({ length: 500 }, () =>
      pick(['', 'a', 'é', '😀', '\uFEFFx', 'a\0b', '漢字', '\u{10FFFF}']),
    );
    const table = batched(['t'], [[texts.slice(0, 3)], [texts.slice(3, 64)], [texts.slice(64)]], ['string']);
    expect([...table.column('t')]).toEqual(texts);
    expect(table.toArray().map(({ t }) => t)).toEqual(texts);
    expect(texts.map((_, row) => /** @type {any} */ (table.at(row)).t)).toEqual(texts);
  });

  test('text that is not UTF-8 stays in its cell', () => {
    const vector = packed([3, 3, 5, 3, 3], [[0x61, 0xc3], [0xa9], [], [0xef, 0xbb, 0xbf, 0xc3, 0xa9], [0xff]]);
    const schema = new Schema([{ name: 't', type: 'string', nullable: true, databaseType: '' }]);
    const table = new Table({ schema, batches: new Batches([{ length: 5, vectors: [vector] }]) });
    expect([...table.column('t')]).toEqual(['a\uFFFD', '\uFFFD', null, '\uFEFFé', '\uFFFD']);
  });

  test('numbers keep their sign and their kind', () => {
    const list = [-0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53 - 1];
    for (const table of [Table.from({ a: list }), batched(['a'], [[list]]), batched(['a'], [[[null, ...list]]])]) {
      expect(
        table
          .toArray()
          .map(({ a }) => a)
          .filter((a) => a !== null),
      ).toEqual(list);
      expect([...table.column('a')].filter((a) => a !== null)).toEqual(list);
    }
  });

  test('JSON: bigints as text, bytes as Base64, at any depth', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const table = Table.from([
      {
        a: 2n ** 62n,
        b: all,
        c: new Uint8Array(0),
        d: new Date(0),
        e: { f: [1n, all.subarray(0, 2)] },
        g: NaN,
        h: null,
      },
    ]);
    expect(JSON.parse(JSON.stringify(table))).toEqual([
      {
        a: '4611686018427387904',
        b: Buffer.from(all).toString('base64'),
        c: '',
        d: '1970-01-01T00:00:00.000Z',
        e: { f: ['1', 'AAE='] },
        g: null,
        h: null,
      },
    ]);
    const big = new Uint8Array(100_003).fill(7);
    expect(Table.from({ a: [big] }).toJSON()[0].a).toBe(Buffer.from(big).toString('base64'));
  });
});
