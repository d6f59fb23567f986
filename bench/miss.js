/**
 * 10,000 callers ask for the same thing at once, and nothing is cached: how often it is loaded, and how long it takes until
 * all of them have their answer. Once with a load that succeeds, once with one that fails.
 */
import { markdown } from './format.js';
import { bareMap, peers } from './peers/caches.js';
import { hawserSubject } from './peers/hawser_cache.js';

const CALLERS = 10_000;
const ROUNDS = 15;
const LOAD_MS = 1;
/** A cache that takes longer than this is not asked again. */
const PATIENCE_MS = 2_000;
const ARGUMENTS = ['select * from sales where customer = :customer and year = :year', { customer: 'customer-1', year: 2026 }];
const ROWS = Array.from({ length: 10 }, (_, i) => ({ id: i, customer: 'customer-1', year: 2026, amount: i * 1.25 }));

/** @typedef {import('./traps/subject.js').Subject} Subject */

/** Whether an error is the load's, or has it as its cause. @param {any} error @returns {boolean} */
const meansDown = (error) => error?.message === 'down' || (error?.cause !== undefined && meansDown(error.cause));

/** @returns {Subject} */
const bare = () => ({ wait: async () => {}, wrap: (fn) => bareMap(fn, 3_600_000) });

/** @type {Record<string, () => Subject>} */
const SUBJECTS = { Hawser: hawserSubject, ...peers, 'Map + JSON.stringify': bare };

/**
 * @param {() => Subject} make
 * @param {boolean} fails
 */
async function rush(make, fails) {
  let loads = 0;
  const subject = make();
  const cached = await subject.wrap(async () => {
    loads += 1;
    await new Promise((resolve) => setTimeout(resolve, LOAD_MS));
    if (fails) throw new Error('down');
    return ROWS;
  });
  const [text, params] = /** @type {[string, object]} */ (ARGUMENTS);
  const start = performance.now();
  const calls = Array.from({ length: CALLERS }, () => cached(text, { ...params }));
  const settled = await Promise.allSettled(calls);
  const time = performance.now() - start;
  /** @type {Record<string, number>} */
  const answers = {};
  const expected = JSON.stringify(ROWS);
  /** Most answers are one and the same object. @type {Map<unknown, string>} */
  const known = new Map();
  for (const one of settled) {
    const what = one.status === 'fulfilled' ? one.value : one.reason;
    let name = known.get(what);
    if (name === undefined) {
      if (one.status === 'rejected') name = meansDown(what) ? 'the error' : 'another error';
      else name = JSON.stringify(what) === expected ? 'the rows' : String(what);
      known.set(what, name);
    }
    answers[name] = (answers[name] ?? 0) + 1;
  }
  await subject.close?.();
  return { loads, time, answers: Object.entries(answers).map(([name, count]) => (count === CALLERS ? name : `${count} ${name}`)).join(', ') };
}

/**
 * @param {string} title
 * @param {boolean} fails
 * @returns {Promise<import('./measure.js').Section>}
 */
async function section(title, fails) {
  /** @type {Record<string, { loads: number, time: number, answers: string }[]>} */
  const results = Object.fromEntries(Object.keys(SUBJECTS).map((name) => [name, []]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, make] of Object.entries(SUBJECTS)) {
      if (results[name].some(({ time }) => time > PATIENCE_MS)) continue;
      globalThis.gc?.();
      const result = await rush(make, fails);
      if (round >= 0 || result.time > PATIENCE_MS) results[name].push(result);
    }
  }
  const rows = Object.entries(results).map(([name, list]) => {
    const times = list.map(({ time }) => time).sort((a, b) => a - b);
    const loads = Math.max(...list.map((result) => result.loads));
    return { name, median: times[times.length >> 1], min: times[0], loads, answers: list[0].answers };
  });
  const cells = rows.map(({ name, median, min, loads, answers }) => [name, String(loads), median.toFixed(1), min.toFixed(1), answers]);
  return { title, unit: 'ms', rows, table: markdown([['', 'loads', 'median ms', 'min ms', 'what the callers get'], ...cells]) };
}

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const sections = [];
  for (const fails of [false, true]) {
    const title = `${CALLERS} callers of a load that ${fails ? 'fails' : 'succeeds'} after ${LOAD_MS} ms`;
    progress(title);
    sections.push(await section(title, fails));
  }
  return sections;
}
