/** Vectors: text is decoded late and cut right, nothing that is handed out can change what they hold. */
import { describe, expect, test } from '@jest/globals';
import { FewRows } from '../../js/table/few_rows.js';
import { decodeText, TextVector } from '../../js/table/text_vector.js';
import { Int64Vector, NumberVector, PackedVector, TAG, ValueVector } from '../../js/table/vector.js';
import { packed, random, TEXTS, vectorOf } from './random_tables.js';

const utf8 = (/** @type {string} */ text) => [...new TextEncoder().encode(text)];

/** @param {(string | number[] | null)[]} texts Bytes as they are. @returns {TextVector} */
const textVector = (texts) =>
  /** @type {TextVector} */ (
    packed(
      texts.map((text) => (text === null ? TAG.NULL : TAG.TEXT)),
      texts.map((text) => (typeof text === 'string' ? utf8(text) : (text ?? []))),
    )
  );

describe('text', () => {
  test.each(
    /** @type {[string, (string | null)[]][]} */ ([
      ['ASCII', ['a', 'bc', '', 'def']],
      ['with nulls', ['a', null, '', null, 'b']],
      ['nulls first and last', [null, 'a', null]],
      ['empty only', ['', '', '']],
      ['Latin', ['é', 'ü', 'aé', 'éa', '']],
      ['two, three and four bytes', ['ß', '漢', '😀', 'ß漢😀', '😀漢ß', '']],
      ['beyond the basic plane', ['\u{10FFFF}', 'a\u{1F600}', '\u{1F600}\u{1F601}', 'z']],
      ['with nulls between', ['é', null, '😀', '', null, 'a']],
      ['byte order marks', ['\uFEFF', 'a', '\uFEFFb', 'c\uFEFF', '\uFEFF\uFEFF']],
      ['a mark in front of everything, ASCII after', ['\uFEFFa', 'b']],
      ['NUL', ['\0', 'a\0b', '\0\0', '']],
      ['replacement characters that are meant', ['\uFFFD', 'a\uFFFDb']],
      ['odd but valid', ['\uFFFE\uFFFF', '\x7f\x80', 'e\u0301', '\u202E']],
      ['one', ['é']],
      ['long', ['x'.repeat(100000), 'é'.repeat(50000), '😀'.repeat(30000)]],
    ]),
  )('%s', (_, texts) => {
    const vector = textVector(texts);
    expect(vector).toBeInstanceOf(TextVector);
    expect(vector.length).toBe(texts.length);
    expect([...vector.values()]).toEqual(texts);
    expect(texts.map((_, row) => vector.get(row))).toEqual(texts);
  });

  test('random texts with random nulls', () => {
    const { pick, below, chance } = random(7);
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: 1 + below(40) }, () => (chance(0.2) ? null : pick(TEXTS)));
      expect([...textVector(texts).values()]).toEqual(texts);
    }
  });

  test.each(
    /** @type {[string, (number[] | string | null)[], (string | null)[]][]} */ ([
      ['a wrong byte in the middle', ['ok', [0x61, 0xff, 0x62], 'é'], ['ok', 'a\uFFFDb', 'é']],
      [
        'a character torn between two',
        [
          [0x61, 0xc3],
          [0xa9, 0x62],
        ],
        ['a\uFFFD', '\uFFFDb'],
      ],
      ['torn between two with an empty text between', [[0xc3], '', [0xa9]], ['\uFFFD', '', '\uFFFD']],
      ['torn between two with a null between', [[0xc3], null, [0xa9]], ['\uFFFD', null, '\uFFFD']],
      ['four bytes torn in the middle', [[0xf0, 0x9f], [0x98, 0x80], 'é'], ['\uFFFD', '\uFFFD\uFFFD', 'é']],
      ['four bytes in four texts', [[0xf0], [0x9f], [0x98], [0x80]], ['\uFFFD', '\uFFFD', '\uFFFD', '\uFFFD']],
      ['incomplete at the end of all', ['é', [0xe6, 0xbc]], ['é', '\uFFFD']],
      ['a continuation byte at the beginning of all', [[0xa9], 'é'], ['\uFFFD', 'é']],
      ['a surrogate in UTF-8', [[0xed, 0xa0, 0x80], 'a'], ['\uFFFD\uFFFD\uFFFD', 'a']],
      ['an overlong form', [[0xc0, 0x80], 'a'], ['\uFFFD\uFFFD', 'a']],
      ['with a byte order mark', [[0xef, 0xbb, 0xbf, 0xff], '\uFEFF'], ['\uFEFF\uFFFD', '\uFEFF']],
    ]),
  )('not UTF-8: %s', (_, texts, wanted) => {
    const vector = textVector(texts);
    expect(vector.isUtf8()).toBe(false);
    expect([...vector.values()]).toEqual(wanted);
  });

  test('whether it is UTF-8', () => {
    expect(textVector(['a', null, 'b']).isUtf8()).toBe(true);
    expect(textVector(['é', null, '', '😀']).isUtf8()).toBe(true);
    expect(textVector([null, 'é']).isUtf8()).toBe(true);
  });

  test('is decoded when first read, and once', () => {
    const vector = textVector(['aé', 'b']);
    vector.bytes[0] = 0x78;
    expect(vector.get(0)).toBe('xé');
    vector.bytes[0] = 0x79;
    expect(vector.get(0)).toBe('xé');
  });

  test('byteLength does not change with decoding', () => {
    const vector = textVector(['aé', null]);
    const { byteLength } = vector;
    expect(byteLength).toBe(3 + 2 * 8 + 2);
    vector.values();
    expect(vector.byteLength).toBe(byteLength);
    expect(textVector(['abc', 'd']).byteLength).toBe(4 + 2 * 8);
  });
});

