/**
 * Measures Hawser and its peers side by side:
 *
 *     npm run bench                 everything
 *     npm run bench -- rows lookup  some
 *
 * Installs the peers into bench/ first. Writes bench/results/<name>.md and .json.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { nativeModulesEnv } from '../tools/run.js';
import { formatTable } from './format.js';

process.env.NODE_ENV ??= 'production'; // Some peers do more otherwise.

const here = new URL('./', import.meta.url);

/** Names of the benchmarks: every folder-level file that is not one of the helpers. */
const HELPERS = new Set(['run.js', 'format.js', 'measure.js', 'data.js', 'cold-start-child.js', 'cold-start-workerd.js', 'http-server.js', 'memory-child.js', 'scale-child.js', 'scale-subjects.js']);
const known = readdirSync(here).filter((file) => file.endsWith('.js') && !HELPERS.has(file)).map((file) => file.slice(0, -3));

function installPeers() {
  const marker = new URL('node_modules/.package.json', here);
  const wanted = readFileSync(new URL('package.json', here), 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  console.log('Installing the peers (better-sqlite3 is compiled where there is no prebuilt binary) …');
  // Their install scripts are needed: better-sqlite3 is a native module.
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--foreground-scripts', '--loglevel=error'], {
    cwd: fileURLToPath(here), stdio: 'inherit', env: { ...process.env, ...nativeModulesEnv() },
  });
  writeFileSync(marker, wanted);
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length) {
  console.error(`There is no benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

installPeers();
mkdirSync(new URL('results/', here), { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, os: `${process.platform} ${process.arch}` };
const { dependencies } = JSON.parse(readFileSync(new URL('package.json', here), 'utf8'));

/** @param {string} name */
async function measure(name) {
  console.log(`\n# ${name}`);
  const { run } = await import(new URL(`${name}.js`, here).href);
  /** @type {import('./measure.js').Section[]} */
  const sections = await run({ progress: (/** @type {string} */ text) => console.log(`  ${text}`) });
  const text = sections.map((section) => `## ${section.title}\n\n${section.note ? `${section.note}\n\n` : ''}${section.table ?? formatTable(section)}`).join('\n\n');
  console.log(`\n${text}`);
  const date = new Date().toISOString().slice(0, 10);
  const about = `${date}, ${machine.node}, ${machine.cpu}, ${machine.cores} cores, ${machine.os}`;
  writeFileSync(new URL(`results/${name}.md`, here), `# ${name}\n\n${about}\n\n${text}\n`);
  writeFileSync(new URL(`results/${name}.json`, here), `${JSON.stringify({ name, date, machine, versions: dependencies, sections }, null, 1)}\n`);
}

const chosen = names.length ? names : known;
if (chosen.length === 1) {
  await measure(chosen[0]);
  process.exit(); // Some peers leave timers of an hour behind.
}
// Each in a process of its own: what one has compiled and left in memory is not the next one's.
for (const name of chosen) execFileSync(process.execPath, [fileURLToPath(import.meta.url), name], { stdio: 'inherit' });
