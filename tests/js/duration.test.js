import { expect, test } from '@jest/globals';
import { parseDuration } from '../../js/duration.js';

test.each([
  [undefined, undefined], [0, 0], [-5, 0], [-Infinity, 0], [1, 1_000], [0.25, 250], [Infinity, Infinity],
  ['500ms', 500], ['1s', 1_000], ['10m', 600_000], ['1.5h', 5_400_000], ['1d12h', 129_600_000], ['2 days', 172_800_000], ['1w', 604_800_000],
  ['1 day 23hr 45minutes', 171_900_000], ['0s', 0], ['.5s', 500], ['PT10M', 600_000], ['P1DT2H', 93_600_000], ['PT0.5S', 500], ['P2W', 1_209_600_000],
  [2 ** 31, 2 ** 31 * 1_000],
])('%p is %p ms', (value, ms) => {
  expect(parseDuration(value, 'ttl')).toBe(ms);
  expect(parseDuration(value, 'ttl')).toBe(ms); // Also when it is known already.
});

test.each([
  ['10', /^ttl: "10" has no unit/], ['', /^ttl/], [' ', /^ttl/], ['abc', /not a duration \(at offset 0\)/], ['10x', /not a duration/], ['10m5', /not a duration/],
  ['-5s', /not a duration/], ['P', /^ttl/], ['PT', /^ttl/], ['1M', /not a duration/], [NaN, /NaN/], [1e300, /too long/], [`${'9'.repeat(400)}s`, /too long/],
  ['1'.repeat(200), /too long for a duration/], ['99999999999w', /use Infinity/],
])('%p is a RangeError that names the option', (value, message) => {
  expect(() => parseDuration(value, 'ttl')).toThrow(message);
  expect(() => parseDuration(value, 'ttl')).toThrow(expect.objectContaining({ name: 'RangeError' }));
});

test.each([null, true, 5n, {}, [10], new Date(), () => 1, Symbol('s')])('%p is a TypeError that names the option', (value) => {
  expect(() => parseDuration(value, 'staleIfError')).toThrow(expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/^staleIfError: /) }));
});
