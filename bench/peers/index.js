/**
 * The databases that are compared in Node.js. All of them are in memory and in this process.
 */
import initOo1 from '@sqlite.org/sqlite-wasm';
import BetterSqlite from 'better-sqlite3';
import initSqlJs from 'sql.js';
import * as WaSqlite from 'wa-sqlite';
import initWaSqlite from 'wa-sqlite/dist/wa-sqlite.mjs';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createHawser } from '../../dist/node/index.js';
import { hawserPeer, oo1Peer, sqlJsPeer, waSqlitePeer } from './sqlite.js';

/** @typedef {import('./sqlite.js').Peer} Peer */

export const hawser = () => hawserPeer(createHawser);
export const oo1 = async () => oo1Peer(await initOo1());
export const sqlJs = async () => sqlJsPeer(await initSqlJs());

export async function waSqlite() {
  const wasmBinary = readFileSync(createRequire(import.meta.url).resolve('wa-sqlite/dist/wa-sqlite.wasm'));
  return waSqlitePeer(WaSqlite, await initWaSqlite({ wasmBinary }));
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
    stream(sql) {
      let sum = 0;
      for (const [first] of db.prepare(sql).raw().iterate()) sum += first;
      return sum;
    },
    close: () => db.close(),
  };
}

/** node:sqlite, where this Node.js has it. @returns {Promise<Peer[]>} */
export async function nodeSqlite() {
  const { DatabaseSync } = await import('node:sqlite').catch(() => ({ DatabaseSync: undefined }));
  if (!DatabaseSync) return [];
  const db = new DatabaseSync(':memory:');
  return [
    {
      name: 'node:sqlite (native)',
      exec: (sql) => db.exec(sql),
      objects: (sql) => /** @type {any} */ (db.prepare(sql).all()),
      insert(sql, rows) {
        const statement = db.prepare(sql);
        db.exec('begin');
        for (const row of rows) statement.run(.../** @type {any[]} */ (row));
        db.exec('commit');
      },
      lookup(sql, keys) {
        const statement = db.prepare(sql);
        let sum = 0;
        for (const key of keys) sum += /** @type {any} */ (statement.get(key)).note.length;
        return sum;
      },
      stream(sql) {
        let sum = 0;
        for (const row of db.prepare(sql).iterate()) sum += /** @type {any} */ (Object.values(/** @type {any} */ (row))[0]);
        return sum;
      },
      close: () => db.close(),
    },
  ];
}

/** All peers, Hawser first. */
export const openAll = async () => [...(await Promise.all([hawser(), betterSqlite(), oo1(), sqlJs(), waSqlite()])), ...(await nodeSqlite())];

/** Whom Hawser is compared with. */
export const BASELINE = 'better-sqlite3 (native)';
