import { expect, test } from '@jest/globals';
import { encodeKey } from '../../js/cache/key.js';
import { StatementIndex } from '../../js/cache/statement_index.js';
import { expandKey, internText, shortenKey, statementKey } from '../../js/cache/statements.js';
import vectors from '../vectors/keys.json' with { type: 'json' };

/** Argument lists of which no two may share a key. Each is made anew, so that identity cannot help. */
const DISTINCT = [
  () => [], () => [undefined], () => [null], () => [undefined, undefined], () => [[]], () => [{}],
  () => [0], () => [-0], () => [NaN], () => [Infinity], () => [1], () => [1n], () => ['1'], () => [true], () => [false], () => ['true'],
  () => [''], () => ['null'], () => ['undefined'], () => [2n], () => ['a', 'b'], () => ['ab'], () => ['a', '', 'b'], () => [['a'], 'b'],
  () => ['doc1', 'acme'], () => ['doc1str:orgstr:acme'], () => ['s1:a'], () => ['a', 's1:b'],
  () => [new Date(5)], () => [new Date(NaN)], () => [new Date(5).toISOString()], () => [5],
  () => [{ a: 1 }], () => [{ a: undefined }], () => [{ a: 1, b: 2 }], () => [{ a: { b: 1 } }], () => [{ 'a.b': 1 }], () => [[['a', 1]]],
  () => [new Map()], () => [new Map([['a', 1]])], () => [new Map([['a', 2]])], () => [new Set()], () => [new Set(['a'])], () => [new Set(['b'])],
  () => [new Uint8Array([1])], () => [new Int8Array([1])], () => [new Uint8Array([1, 0])], () => [new Uint16Array([1])], () => [{ 0: 1 }], () => [[1]],
  () => [new Uint8Array([1]).buffer], () => [new DataView(new Uint8Array([1]).buffer)], () => [new Float64Array([1])],
  () => [/a/], () => [/a/g], () => [/b/], () => ['/a/'], () => [new URL('https://a.example/')], () => ['https://a.example/'],
  () => ['ä'], () => ['\ud800'], () => ['\udc00'], () => ['a\0b'], () => ['a', '\0b'],
];

test('no two of these share a key, and equal ones do', () => {
  const keys = DISTINCT.map((make) => encodeKey(make()));
  expect(DISTINCT.map((make) => encodeKey(make()))).toEqual(keys);
  expect(new Set(keys).size).toBe(DISTINCT.length);
});

test('order does not matter where it has no meaning', () => {
  expect(encodeKey([{ a: 1, b: 2 }])).toBe(encodeKey([{ b: 2, a: 1 }]));
  expect(encodeKey([new Map([['a', 1], ['b', 2]])])).toBe(encodeKey([new Map([['b', 2], ['a', 1]])]));
  expect(encodeKey([new Set([1, 2])])).toBe(encodeKey([new Set([2, 1])]));
  expect(encodeKey([Object.assign(Object.create(null), { a: 1 })])).toBe(encodeKey([{ a: 1 }]));
  expect(encodeKey([[1, 2]])).not.toBe(encodeKey([[2, 1]]));
});

test('an object that is changed has another key', () => {
  const params = { x: 1 };
  const before = encodeKey([params]);
  params.x = 2;
  expect(encodeKey([params])).not.toBe(before);
});

test('toJSON counts beside the class', () => {
  class Money {
    toJSON() {
      return 5;
    }
  }
  expect(encodeKey([new Money()])).toBe(encodeKey([new Money()]));
  expect(encodeKey([new Money()])).not.toBe(encodeKey([5]));
});

/** @type {any} */
const cyclic = { a: [{}] };
cyclic.a[0].back = cyclic;
let deep = /** @type {any} */ ({});
for (let i = 0; i < 1000; i++) deep = { deep };

test.each([
  ['a function', [1, { a: [() => 1] }], '[1].a[0]', /function/],
  ['a symbol', [Symbol('s')], '[0]', /symbol/],
  ['a symbol as a name', [{ [Symbol('s')]: 1 }], '[0]', /named by a symbol/],
  ['a cycle', [cyclic], '[0].a[0].back', /cyclic/],
  ['depth', [deep], undefined, /levels/],
  ['an instance', [{ client: new (class Client {})() }], '[0].client', /class Client/],
  ['a promise', [Promise.resolve()], '[0]', /Promise/],
  ['an impostor', [{ a: new (class { get [Symbol.toStringTag]() { return 'Date'; } })() }], '[0].a', /cannot be part/],
  ['inside a Map', [new Map([['k', () => 1]])], '[0].k', /function/],
])('%s is refused by path', (_what, args, path, message) => {
  expect(() => encodeKey(args)).toThrow(expect.objectContaining({ code: 'ERR_CACHE_KEY', message: expect.stringMatching(message), ...(path && { path }) }));
});

