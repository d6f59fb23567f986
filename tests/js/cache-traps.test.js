import { expect, test } from '@jest/globals';
import { hawserSubject } from '../../bench/peers/hawser_cache.js';
import { scenarios } from '../../bench/traps/scenarios.js';
import { encodeKey } from '../../js/cache/key.js';
import { loadCore } from '../../js/core.js';

// The same scenarios are run against other caches by bench/traps.js.
test.each(Object.keys(scenarios))('%s', async (name) => {
  await loadCore();
  const subject = hawserSubject();
  expect(await scenarios[name](subject)).toBeUndefined();
  await subject.close?.();
});

test('keys are compared in full: no squeezing to 32 bits', () => {
  const keys = new Set();
  for (let i = 0; i < 200_000; i++) keys.add(encodeKey([`${i.toString(16)}-customer`]));
  expect(keys.size).toBe(200_000);
});
