/**
 * From nothing to the first cached query, in each runtime: a fresh process, page or isolate imports the package, opens a database in
 * memory, reads `select 1`, and, where results are cached, reads it again. Timed inside of it, so that the runtime's own start does not count.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../tests/browser/chromium.js';
import { findRuntime } from '../tools/runtimes.js';
import { FLAGS, coldStart } from './chromium.js';
import { bundlePage } from './page/bundle.js';
import { servePage } from './page/serve.js';
import { measureWorkerd } from './cold-start-workerd.js';

const CHILD = fileURLToPath(new URL('cold-start-child.js', import.meta.url));
const ROUNDS = 11;
const NAMES = ['hawser', 'better-sqlite3 (native)', 'official oo1', 'sql.js', 'wa-sqlite'];
/** Those that every runtime can run. */
const PORTABLE = ['hawser', 'official oo1', 'sql.js'];

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const sections = measureProcess('Node.js', process.execPath, [], NAMES, progress);
  const deno = findRuntime('deno');
  if (deno) sections.push(...measureProcess('Deno', deno, ['run', '--allow-all', '--no-lock', '--quiet'], PORTABLE, progress));
  const bun = findRuntime('bun');
  if (bun) sections.push(...measureProcess('Bun', bun, ['run'], PORTABLE, progress));
  sections.push(await measureChromium(progress));
  sections.push(await measureWorkerd(progress));
  return sections;
}

/**
 * @param {string} runtime @param {string} program @param {string[]} args @param {string[]} names @param {(text: string) => void} progress
 * @returns {import('./measure.js').Section[]}
 */
function measureProcess(runtime, program, args, names, progress) {
  progress(`${runtime}: ${names.length} contestants, ${ROUNDS} fresh processes each`);
  /** @type {{ ms: number, cpu: number }[][]} */
  const times = names.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    names.forEach((name, i) => {
      const { ms, cpu, answer } = JSON.parse(execFileSync(program, [...args, CHILD, name], { encoding: 'utf8', cwd: fileURLToPath(new URL('./', import.meta.url)) }));
      if (answer !== 1) throw new Error(`${name} answers ${answer}`);
      times[i].push({ ms, cpu });
    });
  }
  /** @param {'ms' | 'cpu'} what */
  const rows = (what) => names.map((name, i) => {
    const sorted = times[i].map((time) => time[what]).sort((a, b) => a - b);
    return { name, median: sorted[sorted.length >> 1], min: sorted[0] };
  });
  return [
    { title: `Import to first cached query, in ${runtime}`, unit: 'ms', baseline: 'official oo1', rows: rows('ms') },
    { title: `The same in CPU time, of all threads, in ${runtime}`, unit: 'ms', baseline: 'official oo1', rows: rows('cpu') },
  ];
}

/** @param {(text: string) => void} progress */
async function measureChromium(progress) {
  const server = await servePage(await bundlePage([fileURLToPath(new URL('page/cold.js', import.meta.url))]));
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  try {
    return { ...(await coldStart(browser, server.url, progress)), title: 'Import to first cached query, in a page of Chromium' };
  } finally {
    await browser.close();
    await server.close();
  }
}
