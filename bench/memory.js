/**
 * Memory of the process, each contestant in a fresh one: 100,000 rows of int, real, text, text inserted, then all read as objects and
 * let go of.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { markdown } from './format.js';

const CHILD = fileURLToPath(new URL('memory-child.js', import.meta.url));
const ROUNDS = 3;
const NAMES = { hawser: 'hawser', sqlJs: 'sql.js', oo1: 'official oo1', waSqlite: 'wa-sqlite', betterSqlite: 'better-sqlite3 (native)' };

/** @param {number[]} list */
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  progress(`memory: ${Object.keys(NAMES).length} contestants, ${ROUNDS} fresh processes each`);
  const rows = Object.entries(NAMES).map(([key, name]) => {
    const runs = Array.from({ length: ROUNDS }, () => JSON.parse(execFileSync(process.execPath, ['--expose-gc', CHILD, key], { encoding: 'utf8' })));
    if (runs.some(({ answer }) => answer !== 100_000)) throw new Error(`${name} has read something else.`);
    return { name, filled: median(runs.map(({ filled }) => filled)), read: median(runs.map(({ read }) => read)) };
  });
  const cells = rows.map(({ name, filled, read }) => [name, filled.toFixed(1), read.toFixed(1)]);
  const table = markdown([['', 'inserted, MB', 'read and let go of, MB'], ...cells]);
  return [{ title: 'Growth of the process', note: 'Resident memory after a collection, above that of the process with the library imported.', unit: 'MB', rows, table }];
}
