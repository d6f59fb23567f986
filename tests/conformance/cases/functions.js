/** SQL that calls JavaScript. */
import { fails, ok, same } from '../assert.js';

/** @typedef {import('../suite.js').Context} Context */
/** @typedef {import('../../../js/index.js').SqlConnection} SqlConnection */

/**
 * Runs `work` on a database in memory, and on one wherever the facts say, unless functions cannot be had there.
 * @param {(conn: SqlConnection) => Promise<void>} work
 * @returns {import('../suite.js').Case}
 */
const everywhere = (work) => async ({ facts, memory, hawser }) => {
  await work(await hawser().connection('db', { type: 'sql', url: 'sqlite://' }));
  if (!facts.database) return;
  try {
    await work(await memory());
  } catch (error) {
    // bun:sqlite takes none, and Workers take exports of modules.
    if (/** @type {any} */ (error).code !== 'ERR_NOT_SUPPORTED') throw error;
  }
};

/** @type {Record<string, import('../suite.js').Case>} */
export const functions = {
  'values go in and come out as they are': everywhere(async (conn) => {
    /** @type {unknown[]} */
    const seen = [];
    await conn.function('echo', (value) => {
      seen.push(value);
      return value;
    });
    const values = [null, 0, -1, 2 ** 53 - 1, 0.5, -1e300, '', 'ähnlich 🙂', new Uint8Array(), new Uint8Array([0, 255])];
    for (const value of values) {
      const table = await conn.query('select echo(?) as value', { params: [value] });
      same(table.at(0)?.value, value);
      same(seen.pop(), value);
    }
    same((await conn.query('select typeof(echo(1)) as i, typeof(echo(1.5)) as r, typeof(echo(x\'\')) as b')).toArray(), [{ i: 'integer', r: 'real', b: 'blob' }]);
  }),

  'integers beyond 2^53': everywhere(async (conn) => {
    await conn.function('next', { int64: 'bigint' }, (value) => value + 1n);
    await conn.function('plain', (value) => value);
    same((await conn.query('select next(9007199254740993) as x', { int64: 'bigint' })).toArray(), [{ x: 9007199254740994n }]);
    const error = await fails(() => conn.query('select plain(9007199254740993)'), 'ERR_QUERY');
    same(/** @type {any} */ (error).cause.code, 'ERR_INT64_RANGE');
  }),

  'by its number of arguments, or with any': everywhere(async (conn) => {
    await conn.function('f', () => 'none');
    await conn.function('f', (_) => 'one');
    await conn.function('g', { varargs: true }, (...values) => values.length);
    same((await conn.query('select f() as a, f(1) as b, g() as c, g(1, 2, 3) as d')).toArray(), [{ a: 'none', b: 'one', c: 0, d: 3 }]);
  }),

  'what is thrown is the cause': everywhere(async (conn) => {
    const cause = new RangeError('too warm');
    await conn.function('fail', () => {
      throw cause;
    });
    await conn.execute('create table t (x)');
    const error = /** @type {any} */ (await fails(() => conn.query('select fail()'), 'ERR_QUERY'));
    same(error.cause.message, 'too warm');
    same(error.sqliteCode, 'SQLITE_ERROR');
    ok(error.message.includes('fail() failed: too warm'), error.message);
    await fails(() => conn.execute('insert into t values (1), (fail())'), 'ERR_QUERY');
    same((await conn.query('select count(*) as n from t')).toArray(), [{ n: 0 }]);
  }),

  'an aggregate, by groups': everywhere(async (conn) => {
    await conn.aggregate('list', {
      start: () => [],
      step: (list, value) => void list.push(value),
      result: (list) => list.join('+'),
    });
    await conn.execute("create table t (g, x); insert into t values ('a', 1), ('b', 2), ('a', 3)");
    same((await conn.query('select g, list(x) as l from t group by g')).toArray(), [{ g: 'a', l: '1+3' }, { g: 'b', l: '2' }]);
    same((await conn.query('select list(x) as l from t where x > 9')).toArray(), [{ l: '' }]);
  }),

  'a window function': everywhere(async (conn) => {
    await conn.aggregate('plus', { start: 0, step: (sum, x) => sum + x, inverse: (sum, x) => sum - x });
    const table = await conn.query('select plus(x) over (order by x rows 1 preceding) as s from (select 1 as x union select 2 union select 4)');
    same(table.toArray(), [{ s: 1 }, { s: 3 }, { s: 6 }]);
  }),

  'it is there again after a reset': everywhere(async (conn) => {
    await conn.function('answer', { deterministic: true }, () => 42);
    await conn.reset();
    same((await conn.query('select answer() as x')).toArray(), [{ x: 42 }]);
  }),

  'it cannot wait': everywhere(async (conn) => {
    await conn.function('later', async () => 1);
    ok(/async/.test((await fails(() => conn.query('select later()'), 'ERR_QUERY')).message), 'says that it must not be async');
  }),
};
