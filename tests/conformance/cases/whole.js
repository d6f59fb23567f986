/** A database as a whole: its bytes, its tables, what changes in it. */
import { fails, ok, same } from '../assert.js';

/** @typedef {import('../suite.js').Context} Context */

const SCHEMA = 'create table people (id integer primary key, name text not null unique, age real default 1)';

/** @param {Context} context @param {Record<string, unknown>} [options] A database in memory. */
const open = ({ hawser }, options = {}) => hawser().connection('db', { type: 'sql', url: 'sqlite://', ...options });

/** @param {Context} context */
async function image(context) {
  const conn = await open(context);
  await conn.execute(SCHEMA);
  await conn.executeMany('insert into people (name) values (?)', Array.from({ length: 500 }, (_, i) => [`person ${i}`]));
  return conn.export();
}

const COUNT = 'select count(*) as n from people';

/** @type {Record<string, import('../suite.js').Case>} */
export const whole = {
  'export and import': async (context) => {
    const bytes = await image(context);
    const conn = await open(context);
    for (const source of [bytes, new Blob([/** @type {any} */ (bytes)]), new Response(/** @type {any} */ (bytes)), new Blob([/** @type {any} */ (bytes)]).stream()]) {
      await conn.execute('drop table if exists people');
      await conn.import(source);
      same((await conn.query(COUNT)).toArray(), [{ n: 500 }]);
    }
    await conn.execute('delete from people where id > 10');
    same((await conn.query(COUNT)).toArray(), [{ n: 10 }]);
  },

  'what is no database, incomplete or damaged changes nothing': async (context) => {
    const bytes = await image(context);
    const conn = await open(context);
    await conn.import(bytes);
    for (const bad of [new Uint8Array(), bytes.subarray(0, 9000), bytes.slice().fill(171, 8192, 8400), new TextEncoder().encode('<html>')]) {
      await fails(() => conn.import(bad), 'ERR_DATABASE_INVALID');
    }
    same((await conn.query(COUNT)).toArray(), [{ n: 500 }]);
  },

  'backup': async (context) => {
    const conn = await open(context, { content: await image(context) });
    const copy = await open(context);
    await conn.backup(copy);
    await copy.execute('delete from people where id = 1');
    same([(await conn.query(COUNT)).at(0)?.n, (await copy.query(COUNT)).at(0)?.n], [500, 499]);
  },

  'opened from bytes that are shipped with the program, read-only': async (context) => {
    const bytes = await image(context);
    const conn = await open(context, { content: async () => new Response(/** @type {any} */ (bytes)), readOnly: true });
    same((await conn.query(COUNT)).toArray(), [{ n: 500 }]);
    same((await fails(() => conn.execute('delete from people'), 'ERR_QUERY')).sqliteCode, 'SQLITE_READONLY');
  },

  'watch': async ({ memory }) => {
    const conn = await memory();
    await conn.execute(SCHEMA);
    const seen = [];
    for await (const table of conn.watch(COUNT)) {
      seen.push(table.at(0)?.n);
      if (seen.length === 3) break;
      await conn.execute('create table if not exists other (a); insert into other values (1)');
      await conn.transaction((tx) => tx.execute(`insert into people (name) values ('a${seen.length}'), ('b${seen.length}')`));
    }
    same(seen, [0, 2, 4]);
    const watch = conn.watch(COUNT);
    await watch.next();
    const waiting = watch.next();
    await conn.close();
    ok((await waiting).done, 'the connection is closed, so the watch has ended');
  },

  'tables and columns': async ({ memory }) => {
    const conn = await memory();
    await conn.execute(`${SCHEMA}; create view names as select name from people; create table "a.b" (c)`);
    same((await conn.tables()).map(({ schema, name, type }) => [schema, name, type]), [['main', 'a.b', 'table'], ['main', 'names', 'view'], ['main', 'people', 'table']]);
    same((await conn.columns('main.people')).map((column) => ({ ...column })), [
      { name: 'id', type: 'integer', databaseType: 'INTEGER', nullable: false, default: null, primaryKey: 1, generated: false },
      { name: 'name', type: 'string', databaseType: 'TEXT', nullable: false, default: null, primaryKey: 0, generated: false },
      { name: 'age', type: 'number', databaseType: 'REAL', nullable: true, default: '1', primaryKey: 0, generated: false },
    ]);
    same((await conn.columns('"a.b"')).map(({ name }) => name), ['c']);
    await fails(() => conn.columns('nope'), 'ERR_QUERY');
  },
};
