/**
 * Several processes on one SQLite file: what they read and then write in transactions is never lost.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { findRuntime, havePackage, packageFolder } from '../../tools/runtimes.js';

const folder = mkdtempSync(join(tmpdir(), 'hawser-processes-'));
mkdirSync(join(folder, 'node_modules'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
if (havePackage('better-sqlite3')) symlinkSync(packageFolder('better-sqlite3'), join(folder, 'node_modules/better-sqlite3'));

const index = new URL('../../js/index.js', import.meta.url).href;
const ROUNDS = 60;

/**
 * Runs a program with `conn` to the file.
 * @param {string} runtime @param {string} url @param {string} work
 * @returns {Promise<string>} What it printed.
 */
const run = (runtime, url, work) =>
  new Promise((resolve) => {
    const program = `
      import { createHawser } from ${JSON.stringify(index)};
      const hawser = createHawser({ secrets: [] });
      const conn = await hawser.connection('db', { url: ${JSON.stringify(url)} });
      ${work}
      await hawser.close();`;
    const child = spawn(runtime, ['--input-type=module', '-e', program], { cwd: folder });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (printed += text));
    child.on('close', () => resolve(printed.replace(/.*ExperimentalWarning[^]*?\n.*trace-warnings.*\n/, '')));
  });

const better = havePackage('better-sqlite3') ? [{ runtime: process.execPath, driver: '+better-sqlite3' }] : [];
const built = /** @type {const} */ (['node22', 'node24']).flatMap((name) => findRuntime(name) ?? []).map((runtime) => ({ runtime, driver: '+node' }));
const clients = [...better, ...built];

test.each(['wal', 'delete'])('in the mode %s', async (mode) => {
  if (clients.length === 0) return;
  const urlOf = (/** @type {string} */ driver) => `sqlite${driver}:///${folder}/${mode}.db?journal_mode=${mode}`;
  const [first] = clients;
  await run(first.runtime, urlOf(first.driver), `await conn.execute('create table t (n integer); insert into t values (0)');`);
  const work = `
    for (let i = 0; i < ${ROUNDS}; i++) {
      await conn.transaction(async (tx) => {
        const { n } = (await tx.query('select n from t')).at(0);
        await new Promise(setImmediate);
        await tx.execute('update t set n = ?', { params: [n + 1] });
      });
    }`;
  const all = [...clients, ...clients];
  expect(await Promise.all(all.map(({ runtime, driver }) => run(runtime, urlOf(driver), work)))).toEqual(all.map(() => ''));
  const count = `console.log((await conn.query('select n, (select integrity_check from pragma_integrity_check) as ok from t')).toArray());`;
  expect(await run(first.runtime, urlOf(first.driver), count)).toContain(`n: ${all.length * ROUNDS}, ok: 'ok'`);
}, 120_000);

/** The bytes of a database with as many rows as pages. @param {number} rows */
async function imageOf(rows) {
  const hawser = createHawser({ secrets: [] });
  const conn = /** @type {import('../../js/index.js').SqlConnection} */ (await hawser.connection('image', { url: 'sqlite://' }));
  await conn.execute('pragma page_size = 4096; create table t (n integer, filler blob)');
  await conn.executeMany('insert into t values (?, zeroblob(3000))', Array.from({ length: rows }, (_, i) => [i]));
  const bytes = await conn.export();
  await hawser.close();
  return bytes;
}

test.each(['wal', 'delete'])('a process that is killed while it imports leaves the old content or the new one, in the mode %s', async (mode) => {
  if (clients.length === 0) return;
  writeFileSync(join(folder, 'small'), await imageOf(300));
  writeFileSync(join(folder, 'large'), await imageOf(700));
  const [{ runtime, driver }] = clients;
  const url = `sqlite${driver}:///${folder}/killed-${mode}.db?journal_mode=${mode}`;
  const program = `
    import { readFileSync } from 'node:fs';
    import { createHawser } from ${JSON.stringify(index)};
    const conn = await createHawser({ secrets: [] }).connection('db', { url: ${JSON.stringify(url)} });
    for (let i = 0; ; i++) {
      await conn.import(readFileSync(${JSON.stringify(folder)} + (i % 2 ? '/large' : '/small')));
      console.log(i);
    }`;
  const look = `console.log((await conn.query('select count(*) as n, (select integrity_check from pragma_integrity_check) as ok from t')).toArray());`;
  for (let round = 1; round <= 6; round++) {
    const child = spawn(runtime, ['--input-type=module', '-e', program], { cwd: folder });
    let lines = 0;
    child.stdout.on('data', () => {
      // A little later each time.
      if (++lines !== round) return;
      let turns = round * 40;
      const wait = () => void (turns-- > 0 ? setImmediate(wait) : child.kill('SIGKILL'));
      wait();
    });
    await new Promise((resolve) => child.on('close', resolve));
    expect(lines).toBeGreaterThanOrEqual(round);
    expect(await run(runtime, url, look)).toMatch(/n: (300|700), ok: 'ok'/);
  }
}, 120_000);

test('import, while another process is in a transaction', async () => {
  if (clients.length === 0) return;
  writeFileSync(join(folder, 'new'), await imageOf(10));
  const [{ runtime, driver }] = clients;
  const url = `sqlite${driver}:///${folder}/busy.db?busyTimeout=50ms`;
  await run(runtime, url, `await conn.execute("create table t (n integer); insert into t values (1)");`);
  const child = spawn(runtime, ['--input-type=module', '-e', `
    import { createHawser } from ${JSON.stringify(index)};
    const conn = await createHawser({ secrets: [] }).connection('db', { url: ${JSON.stringify(url)} });
    const tx = await conn.session();
    await tx.execute('update t set n = 2');
    console.log('locked');
    process.stdin.once('data', async () => { await tx.commit(); await tx.close(); process.exit(); });`], { cwd: folder });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const importing = `
    const { readFileSync } = await import('node:fs');
    await conn.import(readFileSync(${JSON.stringify(join(folder, 'new'))})).then(() => console.log('done'), ({ code, sqliteCode }) => console.log(code, sqliteCode));`;
  expect(await run(runtime, url, importing)).toBe('ERR_TIMEOUT SQLITE_BUSY\n');
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.write('go');
  await ended;
  expect(await run(runtime, url, `console.log((await conn.query('select * from t')).toArray());`)).toContain('n: 2');
  expect(await run(runtime, url, importing)).toBe('done\n');
  expect(await run(runtime, url, `console.log((await conn.query('select count(*) as n from t')).toArray());`)).toContain('n: 10');
}, 60_000);
