/**
 * Scripts in the format of SQLite's sqllogictest, tests/vectors/sqllogictest/, and the runner itself. The answers in them are those of
 * another build of SQLite (3.40), not of Hawser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import { recordsOf, runScript } from './sqllogictest.js';

const folder = fileURLToPath(new URL('../vectors/sqllogictest/', import.meta.url));

/** @param {(conn: import('../../js/index.js').SqlConnection) => Promise<any>} use */
async function withConnection(use) {
  const hawser = createHawser({ secrets: [] });
  try {
    return await use(await hawser.connection('scripts', { type: 'sql', url: 'sqlite://' }));
  } finally {
    await hawser.close();
  }
}

/** @param {string} script */
const run = (script) => withConnection((conn) => runScript(conn, script));

describe('scripts', () => {
  test.each(readdirSync(folder))('%s: all answers are equal', async (name) => {
    const script = readFileSync(folder + name, 'utf8');
    const outcome = await run(script);
    expect(outcome.failures).toEqual([]);
    const records = [...recordsOf(script)];
    expect(outcome.queries + outcome.statements + outcome.skipped).toBe(records.filter(({ words }) => words[0] === 'query' || words[0] === 'statement').length);
    expect(outcome.queries).toBeGreaterThan(10);
  });

  test.each(readdirSync(folder))('%s: without the cache, and each query three times with it', async (name) => {
    const script = readFileSync(folder + name, 'utf8');
    const failures = await withConnection(async (conn) => {
      /** @type {import('./sqllogictest.js').Runnable} */
      const uncached = { execute: (sql) => conn.execute(sql), query: (sql, options) => conn.query(sql, { ...options, cache: 'no-store' }) };
      return (await runScript(uncached, script)).failures;
    });
    expect(failures).toEqual([]);
    const thrice = await withConnection(async (conn) => {
      /** @type {import('./sqllogictest.js').Runnable} */
      const eager = {
        execute: (sql) => conn.execute(sql),
        query: async (sql, options) => {
          await Promise.allSettled([conn.query(sql, options), conn.query(sql)]);
          return conn.query(sql, options);
        },
      };
      return (await runScript(eager, script)).failures;
    });
    expect(thrice).toEqual([]);
  });
});

describe('the runner', () => {
  test.each([
    ['a wrong value', 'query I nosort\nselect 1\n----\n2'],
    ['a value too many', 'query I nosort\nselect 1\n----\n1\n2'],
    ['a value too few', 'query I nosort\nselect 1 union select 2\n----\n1'],
    ['a wrong hash', 'hash-threshold 1\n\nquery II nosort\nselect 1, 2\n----\n2 values hashing to 00000000000000000000000000000000'],
    ['a hash that is not given', 'hash-threshold 1\n\nquery II nosort\nselect 1, 2\n----\n1\n2'],
    ['another number of columns', 'query I nosort\nselect 1, 2\n----\n1\n2'],
    ['another order', 'query I nosort\nselect 2 union all select 1\n----\n1\n2'],
    ['a label that stood for something else', 'query I nosort one\nselect 1\n----\n1\n\nquery I nosort one\nselect 2\n----\n2'],
    ['a statement that fails', 'statement ok\nselect nope'],
    ['a statement that does not fail', 'statement error\nselect 1'],
    ['a query that fails', 'query I nosort\nselect nope\n----\n1'],
    ['an unknown record', 'statemnt ok\nselect 1'],
    ['an unknown way to sort', 'query I sortrows\nselect 1\n----\n1'],
  ])('finds %s', async (_, script) => {
    expect((await run(script)).failures).toHaveLength(1);
  });

  test.each([
    ['CRLF, comments, blank lines', '# one\r\n\r\n\r\nquery I nosort\r\nselect\r\n1\r\n----\r\n1\r\n\r\n# two\r\n'],
    ['a halt', 'halt\n\nquery I nosort\nselect 1\n----\n2'],
    ['conditions', 'skipif SQLite\nquery I nosort\nselect nope\n----\n2\n\nonlyif oracle\nskipif mysql\nstatement ok\nnope\n\nonlyif sqlite # so\nquery I\nselect 1\n----\n1'],
    ['a threshold of none', 'hash-threshold 0\n\nquery IIIIIIIII nosort\nselect 1, 2, 3, 4, 5, 6, 7, 8, 9\n----\n1\n2\n3\n4\n5\n6\n7\n8\n9'],
    ['md5', 'hash-threshold 1\n\nquery TT nosort\nselect 1, 2\n----\n2 values hashing to 6ddb4095eb719e2a9f0a3f95677d24e0'],
    ['numbers', "query RRRII nosort\nselect 9223372036854775807, 1e20, 'x', 4294967295, '-7.9'\n----\n9223372036854776000.000\n100000000000000000000.000\n0.000\n-1\n-7"],
  ])('understands %s', async (_, script) => {
    expect((await run(script)).failures).toEqual([]);
  });
});
