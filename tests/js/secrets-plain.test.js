/**
 * A single layer of values is read without the core: it says what the core would say.
 */
import { expect, test } from '@jest/globals';
import { Secrets } from '../../js/secrets/secrets.js';

/** Values of every kind, in tables and arrays. */
const VALUES = {
  connections: { db: { url: 'sqlite://', options: { deep: [1, [2, { three: 3.5 }], []], empty: {} } }, 'a.b': { '': true } },
  numbers: { zero: 0, minus: -0, big: 2 ** 53, bigger: 2 ** 60, huge: 1e300, tiny: 5e-324, exact: 2n ** 60n, nan: NaN, infinity: -Infinity },
  others: { nothing: null, at: new Date(5), text: 'ž\u0000\n"\\', ['__proto__']: { own: 1 }, no: false },
};

/** The same values, alone and above an empty layer, which makes the core merge them. */
const both = () => [new Secrets({ sources: [{ values: VALUES }], environment: {} }), new Secrets({ sources: [{ toml: '' }, { values: VALUES }], environment: {} })];

/** @param {Record<string, any>[]} list Without the numbers and names of layers. */
const bare = (list) => list.map(({ path, keys, type }) => ({ path, keys, type }));

test('the values', () => {
  const [plain, merged] = both();
  expect(plain.toObject()).toEqual(merged.toObject());
  expect(Object.is(plain.toObject().numbers.minus, -0)).toBe(true);
  expect(JSON.stringify(plain)).toBe(JSON.stringify(merged));
});

test('where they come from', () => {
  const [plain, merged] = both();
  expect(bare(plain.leaves())).toEqual(bare(merged.leaves()));
  for (const { keys } of merged.leaves()) {
    for (let length = 1; length <= keys.length; length++) {
      const path = keys.slice(0, length);
      expect(plain.explain(path).from?.type).toBe(merged.explain(path).from?.type);
    }
  }
  for (const path of ['connections.db.options.deep.1.1.three', 'connections.db.options.deep.0', 'connections.db.url.x', 'none', 'connections.db.options.deep.9', 'connections.toString']) {
    expect(plain.explain(path)).toMatchObject({ found: merged.explain(path).found, merged: [], overrode: [] });
    expect(plain.explain(path).from?.type).toBe(merged.explain(path).from?.type);
  }
});

test('what the core refuses or replaces is left to it', () => {
  const one = (/** @type {any} */ values) => new Secrets({ sources: [{ values }], environment: { NAME: 'inserted' } });
  expect(one({ a: '${{ NAME }}' }).get('a')).toBe('inserted');
  expect(() => one({ a: '\ud800' }).get('a')).toThrow(expect.objectContaining({ code: 'ERR_SECRETS_PARSE' }));
  let deep = {};
  for (let i = 0; i < 200; i++) deep = { deep };
  expect(() => one(deep).toObject()).toThrow(expect.objectContaining({ code: 'ERR_SECRETS_LIMIT' }));
});

test.each([
  [{ a: NaN }, { a: null }],
  [{ a: NaN }, { a: Infinity }],
  [{ a: 2n ** 60n }, { a: 2 ** 60 }],
  [{ a: 2n ** 60n }, { a: 2n ** 60n + 1n }],
  [{ a: 1 }, { a: '1' }],
  [{ a: [1] }, { a: ['1'] }],
  [{ a: 1 }, { a: { number: '1' } }],
  [{ a: new Date(5) }, { a: new Date(5).toISOString() }],
])('%p is another value than %p', async (before, after) => {
  for (const layers of [[], [{ toml: '' }]]) {
    let values = before;
    const secrets = new Secrets({ sources: [...layers, { provider: async () => values }], environment: {} });
    await secrets.load();
    expect(await secrets.reload()).toBe(false);
    values = /** @type {any} */ (after);
    expect(await secrets.reload()).toBe(true);
  }
});
