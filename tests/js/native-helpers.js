/**
 * Runs the tests of SQLite in memory again, on files by better-sqlite3: a test file of its own for each, because what is set
 * here holds for a whole one.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from '@jest/globals';
import { betterSqlite3 } from '../../js/drivers/native/better_sqlite3.js';
import { NativeClient } from '../../js/drivers/native/client.js';
import { NativeDatabase } from '../../js/drivers/native/database.js';
import { Patience } from '../../js/drivers/native/patience.js';
import { havePackage } from '../../tools/runtimes.js';
import { connectTo } from './sql-helpers.js';
import { openWith } from './sqlite-helpers.js';
import { oracleFrom } from './sqlite-oracle.js';

/** @param {() => Promise<unknown>} load Loads the test file. */
export async function onFiles(load) {
  if (!havePackage('better-sqlite3')) {
    test.skip('no better-sqlite3: node tools/setup.js test', () => {});
    return;
  }
  const module = createRequire(new URL('../runtimes/package.json', import.meta.url))('better-sqlite3');
  const folder = mkdtempSync(join(tmpdir(), 'hawser-native-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  openWith(async (patience) => {
    const handle = betterSqlite3.open(module, join(folder, `${++files}.db`), { readOnly: false, create: true });
    for (const pragma of ['foreign_keys = off', 'journal_mode = wal']) {
      const statement = handle.prepare(`pragma ${pragma}`, []);
      if (statement.width) statement.all([]);
      else statement.run([]);
    }
    const database = new NativeDatabase(handle, { immediate: true });
    return { database, client: new NativeClient(database, patience, new Patience(patience)) };
  });
  oracleFrom(async () => ({ open: () => oracleOf(new module(':memory:')) }));
  await load();
}

/**
 * The same for tests of connections.
 * @param {() => Promise<unknown>} load Loads the test file.
 */
export async function onFileConnections(load) {
  if (!havePackage('better-sqlite3')) {
    test.skip('no better-sqlite3: node tools/setup.js test', () => {});
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), 'hawser-native-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let files = 0;
  connectTo(() => `sqlite+better-sqlite3:///${folder}/${++files}.db`);
  await load();
}

/**
 * The same build of SQLite, asked in the client's own way.
 * @param {any} database
 * @returns {import('./sqlite-oracle.js').OracleDatabase}
 */
function oracleOf(database) {
  const bound = (/** @type {readonly unknown[]} */ params) =>
    params.map((value) => {
      if (typeof value === 'boolean') return value ? 1n : 0n;
      if (typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)) return BigInt(value);
      return Object.prototype.toString.call(value) === '[object Date]' ? /** @type {Date} */ (value).toISOString() : value;
    });
  return {
    run: (sql, params = []) => void database.prepare(sql).run(bound(params)),
    query(sql, params = []) {
      try {
        return { rows: database.prepare(sql).raw().safeIntegers().all(bound(params)) };
      } catch (error) {
        return { error: /** @type {Error} */ (error).message };
      }
    },
    close: () => database.close(),
  };
}
