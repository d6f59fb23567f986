/**
 * Trees as bytes: what is packed comes back as it was; what the core wrote is read as it is (src/base/packed.h).
 */
import { expect, test } from '@jest/globals';
import { pack, unpack } from '../../js/packed.js';

test.each([
  ['texts', ['a', '', 'x', 'ž', '😀', '\u0000', '\ufeff', '__proto__']],
  ['tables', { a: { b: {}, '': 1 }, z: ['a'], ['__proto__']: { own: 1 }, constructor: true }],
  ['integers', ['a', 0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  ['integers beyond 2^53', ['a', 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)]],
  ['floats', ['a', 0.1, -0, 2 ** 53, 2 ** 60, 1e300, 5e-324, NaN, Infinity, -Infinity]],
  ['others', ['a', true, false, null, ['z', '1979-05-27T07:32:00Z'], ['l', '07:32:00']]],
])('%s', (_, tree) => {
  expect(unpack(pack(tree))).toEqual(tree);
});

test('small integers are numbers, however they were given', () => {
  expect(unpack(pack(['a', 5n, -(2n ** 53n) + 1n]))).toEqual(['a', 5, Number.MIN_SAFE_INTEGER]);
});

test('-0 stays what it is', () => {
  expect(Object.is(unpack(pack(-0)), -0)).toBe(true);
});

test('what is undefined is left out', () => {
  expect(unpack(pack({ a: undefined, b: 1 }))).toEqual({ b: 1 });
});

test.each([['\ud800'], [['a', 'x\udfff']], [{ '\ud800': 1 }], [{ a: { b: 'x\ud83dy' } }]])('a lone surrogate leaves nothing', (tree) => {
  expect(pack(tree)).toHaveLength(0);
});

test('the bytes', () => {
  expect([...pack({ a: ['a', 'ž', 1, 0.5, true] })]).toEqual([
    ...[0x6f, 1, 0, 0, 0], ...[1, 0, 0, 0, 0x61], ...[0x61, 4, 0, 0, 0],
    ...[0x73, 2, 0, 0, 0, 0xc5, 0xbe], ...[0x69, 1, 0, 0, 0, 0, 0, 0, 0], ...[0x64, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f], 0x74,
  ]);
});
