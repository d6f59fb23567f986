/**
 * TOML 1.0 through the public API, section by section of the specification.
 */
import { describe, expect, test } from '@jest/globals';
import { Secrets } from '../../js/secrets/secrets.js';
import { INVALID } from '../vectors/toml-invalid.js';
import { VALID } from '../vectors/toml-valid.js';

/** @param {string | Uint8Array} toml */
const read = (toml) => new Secrets({ sources: [{ toml, name: 'doc.toml' }] }).toObject();

const encode = (/** @type {string | Uint8Array} */ text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

describe.each(Object.entries(VALID))('%s, valid', (_, cases) => {
  test.each(cases)('%s', (__, text, value) => {
    expect(read(text)).toEqual(value);
    expect(read(encode(text))).toEqual(value);
  });
});

describe.each(Object.entries(INVALID))('%s, invalid', (_, cases) => {
  test.each(cases)('%s', (__, text, position) => {
    const [line, column] = position.split(':').map(Number);
    const wanted = { code: 'ERR_SECRETS_PARSE', source: 'doc.toml', line, column };
    expect(() => read(text)).toThrow(expect.objectContaining(wanted));
    const lone = typeof text === 'string' && /\p{Surrogate}/u.test(text);
    if (!lone) { // Such text has no form in bytes.
      expect(() => read(encode(text))).toThrow(expect.objectContaining(wanted));
    }
  });
});

test('there are enough cases', () => {
  const count = [VALID, INVALID].flatMap((table) => Object.values(table)).flat().length;
  expect(count).toBeGreaterThan(350);
});

describe('beyond TOML: limits', () => {
  const limit = (/** @type {string | Uint8Array} */ text) =>
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'ERR_SECRETS_LIMIT' }));

  test('size', () => {
    expect(read(`#${'x'.repeat(2 ** 20 - 1)}`)).toEqual({});
    limit(`#${'x'.repeat(2 ** 20)}`);
    limit(`#${'é'.repeat(2 ** 19)}`);
    limit(new Uint8Array(2 ** 24).fill(0x20));
  });

  test.each([
    ['dotted keys', `${'a.'.repeat(5000)}a = 1`],
    ['headers', `[${'a.'.repeat(5000)}a]`],
    ['arrays of tables', `[[${'a.'.repeat(5000)}a]]`],
    ['arrays', `a = ${'['.repeat(5000)}`],
    ['inline tables', `a = ${'{a='.repeat(5000)}`],
    ['both', `a = ${'[{a.b='.repeat(5000)}`],
  ])('depth of %s', (_, text) => limit(text));

  test('the deepest documents are read', () => {
    expect(Object.keys(read(`${'a.'.repeat(99)}a = 1`))).toEqual(['a']);
    const list = read(`a = ${'['.repeat(100)}${']'.repeat(100)}`);
    expect(JSON.stringify(list.a)).toBe(`${'['.repeat(100)}${']'.repeat(100)}`);
  });
});
