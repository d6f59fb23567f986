/**
 * Another content for a database in a file: all of it in one transaction, so that a crash leaves the old one.
 */
import { HawserError } from '../../errors.js';
import { Content } from '../content.js';
import { Database } from '../database.js';
import { sqliteError } from '../errors.js';
import { firstValue } from './store.js';

const DONE = 101;
const BUSY = [5, 6];

/**
 * @param {Database} database With no transaction open.
 * @param {Uint8Array[]} pieces Of a database file.
 * @throws {HawserError} ERR_DATABASE_INVALID; ERR_QUERY with SQLITE_BUSY while a result is being read; nothing has changed then
 */
export function replaceContent(database, pieces) {
  const { engine } = database;
  const content = new Content(engine, pieces);
  const source = new Database(engine);
  try {
    try {
      content.moveTo(source);
    } finally {
      content.free();
    }
    firstValue(source, 'select count(*) from sqlite_schema'); // Before, it does not know the size of its pages.
    // With a log, the size of pages stays what it is.
    const same = firstValue(source, 'pragma page_size') === firstValue(database, 'pragma page_size');
    database.giveUpKept();
    if (!same && firstValue(database, 'pragma journal_mode = delete') !== 'delete') throw busy(5);
    try {
      copy(source, database);
    } finally {
      if (!same) firstValue(database, 'pragma journal_mode = wal');
    }
  } finally {
    source.close();
  }
}

/** @param {Database} source @param {Database} target */
function copy(source, target) {
  const { engine } = target;
  const { c } = engine;
  engine.guard(() => {
    const main = engine.allocateText('main').pointer;
    const backup = c.sqlite3_backup_init(target.pointer, main, source.pointer, main) >>> 0;
    engine.free(main);
    if (!backup) throw sqliteError(engine, target.pointer, c.sqlite3_errcode(target.pointer));
    const status = c.sqlite3_backup_step(backup, -1);
    const end = c.sqlite3_backup_finish(backup);
    if (status === DONE && end === 0) return;
    if (BUSY.includes(status & 0xff)) throw busy(status);
    throw sqliteError(engine, target.pointer, end || status);
  });
}

/** @param {number} errno */
const busy = (errno) =>
  new HawserError('ERR_QUERY', 'The content cannot be replaced while a stream reads the database: finish or leave its loop first.', {
    phase: 'import', sqliteCode: 'SQLITE_BUSY', errno,
  });
