/** Values that are easily lost on the way: odd texts, large texts, large integers, empty blobs. */
import { fails, ok, same } from '../assert.js';

/**
 * Sends a value through a parameter, a table and a result.
 * @param {import('../suite.js').Context} context @param {unknown[]} list @param {object} [options]
 */
async function roundTrip({ memory }, list, options) {
  const conn = await memory();
  await conn.execute('create table t (i integer primary key, a)');
  await conn.executeMany('insert into t (a) values (?)', list.map((value) => [value]));
  const stored = await conn.query('select a from t order by i', options);
  const echo = async (/** @type {unknown} */ a) => (await conn.query('select :a as a', { params: { a }, ...options })).at(0)?.a;
  return { stored: stored.toArray().map(({ a }) => a), echoed: await Promise.all(list.map(echo)), table: stored };
}

/** @type {Record<string, import('../suite.js').Case>} */
export const values = {
  'odd texts survive': async (context) => {
    const texts = [
      '', ' ', '\uFEFF', '\uFEFFwith a mark in front', 'mark\uFEFFinside', 'NUL\0inside', '\0', '\0\0end\0',
      'é', 'e\u0301', '漢字', '😀', 'a😀b', '\u{10FFFF}', '\uFFFD', '\uFFFE\uFFFF', '\x7f\x80\xff',
      "quote'quote", 'line\r\nline\u2028line', 'x'.repeat(100000), 'ü'.repeat(70000), '😀'.repeat(40000),
    ];
    const { stored, echoed } = await roundTrip(context, texts);
    same(stored, texts, 'stored');
    same(echoed, texts, 'echoed');
  },

  'a text of every length around the borders of batches and buffers': async (context) => {
    const texts = [];
    for (const size of [1, 7, 8, 9, 23, 24, 25, 255, 256, 1023, 4096, 32767, 32768, 32769, 65536]) {
      texts.push('a'.repeat(size), 'é'.repeat(size), `${'a'.repeat(size - 1)}😀`);
    }
    const { stored } = await roundTrip(context, texts);
    same(stored, texts);
  },

  'text with a lone surrogate is refused by name, never changed': async ({ memory }) => {
    const conn = await memory();
    for (const a of ['\uD800', 'a\uDC00b', '\uDE00\uD83D', `${'x'.repeat(5000)}\uD83D`]) {
      await fails(conn.query('select :a as a', { params: { a } }), 'ERR_PARAMETER');
      await fails(conn.query(`select '${a}' as a`), 'ERR_QUERY');
    }
    await conn.execute('create table t (a, b)');
    // The halves stand at the end of one text and at the beginning of the next: together they would be well-formed.
    await fails(conn.executeMany('insert into t values (?, ?)', [['a\uD83D', '\uDE00b']]), 'ERR_PARAMETER');
    await fails(conn.executeMany('insert into t values (?, ?)', [['a', 'b\uD83D'], ['\uDE00c', 'd']]), 'ERR_PARAMETER');
    same((await conn.query('select count(*) as n from t')).at(0), { n: 0 });
  },

  'a NUL in the statement itself is refused': async ({ memory }) => {
    await fails((await memory()).query("select 'a\0b' as a"), 'ERR_QUERY');
  },

  'text that is not UTF-8 comes with replacement characters': async ({ memory }) => {
    const conn = await memory();
    const row = (await conn.query("select cast(x'61ff62' as text) as a, cast(x'c3' as text) as b, cast(x'a9' as text) as c")).at(0);
    same(row, { a: 'a\uFFFDb', b: '\uFFFD', c: '\uFFFD' });
    const sql = "select cast(x'c3' as text) as a union all select cast(x'a9' as text) union all select 'é'";
    same((await conn.query(sql)).toArray().map(({ a }) => a), ['\uFFFD', '\uFFFD', 'é'], 'halves of a character in two rows');
  },

  'blobs survive, the empty one too, and stay apart from text and null': async (context) => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const blobs = [new Uint8Array(0), new Uint8Array([0]), all, new Uint8Array(100000).fill(7)];
    const { stored, echoed } = await roundTrip(context, [...blobs, null, '']);
    same(stored, [...blobs, null, '']);
    same(echoed, [...blobs, null, '']);
    const view = new Uint8Array(all.buffer, 10, 3);
    const words = new Uint16Array([1, 2]);
    const { stored: views } = await roundTrip(context, [view, words, new DataView(all.buffer, 1, 2)]);
    same(views, [new Uint8Array([10, 11, 12]), new Uint8Array(words.buffer), new Uint8Array([1, 2])]);
  },

  'a big text survives': async ({ memory, facts }) => {
    const conn = await memory();
    const big = '0123456789abcdef'.repeat(facts.bigText / 16);
    const table = await conn.query('select length(:big) as size, :big as big', { params: { big }, ttl: 0 });
    const row = /** @type {any} */ (table.at(0));
    same(row.size, facts.bigText);
    ok(row.big === big, 'the text came back as it went');
    const small = await conn.query('select :a as a', { params: { a: 'still fine' } });
    same(small.at(0), { a: 'still fine' });
  },

  'integers up to 2^53 are numbers, beyond it is an error that says what to do': async ({ memory }) => {
    const conn = await memory();
    same((await conn.query('select 9007199254740991 as a, -9007199254740991 as b')).at(0), { a: 2 ** 53 - 1, b: -(2 ** 53 - 1) });
    for (const value of ['9007199254740993', '-9007199254740993', '9223372036854775807', '-9223372036854775807 - 1']) {
      const error = await fails(conn.query(`select 1 as fine, ${value} as big`), 'ERR_INT64_RANGE');
      ok(error.message.includes('big') && error.message.includes('int64'), error.message);
    }
  },

  'int64: bigint and string keep every digit': async ({ memory }) => {
    const conn = await memory();
    const sql = "select 9223372036854775807 as big, 7 as small, 1.5 as real, 'x' as text, null as none";
    const big = await conn.query(sql, { int64: 'bigint' });
    same(big.at(0), { big: 9223372036854775807n, small: 7n, real: 1.5, text: 'x', none: null });
    const text = await conn.query(sql, { int64: 'string' });
    same(text.at(0), { big: '9223372036854775807', small: '7', real: 1.5, text: 'x', none: null });
    same(JSON.parse(JSON.stringify(big))[0].big, '9223372036854775807');
    await fails(async () => conn.query(sql, { int64: /** @type {any} */ ('float') }), RangeError);
  },

  'a column of bigints is a BigInt64Array': async ({ memory }) => {
    const conn = await memory();
    const sql = `with recursive n(i) as (select 9223372036854775800 union all select i + 1 from n where i < 9223372036854775807)
      select i from n`;
    const column = (await conn.query(sql, { int64: 'bigint' })).column('i');
    ok(Object.prototype.toString.call(column) === '[object BigInt64Array]', Object.prototype.toString.call(column));
    same(column.length, 8);
  },

  'bigint parameters keep every digit': async ({ memory }) => {
    const conn = await memory();
    const list = [2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n), 0n, -1n];
    for (const a of list) same((await conn.query('select cast(:a as text) as a', { params: { a } })).at(0), { a: String(a) });
  },

  'real numbers come exactly': async (context) => {
    const list = [0.1, 1e308, 5e-324, -0, Infinity, -Infinity, 2 ** 53 + 2, 1.7976931348623157e308, 123456789.123];
    const { stored, echoed } = await roundTrip(context, list);
    same(stored, list);
    same(echoed, list);
  },

  'one column may hold everything': async (context) => {
    const list = [null, 1, 'one', 1.5, new Uint8Array([1]), '', new Uint8Array(0), 'ü', 0, null, -1];
    const { stored, table } = await roundTrip(context, list);
    same(stored, list);
    same(/** @type {any} */ (table.column('a')).toArray(), list);
  },
};
