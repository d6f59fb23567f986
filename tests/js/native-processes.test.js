/**
 * Several processes on one SQLite file: what they read and then write in transactions is never lost.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from '@jest/globals';
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
