import { expect, test } from '@jest/globals';
import { unpack } from '../../js/packed.js';
import { parseJson, secretsCore } from '../../js/secrets/core.js';
import { Store } from '../../js/secrets/store.js';

// wasm/small_libc.cc reads floats in place of the C++ library: it must read what the library would.

/** @param {string} text TOML. @returns {{ tree: any, error: string | undefined }} */
function read(text) {
  const store = new Store(secretsCore().module, 'deep');
  try {
    return { error: store.addToml('a', text)?.message, tree: store.tree() };
  } finally {
    store.close();
  }
}

/** Numbers of every size, always the same ones. */
const texts = Array.from({ length: 2000 }, (_, i) => {
  const digits = String((i * 2654435761) % 4294967296) + String((i * 40503) % 65536);
  return `${i % 3 ? '' : '-'}${digits.slice(0, 1 + (i % 15))}.${digits}e${(i % 600) - 310}`;
});

test('floats are read from TOML and from JSON as JavaScript reads them', () => {
  const want = texts.map(Number);
  const toml = read(`n = [${texts.join(', ')}]`);
  expect(toml.error).toBeFalsy();
  expect(toml.tree.n).toEqual(['a', ...want]);
  expect(unpack(parseJson(`{"n": [${texts.join(', ')}]}`)).n).toEqual(['a', ...want]);
});

test.each([
  ['1_000.5', 1000.5],
  ['5e-324', 5e-324],
  ['1.7976931348623157e308', Number.MAX_VALUE],
  ['0.0e5', 0],
  ['6.626e-34', 6.626e-34],
  ['+1.0', 1],
])('TOML: %s', (text, value) => {
  expect(read(`n = ${text}`).tree.n).toBe(value);
});

test.each(['1e400', '-1e400', '1e-400', '0.0001e-330'])('TOML: %s is out of range, as it is natively', (text) => {
  expect(read(`n = ${text}`).error).toMatch(/not representable/);
});