test('golden keys do not change: persisted results are found by them', () => {
  for (const { args, key } of vectors) expect(encodeKey(args)).toBe(key);
});

test('statement keys are short, and say what they mean elsewhere', () => {
  const number = internText('select * from t where a = ? and b = ?');
  const key = statementKey(number, ['x', 2]);
  expect(key).toBe(`#${number},s1:xn2;`);
  expect(expandKey(key)).toBe('q37:select * from t where a = ? and b = ?,s1:xn2;');
  expect(shortenKey(/** @type {string} */ (expandKey(key)))).toBe(key);
  expect(shortenKey(/** @type {string} */ (expandKey(`bigint;${key}`)))).toBe(`bigint;${key}`);
  expect(statementKey(number, { b: 2, a: 1 })).toBe(statementKey(number, { a: 1, b: 2 }));
  expect(new Set([undefined, [], [0], [-0], [null], ['0'], {}, [[]]].map((params) => statementKey(number, params))).size).toBe(8);
  expect(expandKey('#999999999,n1;')).toBeUndefined();
});

test('the index of recent statements answers only for the same parameters', () => {
  const index = new StatementIndex();
  const space = /** @type {any} */ ({});
  const lists = [
    undefined, [], [1], [1.5], [2 ** 40], [-0], [0], ['1'], ['abc'], ['adc'], [true], [null], [undefined], [1, 2], [2, 1], {}, { a: 1 },
    { b: 1 }, { a: 1, b: 2 }, { a: -0 }, [{ a: 1 }], [{ a: 1, b: 2 }], [{ a: [1] }], [{ a: { 0: 1 } }], [{ a: ['1'] }], [{}], [[]], [[[]]], [{ a: {} }], { a: {} },
    { a: [] }, [{ a: undefined }], [[undefined]],
  ];
  for (const params of lists) {
    const entry = /** @type {any} */ ({ params });
    index.put(space, 7, params, '', entry);
    expect(index.find(space, 7, Array.isArray(params) ? [...params] : params && { ...params }, '')).toBe(entry);
    for (const other of lists) {
      if (other !== params && !(params === undefined ? Array.isArray(other) && !other.length : Array.isArray(params) && !params.length && other === undefined)) {
        expect(index.find(space, 7, other, '')).not.toBe(entry);
      }
    }
    expect(index.find(space, 8, params, '')).toBeUndefined();
    expect(index.find(space, 7, params, 'bigint;')).toBeUndefined();
    expect(index.find(/** @type {any} */ ({}), 7, params, '')).toBeUndefined();
  }
  const params = [1];
  index.put(space, 7, params, '', /** @type {any} */ ('entry'));
  params[0] = 2;
  expect(index.find(space, 7, params, '')).toBeUndefined();
  const nested = [{ a: [{ b: 1 }] }];
  index.put(space, 7, nested, '', /** @type {any} */ ('nested'));
  expect(index.find(space, 7, [{ a: [{ b: 1 }] }], '')).toBe('nested');
  nested[0].a[0].b = 2;
  expect(index.find(space, 7, nested, '')).toBeUndefined();
  const deep = [[[[[[1]]]]]];
  for (const unfit of [[NaN], [1n], [new Date(5)], [{ a: () => 1 }], [{ [Symbol('s')]: 1 }], [new Map()], deep, ['x'.repeat(600)], { a: { b: NaN } }]) {
    index.put(space, 7, unfit, '', /** @type {any} */ ('entry'));
    expect(index.find(space, 7, unfit, '')).toBeUndefined(); // They take the long way.
  }
});

test('the index of recent statements finds most of many that are alike', () => {
  const index = new StatementIndex();
  const space = /** @type {any} */ ({});
  const entries = Array.from({ length: 3000 }, (_, i) => /** @type {any} */ ({ known: true, params: [`customer-${i}`, 2026] }));
  const found = () => entries.filter((entry) => index.find(space, 7, entry.params, '') === entry).length;
  for (let round = 0; round < 4; round++) {
    for (const entry of entries) {
      if (index.find(space, 7, entry.params, '') !== entry) index.put(space, 7, entry.params, '', entry);
    }
  }
  expect(found()).toBeGreaterThan(2700);
  const long = 'x'.repeat(50);
  index.put(space, 8, [`${long}a`], '', entries[0]);
  index.put(space, 8, [`${long}b`], '', entries[1]);
  index.put(space, 8, [`a${long}`], '', entries[2]);
  expect([`${long}a`, `${long}b`, `a${long}`, `a${long}b`].map((text) => index.find(space, 8, [text], ''))).toEqual([...entries.slice(0, 3), undefined]);
  index.clear();
  expect(found()).toBe(0);
});
