import { expect, test } from '@jest/globals';
import { hawserSubject } from '../../bench/peers/hawser_cache.js';
import { scenarios } from '../../bench/traps/scenarios.js';
import { loadCore } from '../../js/core.js';

// The same scenarios are run against other caches by bench/traps.js.
test.each(Object.keys(scenarios))('%s', async (name) => {
  await loadCore();
  const subject = hawserSubject();
  expect(await scenarios[name](subject)).toBeUndefined();
  await subject.close?.();
});
