/**
 * Memory of the process, each contestant in a fresh one: 100,000 rows of int, real, text, text inserted, then all read as objects and
 * let go of.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdown } from './format.js';

const CHILD = fileURLToPath(new URL('memory-child.js', import.meta.url));
/** Where pages of memory lie differs from process to process by 10 MB. */
const ROUNDS = 11;
const NAMES = { hawser: 'hawser', sqlJs: 'sql.js', oo1: 'official oo1', waSqlite: 'wa-sqlite', betterSqlite: 'better-sqlite3 (native)' };

/** @param {number[]} list */
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  progress(`memory: ${Object.keys(NAMES).length} contestants, ${ROUNDS} fresh processes each`);
  /** @type {Map<string, { filled: number, read: number, held: number, answer: number }[]>} */
  const runs = new Map(Object.keys(NAMES).map((key) => [key, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [key, list] of runs) list.push(JSON.parse(execFileSync(process.execPath, ['--expose-gc', CHILD, key], { encoding: 'utf8' })));
  }
  const rows = Object.entries(NAMES).map(([key, name]) => {
    const list = runs.get(key) ?? [];
    if (list.some(({ answer }) => answer !== 100_000)) throw new Error(`${name} has read something else.`);
    return { name, filled: median(list.map(({ filled }) => filled)), read: median(list.map(({ read }) => read)), held: median(list.map(({ held }) => held)) };
  });
  const cells = rows.map(({ name, filled, read, held }) => [name, filled.toFixed(1), read.toFixed(1), held.toFixed(1)]);
  const table = markdown([['', 'resident: inserted, MB', 'read and let go of, MB', 'held then, MB'], ...cells]);
  return [{ title: 'Growth of the process', note: 'After a collection, above the process with the library imported. Held: values of JavaScript and memories of WebAssembly, not those of native code.', unit: 'MB', rows, table }];
}
