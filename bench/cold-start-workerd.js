/**
 * What a Worker's start takes of the processor, in workerd itself: a fresh process for each, its threads' time once it listens and once
 * it has answered its first request. sql.js and the official package do not run there: they compile WebAssembly at run time.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workerdWith } from '../tests/conformance/runners/workerd_program.js';

const ROUNDS = 11;

const PROGRAMS = {
  'an empty Worker': "export default { fetch: () => Response.json(1) };",
  hawser: `
    import { createHawser } from '../dist/workerd/index.js';
    export default {
      async fetch() {
        const connection = await createHawser({ secrets: [] }).connection('bench', { type: 'sql', url: 'sqlite://' });
        await connection.query('select 1 as one');
        return Response.json((await connection.query('select 1 as one')).at(0).one);
      },
    };`,
};

/**
 * @param {(text: string) => void} progress
 * @returns {Promise<import('./measure.js').Section>}
 */
export async function measureWorkerd(progress) {
  progress(`workerd: ${Object.keys(PROGRAMS).length} programs, ${ROUNDS} fresh processes each`);
  const rows = [];
  for (const [name, text] of Object.entries(PROGRAMS)) {
    const folder = mkdtempSync(join(tmpdir(), 'hawser-cold-'));
    const source = fileURLToPath(new URL('cold-start-worker.tmp.js', import.meta.url));
    try {
      writeFileSync(source, text);
      const start = await workerdWith(source, folder);
      /** @type {{ start: number, first: number }[]} */
      const times = [];
      for (let round = 0; round < ROUNDS; round++) times.push(await startOnce(start));
      for (const [what, key] of /** @type {const} */ ([['until it listens', 'start'], ['its first request', 'first']])) {
        const sorted = times.map((time) => time[key]).sort((a, b) => a - b);
        rows.push({ name: `${name}: ${what}`, median: sorted[sorted.length >> 1], min: sorted[0] });
      }
    } finally {
      rmSync(source, { force: true });
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { title: 'CPU time of a start in workerd', note: 'Of all threads of the process. The first request opens the database and reads twice.', unit: 'ms', rows };
}

/** @param {Awaited<ReturnType<typeof workerdWith>>} begin */
async function startOnce(begin) {
  const program = await begin();
  try {
    const start = cpuTime(program.pid);
    const answer = await (await fetch(`http://127.0.0.1:${program.announced}/`)).json();
    if (answer !== 1) throw new Error(`the Worker answers ${answer}`);
    return { start, first: cpuTime(program.pid) - start };
  } finally {
    await program.end();
  }
}

/** Of all threads: schedstat has nanoseconds, stat only hundredths of a second. @param {number} pid @returns {number} Milliseconds. */
function cpuTime(pid) {
  const folder = `/proc/${pid}/task`;
  return readdirSync(folder).reduce((sum, task) => sum + Number(readFileSync(`${folder}/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6, 0);
}
