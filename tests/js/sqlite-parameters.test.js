/**
 * Parameters of SQLite statements: what each value becomes, and what is refused.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { errorOf, makeEngine, makeSession } from './sqlite-helpers.js';

/** @type {import('../../js/sqlite/engine.js').Engine} */
let engine;
beforeAll(async () => {
  engine = await makeEngine();
});

describe('parameters', () => {
  /** @type {[unknown, unknown, string][]} */
  const values = [
    [null, null, 'null'],
    [true, 1, 'integer'],
    [false, 0, 'integer'],
    [0, 0, 'integer'],
    [-0, -0, 'real'],
    [2 ** 31, 2 ** 31, 'integer'],
    [-(2 ** 31) - 1, -(2 ** 31) - 1, 'integer'],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 'integer'],
    [2 ** 53, 2 ** 53, 'real'],
    [1.5, 1.5, 'real'],
    [5e-324, 5e-324, 'real'],
    [Infinity, Infinity, 'real'],
    [-Infinity, -Infinity, 'real'],
    [12n, 12, 'integer'],
    ['', '', 'text'],
    ['a\0b', 'a\0b', 'text'],
    ['\ufeffx', '\ufeffx', 'text'],
    ['é😀', 'é😀', 'text'],
    [new Date(86400000), '1970-01-02T00:00:00.000Z', 'text'],
    [new Uint8Array(), new Uint8Array(), 'blob'],
    [new Uint8Array([0, 255]), new Uint8Array([0, 255]), 'blob'],
    [new Uint8Array([9, 1, 2, 9]).subarray(1, 3), new Uint8Array([1, 2]), 'blob'],
    [new Uint16Array([258]), new Uint8Array([2, 1]), 'blob'],
    [new DataView(new ArrayBuffer(2)), new Uint8Array(2), 'blob'],
    [new Uint8Array([5]).buffer, new Uint8Array([5]), 'blob'],
  ];

  test.each(values)('%p comes back as %p, %s', async (value, back, type) => {
    const { query, execute, executeMany, close } = await makeSession(engine);
    for (const [sql, params] of /** @type {[string, any][]} */ ([
      ['select ? as v, typeof(?1) as t', [value]],
      ['select :v as v, typeof(:v) as t', { v: value }],
      ['select $v as v, typeof(@v) as t', { v: value }],
    ])) {
      const row = /** @type {any} */ (query(sql, params).at(0));
      expect(Object.is(row.v, back) || ArrayBuffer.isView(row.v)).toBe(true);
      if (ArrayBuffer.isView(row.v)) expect([.../** @type {any} */ (row.v)]).toEqual([.../** @type {any} */ (back)]);
      expect(row.t).toBe(type);
    }
    execute('create table t (v)');
    await executeMany('insert into t values (?)', [[value], [value]]);
    expect(query('select distinct typeof(v) as t, count(*) as n from t').at(0)).toEqual({ t: type, n: 2 });
    close();
  });

  test('64-bit integers are exact', async () => {
    const { query, close } = await makeSession(engine);
    const extremes = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n];
    expect(query('select ? as a, ? as b, ? as c', extremes, { int64: 'bigint' }).at(0)).toEqual({ a: extremes[0], b: extremes[1], c: extremes[2] });
    close();
  });

  test.each([
    [undefined, 'is undefined; pass null for a missing value.'],
    [NaN, 'is NaN, which SQLite has no value for; pass null.'],
    [2n ** 63n, 'is a bigint of more than 64 bits; pass it as text.'],
    [-(2n ** 63n) - 1n, 'is a bigint of more than 64 bits; pass it as text.'],
    [new Date(NaN), 'is an invalid Date.'],
    ['\ud800', 'is text with a lone surrogate, which UTF-8 cannot hold; pass bytes, or text.toWellFormed().'],
    ['a\udc00', 'is text with a lone surrogate, which UTF-8 cannot hold; pass bytes, or text.toWellFormed().'],
    [() => {}, 'is a function, which cannot be bound.'],
    [Symbol('x'), 'is a symbol, which cannot be bound.'],
    [[1], 'is an array, which cannot be bound.'],
    [{}, 'is an object, which cannot be bound.'],
    [new Map(), 'is an object, which cannot be bound.'],
  ])('%p is refused by name and by number', async (value, message) => {
    const { query, execute, executeMany, close } = await makeSession(engine);
    const positional = await errorOf(() => query('select ?, ?', ['é', value]));
    expect(positional).toMatchObject({ code: 'ERR_PARAMETER', phase: 'query', parameter: '2', message: `Parameter 2 ${message}` });
    if (value !== undefined) {
      const named = await errorOf(() => query('select :a, :b', { a: 1, b: value }));
      expect(named).toMatchObject({ code: 'ERR_PARAMETER', parameter: 'b', message: `Parameter :b ${message}` });
    }
    execute('create table t (a, b)');
    const rows = Array.from({ length: 1500 }, (_, i) => [i, i === 1234 ? value : `é${i}`]);
    const inBatch = await errorOf(() => executeMany('insert into t values (?, :b)', rows));
    expect(inBatch).toMatchObject({ code: 'ERR_PARAMETER', row: 1234, parameter: 'b', message: `Row 1234: Parameter :b ${message}` });
    // Nothing of the failure stays behind.
    expect(query('select ? as a, ? as b', ['é', 2]).at(0)).toEqual({ a: 'é', b: 2 });
    close();
  });

  test('halves of a surrogate pair in neighbouring texts are not taken for a character', async () => {
    const { execute, executeMany, query, close } = await makeSession(engine);
    execute('create table t (a, b)');
    const rows = [['x', 'y'], ['a\ud83d', '\ude00b']];
    expect(await errorOf(() => executeMany('insert into t values (?, ?)', rows))).toMatchObject({ row: 1, parameter: '1' });
    expect(await errorOf(() => query('select ?, ?, ?', [1, 'a\ud83d', '\ude00b']))).toMatchObject({ parameter: '2' });
    close();
  });

  test.each([
    ['select ?', undefined, 'The statement needs 1 parameter, but none were passed. Pass params: [value, …].'],
    ['select :a, :b, :a', undefined, 'The statement needs 2 parameters (:a, :b), but none were passed. Pass params: { a: value, … }.'],
    ['select :only', undefined, 'The statement needs 1 parameter (:only), but none were passed. Pass params: { only: value }.'],
    ['select ?, ?', [1], 'The statement has 2 parameters, but 1 value was passed.'],
    ['select ?3', [1], 'The statement has 3 parameters, but 1 value was passed.'],
    ['select 1', [1, 2], 'The statement has 0 parameters, but 2 values were passed.'],
    ['select :a', [], 'The statement has 1 parameter (:a), but 0 values were passed.'],
    ['select ?', { a: 1 }, 'Placeholder 1 is positional: pass params as an array.'],
    ['select :a, :b', { a: 1 }, 'Parameter :b has no value; pass null for a missing one.'],
    ['select :a', { a: undefined }, 'Parameter :a has no value; pass null for a missing one.'],
    ['select $a', { $a: 1 }, 'Parameter :a has no value; the key is "a", not "$a".'],
  ])('%s with %j', async (sql, params, message) => {
    const { query, execute, close } = await makeSession(engine);
    expect(await errorOf(() => query(sql, params))).toMatchObject({ code: 'ERR_PARAMETER', message });
    expect(await errorOf(() => execute(sql, params))).toMatchObject({ code: 'ERR_PARAMETER', message });
    close();
  });

  test('params of another kind are a TypeError', async () => {
    const { query, close } = await makeSession(engine);
    for (const params of [null, 'x', 5, new Uint8Array(1)]) {
      expect(await errorOf(() => query('select ?', params))).toMatchObject({ name: 'TypeError', message: expect.stringContaining('params') });
    }
    close();
  });

  test('objects may hold more than is asked for, and need no prototype', async () => {
    const { query, close } = await makeSession(engine);
    expect(query('select :a as a', { a: 1, b: 2 }).at(0)).toEqual({ a: 1 });
    expect(query('select :a as a', Object.assign(Object.create(null), { a: 1 })).at(0)).toEqual({ a: 1 });
    expect(query('select :__proto__ as a', JSON.parse('{"__proto__": 3}')).at(0)).toEqual({ a: 3 });
    close();
  });
});
