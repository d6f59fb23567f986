/**
 * From nothing to the first row: a fresh Node process imports the package, opens a database in memory and reads
 * `select 1`. Timed inside the process, so that Node's own start does not count.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('cold-start-child.js', import.meta.url));
const ROUNDS = 11;
const NAMES = ['hawser', 'better-sqlite3 (native)', 'official oo1', 'sql.js', 'wa-sqlite'];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  progress(`import to first row: ${NAMES.length} contestants, ${ROUNDS} fresh processes each`);
  /** @type {number[][]} */
  const times = NAMES.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    NAMES.forEach((name, i) => {
      const { ms, answer } = JSON.parse(execFileSync(process.execPath, [CHILD, name], { encoding: 'utf8' }));
      if (answer !== 1) throw new Error(`${name} answers ${answer}`);
      times[i].push(ms);
    });
  }
  const rows = NAMES.map((name, i) => {
    const sorted = times[i].sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1], min: sorted[0] };
  });
  return [{ title: 'Import to first row, in Node', unit: 'ms', baseline: 'official oo1', rows }];
}
