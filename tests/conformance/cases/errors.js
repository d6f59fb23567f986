/** What goes wrong says so: codes, positions, no secrets. */
import { ERROR_CODES, HawserError } from '../../../js/index.js';
import { fails, hides, ok, same } from '../assert.js';

/** @type {Record<string, import('../suite.js').Case>} */
export const errors = {
  'an SQL error has the position where SQLite gives it': async ({ memory }) => {
    const conn = await memory();
    const sql = "select 'größe 😀' as a,\n  nosuch as b";
    const error = await fails(conn.query(sql), 'ERR_QUERY');
    same([error.offset, error.line, error.column], [sql.indexOf('nosuch'), 2, 3]);
    same([error.name, error.connection, error.phase], ['HawserError', 'db', 'query']);
    ok(error.message.includes('nosuch'), error.message);
    ok(error instanceof HawserError && error instanceof Error, 'it is a HawserError');
  },

  'an SQL error without a position': async ({ memory }) => {
    const conn = await memory();
    await conn.execute('create table t (a unique)');
    await conn.execute('insert into t values (1)');
    const error = await fails(conn.execute('insert into t values (1)'), 'ERR_QUERY');
    same([error.sqliteCode, error.offset], ['SQLITE_CONSTRAINT_UNIQUE', undefined]);
    await fails(conn.query("select json('{')"), 'ERR_QUERY');
    await fails(conn.query('select abs(-9223372036854775807 - 1)'), 'ERR_QUERY');
  },

  'a position in a long statement': async ({ memory }) => {
    const conn = await memory();
    const sql = `${'-- ü\n'.repeat(1000)}selekt 1`;
    const error = await fails(conn.query(sql), 'ERR_QUERY');
    same([error.offset, error.line, error.column], [sql.indexOf('selekt'), 1001, 1]);
  },

  'the connection works on after an error': async ({ memory }) => {
    const conn = await memory();
    for (let i = 0; i < 10; i++) {
      await fails(conn.query('select from'), 'ERR_QUERY');
      await fails(conn.query('select 9223372036854775807 as a'), 'ERR_INT64_RANGE');
      same((await conn.query('select :i as i', { params: { i } })).at(0), { i });
    }
  },

  'an error shows no secret': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.db]\nurl = "sqlite://"\ntoken = "hunter2-in-a-section"', name: 'layer' }];
    const conn = await hawser({ secrets }).connection('db');
    const error = await fails(conn.query('select "hunter2-in-a-section" from nowhere'), 'ERR_QUERY');
    hides(error, 'hunter2-in-a-section');
    const other = await fails(conn.query('select * from "hunter2-in-a-section"'), 'ERR_QUERY');
    hides(other, 'hunter2-in-a-section');
  },

  'a password in a url is not shown': async ({ hawser }) => {
    const instance = hawser({ secrets: [{ toml: '[connections.far]\nurl = "nosuchdb://ann:hunter2-pw@host/x"' }] });
    const url = 'nosuchdb://ann:hunter2-pw@host/x';
    const query = async (/** @type {object} */ options) => (await instance.connection('given', options)).query('select 1');
    hides(await fails(instance.connection('far'), 'ERR_CONNECTION_TYPE'), 'hunter2-pw');
    hides(await fails(query({ url }), 'ERR_CONNECTION_TYPE'), 'hunter2-pw');
    hides(await fails(query({ type: 'sql', url }), 'ERR_CONNECTION_CONFIG'), 'hunter2-pw');
  },

  'malformed secrets stop a connection, they are not "missing"': async ({ hawser }) => {
    const secrets = [{ toml: '[connections.db\nurl = "sqlite://"', name: 'broken.toml' }];
    const error = await fails(async () => hawser({ secrets }).connection('db', { url: 'sqlite://' }), 'ERR_SECRETS_PARSE');
    same([error.source, error.line], ['broken.toml', 1]);
  },

  'the list of codes is frozen and every code has a meaning': () => {
    ok(Object.isFrozen(ERROR_CODES), 'frozen');
    for (const [code, meaning] of Object.entries(ERROR_CODES)) ok(/^ERR_[A-Z0-9_]+$/.test(code) && meaning.length > 10, code);
  },
};
