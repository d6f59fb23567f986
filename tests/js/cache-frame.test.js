import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ByteReader, ByteWriter, MalformedError } from '../../js/cache/bytes.js';
import { readValue, writeValue } from '../../js/cache/codec.js';
import { decodeFrame, encodeFrame, nameOf } from '../../js/cache/frame.js';
import { EXPIRES_AT } from '../../js/cache/frame_head.js';
import { Table } from '../../js/table/table.js';
import vectors from '../vectors/frames.json' with { type: 'json' };

const frame = {
  key: 'result\nspace\nq8:select 1,n1;', begun: 1_000, stored: 1_005, ttl: 60_000, staleWhileRevalidate: Infinity, staleIfError: 0, tags: ['a', 'ü'],
  value: {
    list: [1, -1.5, null, undefined, true, 2n ** 70n, 'ä\ud800', [[]]], at: new Date(5), map: new Map([['k', new Set([1])]]), bytes: new Uint8Array([1, 2, 3]),
    wide: new Float64Array([0.5]), table: Table.from([{ a: 1, b: 'x', c: 5n }, { a: 2, b: null, c: 6n }]), pattern: /x/g,
  },
};

/** Numbers that look random and are the same each time. */
function makeRandom(seed = 1) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The same body with a checksum that fits. @param {Uint8Array} bytes */
function reseal(bytes) {
  const end = bytes.length - 16;
  bytes.set(createHash('sha256').update(bytes.subarray(0, end)).digest().subarray(0, 16), end);
  return bytes;
}

test('a frame says the same when it is read', async () => {
  const bytes = await encodeFrame(frame);
  const back = /** @type {any} */ (await decodeFrame(bytes, frame.key));
  const { value, ...rest } = back;
  const { value: _, ...facts } = frame;
  expect(rest).toEqual(facts);
  expect(value.table.toArray()).toEqual(frame.value.table.toArray());
  expect({ ...value, table: 0 }).toEqual({ ...frame.value, table: 0 });
  expect(Object.isFrozen(value.list)).toBe(true);
  expect(new DataView(bytes.buffer).getFloat64(EXPIRES_AT, true)).toBe(Infinity);
});

test('golden frames are read for ever', async () => {
  for (const { key, name, hex, value } of vectors) {
    const back = await decodeFrame(Uint8Array.from(Buffer.from(hex, 'hex')), key);
    expect(back).toMatchObject({ key, value });
    expect(await nameOf(key)).toBe(name);
  }
});

test('every flipped bit and every cut is a miss', async () => {
  const bytes = await encodeFrame({ ...frame, value: { n: [1, 'a'] } });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = Uint8Array.from(bytes);
    damaged[bit >> 3] ^= 1 << (bit & 7);
    expect(await decodeFrame(damaged, frame.key)).toBeUndefined();
  }
  for (let length = 0; length < bytes.length; length++) expect(await decodeFrame(bytes.subarray(0, length), frame.key)).toBeUndefined();
  expect(await decodeFrame(bytes, `${frame.key} `)).toBeUndefined();
});

test('whatever is under a fitting checksum: a frame or a miss, never an error', async () => {
  const random = makeRandom();
  const original = await encodeFrame(frame);
  let read = 0;
  for (let round = 0; round < 4_000; round++) {
    let bytes = Uint8Array.from(original);
    for (let changes = 1 + random(4); changes > 0; changes--) {
      const at = 5 + random(bytes.length - 21);
      if (random(3)) bytes[at] = random(3) ? random(256) : [0, 1, 0x7f, 0x80, 0xff][random(5)];
      else bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + random(9))]);
    }
    if (bytes.length < 40) continue;
    if (await decodeFrame(reseal(bytes), frame.key)) read += 1;
  }
  expect(read).toBeGreaterThan(0);
});

test('the reader of values survives tens of thousands of random inputs', () => {
  const random = makeRandom(7);
  const out = new ByteWriter();
  writeValue(out, frame.value);
  const original = out.finish();
  for (let round = 0; round < 40_000; round++) {
    const bytes = round % 2 ? Uint8Array.from({ length: random(40) }, () => random(round % 4 ? 20 : 256)) : Uint8Array.from(original);
    if (round % 2 === 0) for (let changes = 1 + random(3); changes > 0; changes--) bytes[random(bytes.length)] = random(256);
    try {
      readValue(new ByteReader(bytes));
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
    }
  }
});

test('nesting is bounded when written and when read', () => {
  let deep = /** @type {any} */ ([]);
  for (let i = 0; i < 5_000; i++) deep = [deep];
  expect(() => writeValue(new ByteWriter(), deep)).toThrow(/nested too deep/);
  const out = new ByteWriter();
  for (let i = 0; i < 100_000; i++) {
    out.byte(9);
    out.count(1);
  }
  expect(() => readValue(new ByteReader(out.finish()))).toThrow(MalformedError);
});

test('numbers and texts at their edges', () => {
  const out = new ByteWriter();
  const counts = [0, 127, 128, 2 ** 31, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER];
  const texts = ['', 'a', '\0', '\ufeff', '😀', '\ud800', 'x'.repeat(1_000)];
  counts.forEach((count) => out.count(count));
  texts.forEach((text) => out.text(text));
  const input = new ByteReader(out.finish());
  expect(counts.map(() => input.count())).toEqual(counts);
  expect(texts.map(() => input.text())).toEqual(texts);
  expect(input.left).toBe(0);
  expect(() => input.byte()).toThrow(MalformedError);
});
