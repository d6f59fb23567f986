/**
 * Random tables for property tests: any mixture of columns, batches and vectors. The same seed gives the same table.
 */
import { Batches } from '../../js/table/batches.js';
import { FewRows } from '../../js/table/few_rows.js';
import { Schema } from '../../js/table/schema.js';
import { Table } from '../../js/table/table.js';
import { TextVector } from '../../js/table/text_vector.js';
import { Int64Vector, NumberVector, PackedVector, TAG, ValueVector } from '../../js/table/vector.js';

/**
 * @param {number} seed
 * @returns {{ below: (n: number) => number, pick: <T>(list: readonly T[]) => T, chance: (p: number) => boolean }} mulberry32
 */
export function random(seed) {
  const next = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (/** @type {number} */ n) => Math.floor(next() * n);
  return { below, pick: (list) => list[below(list.length)], chance: (p) => next() < p };
}

export const TEXTS = [
  '',
  'a',
  'owner',
  'ü',
  '漢字',
  '😀',
  'a😀b',
  '\u{10FFFF}',
  '\uFEFF',
  '\uFEFFmark',
  'NUL\0inside',
  '\0',
  '\x7f\x80',
  'e\u0301',
  '\uFFFD',
  'x'.repeat(300),
  'ß'.repeat(129),
  '{"a":1}',
  'line\r\nline',
  'quote\'"',
];
export const INTEGERS = [
  0,
  1,
  -1,
  255,
  256,
  -256,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 32 - 1,
  -(2 ** 32) - 1,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
];
export const LONGS = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
export const REALS = [0.1, -0, 1.5, -1e300, 5e-324, Infinity, -Infinity, NaN, 2 ** 53, 2 ** 64, 1.7976931348623157e308];

/** @param {ReturnType<typeof random>} dice */
const bytes = (dice) => Uint8Array.from({ length: dice.pick([0, 1, 2, 7, 8, 9, 100]) }, () => dice.below(256));

/** What a column of each type holds. @type {Record<string, (dice: ReturnType<typeof random>) => any>} */
const MAKE = {
  integer: ({ pick }) => pick(INTEGERS),
  bigint: ({ pick }) => pick(LONGS),
  number: ({ pick, chance }) => (chance(0.3) ? pick(INTEGERS) : pick(REALS)),
  string: ({ pick }) => pick(TEXTS),
  boolean: ({ chance }) => chance(0.5),
  date: ({ pick }) => new Date(pick([0, -1, 1.7e12, 8.64e15, -8.64e15, -62135596800000])),
  buffer: bytes,
  array: ({ pick }) => [pick(INTEGERS), pick(TEXTS), null],
  object: ({ pick }) => ({ a: pick(TEXTS), b: { c: pick(INTEGERS) } }),
  other: (dice) => MAKE[dice.pick(['integer', 'number', 'string', 'buffer', 'bigint'])](dice),
};

/**
 * @param {number} seed
 * @returns {{ table: Table, lists: any[][] }} the table, and what went into each column
 */
export function randomTable(seed) {
  const dice = random(seed);
  const { below, pick, chance } = dice;
  const columns = Array.from({ length: pick([0, 1, 1, 2, 3, 5, 12]) }, (_, c) => ({
    name: pick([`c${c}`, 'same', '', '__proto__', 'constructor', 'ünï 😀']),
    type: /** @type {any} */ (pick(Object.keys(MAKE))),
    nullable: chance(0.6),
    databaseType: '',
  }));
  const nulls = columns.map(({ nullable }) => (nullable ? pick([0, 0.1, 0.5, 1]) : 0));
  // Now and then a value that the declaration rules out.
  const odd = columns.map(() => (chance(0.15) ? 0.05 : 0));
  const lists = /** @type {any[][]} */ (columns.map(() => []));
  const batches = Array.from({ length: pick([0, 1, 1, 2, 4]) }, () => {
    const length = pick([1, 2, 4, 7, 8, 9, 63, 64, 65, 300]);
    const parts = columns.map(({ type }, c) =>
      Array.from({ length }, () => {
        if (chance(nulls[c])) return null;
        return MAKE[chance(odd[c]) ? pick(Object.keys(MAKE)) : type](dice);
      }),
    );
    parts.forEach((part, c) => lists[c].push(...part));
    if (length <= 4 && chance(0.5)) {
      if (parts.flat().every((value) => tagOf(value))) {
        return new FewRows(
          length,
          columns.length,
          Array.from({ length }, (_, row) => parts.map((part) => part[row])).flat(),
        );
      }
    }
    return { length, vectors: parts.map((part) => vectorOf(part, below(2) === 0)) };
  });
  return { table: new Table({ schema: new Schema(columns), batches: new Batches(batches) }), lists };
}

/** @param {any} value @returns {number} as the row packer has it; 0: it has none */
function tagOf(value) {
  if (value === null) return TAG.NULL;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? TAG.INTEGER : TAG.REAL;
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? TAG.INT64 : 0;
  if (typeof value === 'string') return TAG.TEXT;
  return ArrayBuffer.isView(value) ? TAG.BLOB : 0;
}

/**
 * A vector as the row packer would make it, where it could; otherwise of plain values.
 * @param {any[]} list
 * @param {boolean} plain Plain values in any case.
 */
export function vectorOf(list, plain = false) {
  if (list.every((value) => typeof value === 'number')) return new NumberVector(Float64Array.from(list));
  if (plain || !list.every((value) => tagOf(value))) return new ValueVector(list);
  if (list.every((value) => typeof value === 'bigint')) return new Int64Vector(BigInt64Array.from(list));
  if (list.every((value) => value === null)) return new ValueVector(list);
  const pieces = list.map((value) =>
    typeof value === 'string' ? new TextEncoder().encode(value) : ArrayBuffer.isView(value) ? value : [],
  );
  return packed(list.map(tagOf), pieces, list);
}

/**
 * @param {number[]} tags
 * @param {ArrayLike<number>[]} pieces Bytes of texts and blobs.
 * @param {any[]} [list] Numbers.
 */
export function packed(tags, pieces, list = []) {
  const cells = new Float64Array(tags.length);
  const places = new Uint32Array(cells.buffer);
  const integers = new BigInt64Array(cells.buffer);
  const heap = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  tags.forEach((tag, row) => {
    if (tag === TAG.INTEGER || tag === TAG.REAL) cells[row] = list[row];
    else if (tag === TAG.INT64) integers[row] = list[row];
    else if (tag === TAG.NULL) places.fill(0xabcdef, 2 * row, 2 * row + 2);
    else places.set([at, pieces[row].length], 2 * row);
    heap.set(pieces[row], at);
    at += pieces[row].length;
  });
  if (tags.some((tag) => tag !== TAG.TEXT && tag !== TAG.NULL))
    return new PackedVector(Uint8Array.from(tags), cells, heap);
  return new TextVector(
    heap,
    places,
    tags.includes(TAG.NULL) ? Uint8Array.from(tags) : undefined,
    heap.every((byte) => byte < 128),
  );
}

/**
 * A table of several batches.
 * @param {string[]} names @param {any[][][]} parts For each batch the values of each column. @param {any[]} [types]
 */
export const batched = (names, parts, types = names.map(() => 'other')) =>
  new Table({
    schema: new Schema(names.map((name, c) => ({ name, type: types[c], nullable: true, databaseType: '' }))),
    batches: new Batches(
      parts.map((lists) => ({ length: lists[0]?.length ?? 0, vectors: lists.map((list) => vectorOf(list)) })),
    ),
  });
