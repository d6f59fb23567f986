/**
 * The databases that are compared in a page. All of them are in memory and in the page's own thread.
 */
import initOo1 from '@sqlite.org/sqlite-wasm';
import initSqlJs from 'sql.js';
import * as WaSqlite from 'wa-sqlite';
import initWaSqlite from 'wa-sqlite/dist/wa-sqlite.mjs';
import { createHawser } from '../../dist/browser/index.js';
import { hawserPeer, oo1Peer, sqlJsPeer, waSqlitePeer } from '../peers/sqlite.js';

const SQL_JS = new URL('../node_modules/sql.js/dist/sql-wasm.wasm', import.meta.url).href;

export const hawser = () => hawserPeer(createHawser);
export const oo1 = async () => oo1Peer(await initOo1());
export const sqlJs = async () => sqlJsPeer(await initSqlJs({ locateFile: () => SQL_JS }));
export const waSqlite = async () => waSqlitePeer(WaSqlite, await initWaSqlite());

/** All peers, Hawser first. */
export const openAll = () => Promise.all([hawser(), oo1(), sqlJs(), waSqlite()]);

/** Whom Hawser is compared with. */
export const BASELINE = 'official oo1';
