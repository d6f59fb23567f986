/**
 * How caches bear many entries: what a hit, an insertion and an eviction cost among a thousand to a million of them, what
 * memory an entry takes beside its value, and what becomes of a bound in bytes.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdown } from './format.js';
import { SIZES, subjects } from './scale-subjects.js';

const CHILD = fileURLToPath(new URL('scale-child.js', import.meta.url));
/** Of a million entries fewer: they take minutes. */
const rounds = (/** @type {number} */ size) => (size < 1_000_000 ? 5 : 2);
const OPERATIONS = 100_000;

/** @typedef {Record<'insert' | 'hit' | 'evict', number>} Costs Nanoseconds. */

/**
 * Keys of the first `size` in an order that jumps about, the same for all.
 * @param {number} size
 */
const scattered = (size) => Uint32Array.from({ length: OPERATIONS }, (_, i) => (i * 7919 + (i >> 7) * 31) % size);

/** What is asked for: a text that is made for each call, as it mostly is. @param {number} number */
const idOf = (number) => `customer-${number}`;

/**
 * @param {(entries: number) => (id: string) => Promise<unknown>} make
 * @param {number} size
 * @returns {Promise<Costs>}
 */
async function time(make, size) {
  const start = performance.now();
  let cached = make(size);
  // Small ones several times, so that there is something to measure.
  const times = Math.max(1, Math.floor(OPERATIONS / size));
  for (let i = 0; i < times; i++) {
    if (i > 0) cached = make(size);
    for (let id = 0; id < size; id++) await cached(idOf(id));
  }
  const filled = performance.now();
  const ids = scattered(size);
  let sum = 0;
  const before = performance.now();
  for (let i = 0; i < OPERATIONS; i++) sum += /** @type {string} */ (await cached(idOf(ids[i]))).length;
  const hit = performance.now();
  for (let id = size; id < size + OPERATIONS; id++) sum += /** @type {string} */ (await cached(idOf(id))).length;
  const evicted = performance.now();
  let expected = 0;
  for (const id of ids) expected += idOf(id).length;
  for (let id = size; id < size + OPERATIONS; id++) expected += idOf(id).length;
  if (sum !== expected) throw new Error(`wrong answers: ${sum}, expected ${expected}`);
  const each = (/** @type {number} */ ms, /** @type {number} */ count) => (ms * 1e6) / count;
  return { insert: each(filled - start, times * size), hit: each(hit - before, OPERATIONS), evict: each(evicted - hit, OPERATIONS) };
}

/** @param {number[]} values */
const median = (values) => values.sort((a, b) => a - b)[(values.length - 1) >> 1];

/** @param {string} name @param {string} what @param {number} size @returns {any} */
const inChild = (name, what, size) => JSON.parse(execFileSync(process.execPath, [CHILD, name, what, String(size)], { encoding: 'utf8' }));

/** @param {(text: string) => void} progress */
async function costs(progress) {
  /** @type {Record<string, Record<string, Costs[]>>} */
  const results = {};
  for (const size of SIZES) {
    progress(`${size} entries`);
    for (let round = 0; round < rounds(size); round++) {
      for (const [name, { make, most = Infinity }] of Object.entries(subjects)) {
        if (size > most) continue;
        globalThis.gc?.();
        ((results[name] ??= {})[size] ??= []).push(await time(make, size));
      }
    }
  }
  return /** @type {const} */ (['hit', 'insert', 'evict']).map((what) => {
    const rows = Object.entries(results).map(([name, bySize]) => {
      const values = SIZES.map((size) => (bySize[size] ? median(bySize[size].map((cost) => cost[what])) : undefined));
      return { name, sizes: Object.fromEntries(SIZES.map((size, i) => [size, values[i]])), median: values[0] ?? NaN, min: values[0] ?? NaN };
    });
    const lines = [['', ...SIZES.map(String)], ...rows.map(({ name, sizes }) => [name, ...SIZES.map((size) => sizes[size]?.toFixed(0) ?? '–')])];
    return { title: TITLES[what], unit: 'ns', rows, table: markdown(lines) };
  });
}

const TITLES = {
  hit: 'A hit among so many entries, ns',
  insert: 'An insertion until there are so many entries, ns',
  evict: 'An insertion that evicts the entry used longest ago, ns',
};

/** @param {(text: string) => void} progress */
function memory(progress) {
  progress('memory of an entry');
  const sizes = SIZES.filter((size) => size >= 10_000);
  const rows = Object.entries(subjects).map(([name, { most = Infinity }]) => {
    const bytes = sizes.map((size) => (size > most ? NaN : inChild(name, 'memory', size).bytes / size));
    return { name, median: bytes[0], min: bytes[0], bytes };
  });
  return {
    title: 'Memory of an entry, bytes',
    note: 'Heap and WebAssembly memory after a collection; the key is a text of 10 characters, the value the same text.',
    unit: 'bytes',
    rows,
    table: markdown([['', ...sizes.map(String)], ...rows.map(({ name, bytes }) => [name, ...bytes.map((each) => (Number.isNaN(each) ? '–' : each.toFixed(0)))])]),
  };
}

/** @param {(text: string) => void} progress */
function budget(progress) {
  progress('a bound in bytes');
  const limit = 32 * 1024 * 1024;
  const rows = ['Hawser, tables', ...Object.keys(subjects).filter((name) => subjects[name].makeBounded)].map((name) => {
    const { held, entries } = inChild(name, 'budget', limit);
    return { name, median: held, min: held, entries };
  });
  const percent = (/** @type {number} */ held) => `${((held / limit) * 100).toFixed(1)} %`;
  return {
    title: 'A bound of 32 MB',
    note: '4,000 values of 1 to 100 KB, 200 MB in all, are put into it one after the other. What the process really holds then, of typed arrays, after a collection.',
    unit: 'bytes',
    rows,
    table: markdown([['', 'bytes held', 'of the bound'], ...rows.map(({ name, median: held }) => [name, String(held), percent(held)])]),
  };
}

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  return [...(await costs(progress)), memory(progress), budget(progress)];
}