describe('decodeText', () => {
  test('any length, anywhere', () => {
    for (let length = 0; length < 64; length++) {
      const text = Array.from({ length }, (_, i) => String.fromCharCode(32 + ((i * 7) % 95))).join('');
      const bytes = Uint8Array.from([0x21, ...utf8(text), 0x21]);
      expect(decodeText(bytes, 1, 1 + length, true)).toBe(text);
      expect(decodeText(bytes, 1, 1 + length, false)).toBe(text);
    }
    expect(decodeText(Uint8Array.from(utf8('\uFEFF\0é😀')), 0, 10, false)).toBe('\uFEFF\0é😀');
  });
});

describe('packed cells', () => {
  const list = [
    1,
    -0,
    'é',
    null,
    2n ** 63n - 1n,
    new Uint8Array([1, 2]),
    '',
    new Uint8Array(0),
    1.5,
    NaN,
    '\uFEFF',
    -(2n ** 63n),
  ];

  test('any mixture', () => {
    const vector = vectorOf(list);
    expect(vector).toBeInstanceOf(PackedVector);
    expect([...vector.values()]).toEqual(list);
    expect(list.map((_, row) => vector.get(row))).toEqual(list);
    expect(vector.byteLength).toBe(9 * list.length + 7);
  });

  test('bytes are copied for each reader', () => {
    const vector = vectorOf(list);
    const bytes = /** @type {Uint8Array} */ (vector.get(5));
    expect(bytes.buffer.byteLength).toBe(2);
    bytes[0] = 99;
    expect(vector.get(5)).toEqual(new Uint8Array([1, 2]));
  });
});

describe('numbers and values', () => {
  test('numbers', () => {
    const vector = new NumberVector(Float64Array.of(1, NaN, -0));
    expect([vector.length, vector.byteLength, vector.get(1), vector.get(2)]).toEqual([3, 24, NaN, -0]);
    const few = new NumberVector([1, 2]);
    expect([few.length, few.byteLength, few.get(1)]).toEqual([2, 16, 2]);
  });

  test('64-bit integers', () => {
    const vector = new Int64Vector(BigInt64Array.of(2n ** 62n, -1n));
    expect([vector.length, vector.byteLength, vector.get(0)]).toEqual([2, 16, 2n ** 62n]);
  });

  test('what can be changed is copied for each reader', () => {
    const vector = new ValueVector([
      new Uint8Array([1]),
      new Date(0),
      { a: [1, { b: 2 }] },
      [new Date(0)],
      Buffer.from([1, 2]),
    ]);
    for (let row = 0; row < 5; row++) {
      expect(vector.get(row)).toEqual(row === 4 ? new Uint8Array([1, 2]) : vector.values()[row]);
      expect(vector.get(row)).not.toBe(vector.get(row));
    }
    /** @type {any} */ (vector.get(0))[0] = 9;
    /** @type {any} */ (vector.get(1)).setTime(9);
    /** @type {any} */ (vector.get(2)).a[1].b = 9;
    /** @type {any} */ (vector.get(3))[0].setTime(9);
    /** @type {any} */ (vector.get(4))[0] = 9;
    expect(vector.values()).toEqual([
      new Uint8Array([1]),
      new Date(0),
      { a: [1, { b: 2 }] },
      [new Date(0)],
      Buffer.from([1, 2]),
    ]);
  });

  test('objects of other classes are kept as they are', () => {
    class Point {}
    const point = new Point();
    expect(new ValueVector([point]).get(0)).toBe(point);
  });

  test('bytes held are estimated: 16 for each value, and texts and bytes', () => {
    const size = (/** @type {any[]} */ ...list) => new ValueVector(list).byteLength;
    expect([size(), size(1, null, true), size('ab', 'c'), size(new Uint8Array(100))]).toEqual([0, 48, 38, 116]);
    expect(size({ a: 'xyz' })).toBe(16 + 16 + 6);
    expect(size([['xyz'], 1])).toBe(16 + 2 * 16 + 16 + 6);
    expect(size(new Date())).toBe(16);
    expect(new ValueVector([null, null], 0).byteLength).toBe(0);
  });
});

describe('few rows', () => {
  test('become vectors when they are asked for', () => {
    const few = new FewRows(2, 4, [1, 'a', 2n, null, 1.5, null, 3n, null]);
    expect(few.vectors.map((vector) => [...Array.from(vector.values())])).toEqual([
      [1, 1.5],
      ['a', null],
      [2n, 3n],
      [null, null],
    ]);
    expect(few.vectors[0]).toBeInstanceOf(NumberVector);
    expect(few.vectors[2]).toBeInstanceOf(Int64Vector);
    expect(few.vectors).toBe(few.vectors);
  });

  test('no columns', () => {
    expect(new FewRows(1, 0, []).vectors).toEqual([]);
  });
});
