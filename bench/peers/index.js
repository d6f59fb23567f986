/**
 * The databases that are compared, behind one small shape. All of them are in memory and in this process.
 *
 * @typedef {object} Peer
 * @property {string} name
 * @property {(sql: string) => unknown} exec
 * @property {(sql: string) => Record<string, unknown>[] | Promise<Record<string, unknown>[]>} objects All rows as objects.
 * @property {(sql: string, rows: unknown[][]) => unknown} insert All rows in one transaction.
 * @property {(sql: string, keys: number[]) => number | Promise<number>} lookup Reads a row as an object for each key; returns the sum of
 *   the lengths of their `note`.
 * @property {() => unknown} close
 */
import { createHawser } from '../../js/index.js';
import BetterSqlite from 'better-sqlite3';
import initOo1 from '@sqlite.org/sqlite-wasm';
import initSqlJs from 'sql.js';
import SQLiteFactory from 'wa-sqlite/dist/wa-sqlite.mjs';
import * as WaSqlite from 'wa-sqlite';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** @returns {Promise<Peer & { connection: any }>} */
export async function hawser() {
  const instance = createHawser({ secrets: [] });
  const connection = await instance.connection('bench', { type: 'sql', url: 'sqlite://' });
  return {
    name: 'hawser',
    connection,
    exec: (sql) => connection.execute(sql),
    objects: async (sql) => (await connection.query(sql, { cache: 'no-store' })).toArray(),
    insert: (sql, rows) => connection.executeMany(sql, rows),
    async lookup(sql, keys) {
      let sum = 0;
      for (const key of keys) sum += (await connection.query(sql, { params: [key], cache: 'no-store' })).at(0).note.length;
      return sum;
    },
    close: () => instance.close(),
  };
}

/** @returns {Peer} */
export function betterSqlite() {
  const db = new BetterSqlite(':memory:');
  return {
    name: 'better-sqlite3 (native)',
    exec: (sql) => db.exec(sql),
    objects: (sql) => db.prepare(sql).all(),
    insert(sql, rows) {
      const statement = db.prepare(sql);
      db.transaction(() => {
        for (const row of rows) statement.run(row);
      })();
    },
    lookup(sql, keys) {
      const statement = db.prepare(sql);
      let sum = 0;
      for (const key of keys) sum += /** @type {any} */ (statement.get(key)).note.length;
      return sum;
    },
    close: () => db.close(),
  };
}

/** @returns {Promise<Peer>} */
export async function oo1() {
  const sqlite3 = await initOo1();
  const db = new sqlite3.oo1.DB(':memory:');
  return {
    name: 'official oo1',
    exec: (sql) => db.exec(sql),
    objects: (sql) => db.exec({ sql, rowMode: 'object', returnValue: 'resultRows' }),
    insert: (sql, rows) =>
      db.transaction(() => {
        const statement = db.prepare(sql);
        for (const row of rows) statement.bind(row).stepReset();
        statement.finalize();
      }),
    lookup(sql, keys) {
      const statement = db.prepare(sql);
      let sum = 0;
      for (const key of keys) {
        statement.bind([key]);
        if (statement.step()) sum += statement.get({}).note.length;
        statement.reset();
      }
      statement.finalize();
      return sum;
    },
    close: () => db.close(),
  };
}

/** @returns {Promise<Peer>} */
export async function sqlJs() {
  const SQL = await initSqlJs();
  const db = new SQL.Database();
  return {
    name: 'sql.js',
    exec: (sql) => db.exec(sql),
    objects(sql) {
      const statement = db.prepare(sql);
      const rows = [];
      while (statement.step()) rows.push(statement.getAsObject());
      statement.free();
      return rows;
    },
    insert(sql, rows) {
      db.exec('begin');
      const statement = db.prepare(sql);
      for (const row of rows) statement.run(row);
      statement.free();
      db.exec('commit');
    },
    lookup(sql, keys) {
      const statement = db.prepare(sql);
      let sum = 0;
      for (const key of keys) sum += statement.getAsObject([key]).note.length;
      statement.free();
      return sum;
    },
    close: () => db.close(),
  };
}

/** @returns {Promise<Peer>} */
export async function waSqlite() {
  const require = createRequire(import.meta.url);
  const wasmBinary = readFileSync(require.resolve('wa-sqlite/dist/wa-sqlite.wasm'));
  const sqlite3 = WaSqlite.Factory(await SQLiteFactory({ wasmBinary }));
  const db = await sqlite3.open_v2(':memory:');
  /** @param {string} sql @param {(statement: number) => Promise<void>} use */
  const each = async (sql, use) => {
    for await (const statement of sqlite3.statements(db, sql)) await use(statement);
  };
  return {
    name: 'wa-sqlite',
    exec: (sql) => sqlite3.exec(db, sql),
    async objects(sql) {
      const rows = [];
      await each(sql, async (statement) => {
        const names = sqlite3.column_names(statement);
        while ((await sqlite3.step(statement)) === WaSqlite.SQLITE_ROW) {
          const row = {};
          for (let c = 0; c < names.length; c++) row[names[c]] = sqlite3.column(statement, c);
          rows.push(row);
        }
      });
      return rows;
    },
    async insert(sql, rows) {
      await sqlite3.exec(db, 'begin');
      await each(sql, async (statement) => {
        for (const row of rows) {
          sqlite3.bind_collection(statement, row);
          await sqlite3.step(statement);
          await sqlite3.reset(statement);
        }
      });
      await sqlite3.exec(db, 'commit');
    },
    async lookup(sql, keys) {
      let sum = 0;
      await each(sql, async (statement) => {
        const names = sqlite3.column_names(statement);
        for (const key of keys) {
          sqlite3.bind(statement, 1, key);
          await sqlite3.step(statement);
          const row = {};
          for (let c = 0; c < names.length; c++) row[names[c]] = sqlite3.column(statement, c);
          sum += row.note.length;
          await sqlite3.reset(statement);
        }
      });
      return sum;
    },
    close: () => sqlite3.close(db),
  };
}

/** All peers, Hawser first. */
export const openAll = async () => Promise.all([hawser(), betterSqlite(), oo1(), sqlJs(), waSqlite()]);
