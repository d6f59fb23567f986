/**
 * User functions and aggregates of databases in this thread.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { defineAggregate, defineFunction } from '../../js/sqlite/function_options.js';
import { errorOf, makeChance, makeEngine, makeSession, memoryUsed } from './sqlite-helpers.js';

/** @type {Awaited<ReturnType<typeof makeSession>>} */
let db;

beforeEach(async () => {
  db = await makeSession();
});
afterEach(() => db.close());

/** @type {(...definition: any[]) => Promise<void>} */
const define = (...definition) => /** @type {any} */ (db.client).define(defineFunction(definition[0], definition[1], definition[2]));
/** @type {(...definition: any[]) => Promise<void>} */
const aggregate = (...definition) => /** @type {any} */ (db.client).define(defineAggregate(definition[0], definition[1], definition[2]));
/** @param {string} expression @param {any} [params] @param {object} [options] */
const value = (expression, params, options) => /** @type {any} */ (db.query(`select ${expression} as value`, params, options).at(0)).value;

describe('values', () => {
  const VALUES = [
    null, 0, 1, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31, 0.5, -0.25, 1e300, Infinity, -Infinity, '', 'a', 'ähnlich', '日本', '🙂', '\ufeffmark', 'nul\0inside',
    'x'.repeat(100), 'ü'.repeat(5000), 'long '.repeat(50_000), new Uint8Array(), new Uint8Array([0, 255, 7]), new Uint8Array(70_000).fill(9),
  ];

  test('arguments are what columns give, and results what parameters take', async () => {
    const seen = /** @type {unknown[]} */ ([]);
    await define('echo', (/** @type {unknown} */ x) => {
      seen.push(x);
      return x;
    });
    for (const one of VALUES) {
      expect(value('echo(?)', [one])).toEqual(one);
      expect(seen.pop()).toEqual(one);
    }
  });

  test('types in SQL', async () => {
    await define('echo', (/** @type {unknown} */ x) => x);
    expect(value("typeof(echo(1)) || typeof(echo(1.5)) || typeof(echo('')) || typeof(echo(x'')) || typeof(echo(null))")).toBe('integerrealtextblobnull');
    // A number that is whole is an INTEGER, as with parameters.
    expect(value('typeof(echo(2.0))')).toBe('integer');
    expect(value('typeof(echo(-0.0))')).toBe('real');
  });

  test.each(/** @type {[string, unknown, unknown][]} */ ([
    ['true', true, 1],
    ['false', false, 0],
    ['nothing', undefined, null],
    ['a date', new Date(Date.UTC(2024, 1, 29)), '2024-02-29T00:00:00.000Z'],
    ['a bigint', 5n, 5],
    ['an ArrayBuffer', new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2])],
    ['a view', new Uint8Array([1, 2, 3, 4]).subarray(1, 3), new Uint8Array([2, 3])],
    ['a DataView', new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2), new Uint8Array([2, 3])],
  ]))('%s', async (_, result, expected) => {
    await define('give', () => result);
    expect(value('give()')).toEqual(expected);
  });

  test.each(/** @type {[string, unknown, RegExp][]} */ ([
    ['NaN', NaN, /NaN/],
    ['an object', { a: 1 }, /an object.*JSON/],
    ['an array', [1], /an array/],
    ['a symbol', Symbol('x'), /symbol/],
    ['a function', () => {}, /function/],
    ['a promise', Promise.resolve(1), /async/],
    ['a bigint of more than 64 bits', 2n ** 63n, /64 bits/],
    ['half a character', 'a\ud800', /surrogate/],
    ['an invalid date', new Date(NaN), /invalid Date/],
  ]))('%s cannot be a result', async (_, result, reason) => {
    await define('give', () => result);
    const error = await errorOf(() => value('give()'));
    expect(error).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_ERROR', message: expect.stringMatching(reason) });
    expect(error.cause).toMatchObject({ code: 'ERR_PARAMETER' });
  });

  test('integers beyond 2^53', async () => {
    await define('plain', (/** @type {any} */ x) => x);
    await define('exact', { int64: 'bigint' }, (/** @type {bigint} */ x) => x + 1n);
    await define('text', { int64: 'string' }, (/** @type {string} */ x) => `<${x}>`);
    for (const digits of ['9007199254740992', '9007199254740993', '-9007199254740993', '9223372036854775807']) {
      expect(await errorOf(() => value(`plain(${digits})`))).toMatchObject({ code: 'ERR_QUERY', cause: { code: 'ERR_INT64_RANGE' } });
      expect(value(`text(${digits})`)).toBe(`<${digits}>`);
    }
    expect(value('exact(9007199254740993)', undefined, { int64: 'bigint' })).toBe(9007199254740994n);
    expect(value('exact(-9223372036854775808)', undefined, { int64: 'bigint' })).toBe(-(2n ** 63n) + 1n);
    expect(value('exact(1)')).toBe(2);
  });

  test('bytes are a copy', async () => {
    /** @type {Uint8Array[]} */
    const kept = [];
    await define('keep', (/** @type {Uint8Array} */ bytes) => void kept.push(bytes));
    db.query("select keep(x'0102'), keep(x'0304')");
    kept[0]?.fill(9);
    expect(kept).toEqual([new Uint8Array([9, 9]), new Uint8Array([3, 4])]);
  });

  test('memory that grows while a function runs', async () => {
    await define('huge', (/** @type {string} */ text) => text.repeat(20_000_000));
    expect(value("length(huge('x')) + length(huge('y'))")).toBe(40_000_000);
  });
});

describe('scalar functions', () => {
  test('in all places where SQL has expressions', async () => {
    await define('twice', { deterministic: true }, (/** @type {number} */ x) => 2 * x);
    db.execute('create table t (x, y generated always as (twice(x)) stored, check (twice(x) < 100)); create index i on t (twice(x))');
    db.execute('insert into t (x) values (1), (2), (3)');
    expect(db.query('select x, y from t where twice(x) > 2 group by twice(x) having twice(x) < 6 order by twice(x)').toArray()).toEqual([{ x: 2, y: 4 }]);
    expect(await errorOf(() => db.execute('insert into t (x) values (50)'))).toMatchObject({ sqliteCode: 'SQLITE_CONSTRAINT_CHECK' });
  });

  test('are told apart by their numbers of arguments', async () => {
    await define('f', () => 'none');
    await define('f', (/** @type {any} */ _) => 'one');
    await define('f', { varargs: true }, (/** @type {any[]} */ ...all) => `any ${all.length}`);
    expect([value('f()'), value('f(1)'), value('f(1, 2)')]).toEqual(['none', 'one', 'any 2']);
    expect(await errorOf(() => value('missing(1)'))).toMatchObject({ message: expect.stringContaining('no such function') });
  });

  test('too few or too many arguments', async () => {
    await define('pair', (/** @type {any} */ _a, /** @type {any} */ _b) => 1);
    expect(await errorOf(() => value('pair(1)'))).toMatchObject({ message: expect.stringContaining('wrong number of arguments') });
  });

  test('take the place of others, also of SQLite’s own', async () => {
    await define('upper', (/** @type {string} */ x) => `<${x}>`);
    expect(value("upper('a')")).toBe('<a>');
    await define('UPPER', (/** @type {string} */ x) => `[${x}]`);
    expect(value("upper('a')")).toBe('[a]');
    if (db.engine) expect(db.engine.callbacks?.size).toBe(1);
  });

  test('without deterministic they stand in no index', async () => {
    await define('now', () => 1);
    expect(await errorOf(() => db.execute('create table t (x); create index i on t (now())'))).toMatchObject({ message: expect.stringContaining('non-deterministic') });
  });

  test('directOnly', async () => {
    await define('secret', { directOnly: true }, () => 1);
    db.execute('create view v as select secret() as x');
    expect(value('secret()')).toBe(1);
    expect(await errorOf(() => db.query('select * from v'))).toMatchObject({ message: expect.stringContaining('unsafe use of secret()') });
  });

  test('names of any script', async () => {
    await define('größe', (/** @type {string} */ x) => x.length);
    expect(value("größe('abc')")).toBe(3);
  });
});

describe('errors', () => {
  test('what a function throws is the cause, the same object, and the next statement is well', async () => {
    const cause = new RangeError('too warm');
    await define('fail', () => {
      throw cause;
    });
    const error = await errorOf(() => value('fail()'));
    expect(error).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_ERROR', phase: 'query', message: expect.stringContaining('fail() failed: too warm') });
    expect(error.cause).toBe(cause);
    expect(value('1')).toBe(1);
    expect((await errorOf(() => value('nope()'))).cause).toBe(undefined);
  });

  test.each([['text', 'just text'], ['undefined', undefined], ['null', null], ['half a character', new Error('\ud800\0')], ['an object without text', Object.create(null)]])(
    'that are no errors: %s', async (_, thrown) => {
      await define('fail', () => {
        throw thrown;
      });
      const error = await errorOf(() => value('fail()'));
      expect(error.code).toBe('ERR_QUERY');
      expect(error.cause).toBe(thrown === null ? null : thrown);
    },
  );

  test('a write is undone', async () => {
    await define('fail', (/** @type {number} */ x) => {
      if (x === 3) throw new Error('three');
      return x;
    });
    db.execute('create table t (x)');
    expect(await errorOf(() => db.execute('insert into t select fail(value) from (select 1 as value union all select 2 union all select 3)'))).toMatchObject({
      cause: { message: 'three' },
    });
    expect(value('(select count(*) from t)')).toBe(0);
  });

  test('in executeMany and in streams', async () => {
    await define('odd', (/** @type {number} */ x) => {
      if (x % 2 === 0) throw new Error(`${x} is even`);
      return x;
    });
    db.execute('create table t (x)');
    expect(await errorOf(() => db.executeMany('insert into t values (odd(?))', [[1], [3], [4]]))).toMatchObject({ row: 2, cause: { message: '4 is even' } });
    const read = async () => {
      for await (const _ of db.stream('select odd(x + 3) from t'));
    };
    expect(await errorOf(read)).toMatchObject({ cause: { message: '4 is even' } });
  });

  test('without end: the stack of JavaScript', async () => {
    const dive = () => /** @type {number} */ (dive()) + 1;
    await define('dive', dive);
    expect(await errorOf(() => value('dive()'))).toMatchObject({ code: 'ERR_QUERY', cause: { name: 'RangeError' } });
    if (db.engine) expect(db.engine.alive).toBe(true);
    expect(value('1')).toBe(1);
  });
});

describe('aggregates', () => {
  beforeEach(() => {
    db.execute('create table t (g, x)');
    db.execute("insert into t values ('a', 1), ('b', 2), ('a', 3), ('b', 4), ('c', null)");
  });

  test('groups have totals of their own', async () => {
    await aggregate('list', {
      start: () => [],
      step: (/** @type {unknown[]} */ list, /** @type {unknown} */ x) => void list.push(x),
      result: JSON.stringify,
    });
    expect(db.query('select g, list(x) as l from t group by g').toArray()).toEqual([
      { g: 'a', l: '[1,3]' }, { g: 'b', l: '[2,4]' }, { g: 'c', l: '[null]' },
    ]);
    expect(value('(select list(x) from t where x > 100)')).toBe('[]');
    expect(db.query('select list(distinct g) as d, list(x) filter (where x > 2) as f, list(x order by x desc) as o from t').toArray()).toEqual([
      { d: '["a","b","c"]', f: '[3,4]', o: '[4,3,2,1,null]' },
    ]);
  });

  test('a plain total', async () => {
    await aggregate('plus', { start: 0, step: (/** @type {number} */ total, /** @type {number} */ x) => total + x });
    expect(db.query('select g, plus(x) as s from t group by g').toArray()).toEqual([{ g: 'a', s: 4 }, { g: 'b', s: 6 }, { g: 'c', s: 0 }]);
    expect(await errorOf(() => db.query('select plus(x) over (order by x) from t'))).toMatchObject({ message: expect.stringContaining('may not be used as a window function') });
  });

  test('window functions', async () => {
    await aggregate('plus', {
      start: 0,
      step: (/** @type {number} */ total, /** @type {number} */ x) => total + (x ?? 0),
      inverse: (/** @type {number} */ total, /** @type {number} */ x) => total - (x ?? 0),
      result: (/** @type {number} */ total) => 10 * total,
    });
    const windows = 'plus(x) over (order by x rows 1 preceding) as w, plus(x) over (partition by g) as p';
    const builtIn = windows.replaceAll('plus(x)', '10 * total(x)');
    expect(db.query(`select ${windows} from t order by x`).toArray()).toEqual(db.query(`select ${builtIn} from t order by x`).toArray());
    expect(value('(select plus(x) from t)')).toBe(100);
  });

  test('as SQLite’s own, on random windows', async () => {
    const chance = makeChance(7);
    await aggregate('plus', {
      start: 0,
      step: (/** @type {number} */ total, /** @type {number} */ x) => total + x,
      inverse: (/** @type {number} */ total, /** @type {number} */ x) => total - x,
    });
    db.execute('delete from t');
    await db.executeMany('insert into t values (?, ?)', Array.from({ length: 200 }, () => [chance.below(5), chance.below(100)]));
    for (let i = 0; i < 30; i++) {
      const frame = `${chance.pick(['rows', 'range', 'groups'])} between ${chance.below(4)} preceding and ${chance.below(4)} following exclude ${chance.pick(['ties', 'group', 'current row', 'no others'])}`;
      const over = `over (${chance.pick(['', 'partition by g'])} order by x ${frame})`;
      expect(db.query(`select plus(x) ${over} as s from t order by rowid`).toArray()).toEqual(
        db.query(`select coalesce(sum(x) ${over}, 0) as s from t order by rowid`).toArray(),
      );
    }
  });

  test('errors in every part', async () => {
    const fail = (/** @type {string} */ part) => () => {
      throw new Error(part);
    };
    const step = (/** @type {any} */ total, /** @type {any} */ _) => total;
    await aggregate('a', { start: fail('start'), step });
    await aggregate('b', { step: (/** @type {any} */ _total, /** @type {any} */ _x) => fail('step')() });
    await aggregate('c', { step, result: fail('result') });
    await aggregate('d', { step, inverse: (/** @type {any} */ _total, /** @type {any} */ _x) => fail('inverse')() });
    expect(await errorOf(() => db.query('select a(x) from t'))).toMatchObject({ cause: { message: 'start' } });
    expect(await errorOf(() => db.query('select a(x) from t where 0'))).toMatchObject({ cause: { message: 'start' } });
    expect(await errorOf(() => db.query('select b(x) from t'))).toMatchObject({ cause: { message: 'step' } });
    expect(await errorOf(() => db.query('select g, c(x) from t group by g'))).toMatchObject({ cause: { message: 'result' } });
    expect(await errorOf(() => db.query('select d(x) over (order by x rows 1 preceding) from t'))).toMatchObject({ cause: { message: 'inverse' } });
    expect(value('1')).toBe(1);
  });

  test('a total that groups would share', () => {
    expect(() => defineAggregate('f', { start: [], step: () => {} })).toThrow(/start is an object/);
  });
});

describe('while a function runs', () => {
  test('the session that calls it runs no statements', async () => {
    db.execute('create table t (x); insert into t values (1), (2), (3)');
    /** @type {any[]} */
    const errors = [];
    const attempts = [
      () => db.query('select x from t'),
      () => db.execute('delete from t'),
      () => db.executeMany('insert into t values (?)', [[1]]),
      () => db.stream('select x from t').next(),
    ];
    await define('again', (/** @type {number} */ i) => {
      errors.push(errorOf(/** @type {any} */ (attempts[i])));
      return i;
    });
    for (const i of attempts.keys()) expect(value(`again(${i})`)).toBe(i);
    for (const error of await Promise.all(errors)) expect(error).toMatchObject({ code: 'ERR_TRANSACTION', message: expect.stringContaining('user function') });
    expect(value('(select count(*) from t)')).toBe(3);
  });

  test('a stream of the same session does not go on', async () => {
    if (!db.engine) return; // A native client could not even close it meanwhile.
    /** @type {Promise<any> | undefined} */
    let next;
    const reader = db.stream('with recursive n(i) as (select 1 union all select i + 1 from n limit 10) select i from n', { batchSize: 1 });
    await define('pull', () => {
      next = reader.next();
      next.catch(() => {});
      return 1;
    });
    await reader.next();
    expect(value('pull()')).toBe(1);
    expect(await errorOf(() => /** @type {any} */ (next))).toMatchObject({ code: 'ERR_TRANSACTION' });
  });

  test('others wait until the statement has ended', async () => {
    db.session.release();
    /** @type {Promise<unknown> | undefined} */
    let later;
    await define('wait', () => {
      expect(/** @type {any} */ (db.client).queryNow('select 1', {})).toBe(undefined);
      later = db.client.acquire().then((session) => {
        const rows = /** @type {any} */ (session.query('select 42 as x', {})).toArray();
        session.release();
        return rows;
      });
      return 7;
    });
    expect(/** @type {any} */ (db.client).queryNow('select wait() as x', {})?.toArray()).toEqual([{ x: 7 }]);
    expect(await later).toEqual([{ x: 42 }]);
    expect(/** @type {any} */ (db.client).queryNow('select 1 as x', {})?.toArray()).toEqual([{ x: 1 }]);
    await db.client.acquire();
  });

  test('another database of the same engine may be used', async () => {
    if (!db.engine) return;
    const other = await makeSession(db.engine);
    await define('ask', (/** @type {number} */ x) => /** @type {any} */ (other.query('select ? * 2 as y', [x]).at(0)).y);
    expect(db.query('select ask(1) as a, ask(2) as b, ask(3) as c').toArray()).toEqual([{ a: 2, b: 4, c: 6 }]);
    other.close();
  });
});

describe('life', () => {
  test('a function cannot be replaced while a result that uses it is read, and can afterwards', async () => {
    await define('f', () => 1);
    const reader = db.stream('with recursive n(i) as (select 1 union all select i + 1 from n limit 10) select f() from n', { batchSize: 1 });
    await reader.next();
    expect(await errorOf(() => define('f', () => 2))).toMatchObject({ code: 'ERR_QUERY', sqliteCode: 'SQLITE_BUSY' });
    if (db.engine) await define('g', () => 3);
    await reader.return();
    await define('f', () => 2);
    expect(value('f()')).toBe(2);
  });

  test('statements that are kept see the new one', async () => {
    for (const i of [1, 2, 3]) {
      await define('f', () => i);
      expect(value('f()')).toBe(i);
    }
  });

  test('nothing is left of what was closed, replaced, or failed', async () => {
    if (!db.engine) return;
    const engine = await makeEngine();
    /** @param {number} rounds */
    const live = async (rounds) => {
      for (let i = 0; i < rounds; i++) {
        const own = await makeSession(engine);
        await /** @type {any} */ (own.client).define(defineFunction('f', undefined, (/** @type {any} */ x) => `${x}`.repeat(10)));
        await /** @type {any} */ (own.client).define(defineFunction('f', undefined, (/** @type {any} */ x) => {
          if (x > 50) throw new Error('enough');
          return new Uint8Array(10);
        }));
        await /** @type {any} */ (own.client).define(defineAggregate('list', { start: () => [], step: (/** @type {any[]} */ l, /** @type {any} */ x) => {
          if (x > 50) throw new Error('enough');
          l.push(x);
        }, result: String }));
        own.execute('create table t (x)');
        await own.executeMany('insert into t values (?)', Array.from({ length: 100 }, (_, n) => [n]));
        await errorOf(() => own.query('select f(x) from t'));
        await errorOf(() => own.query('select list(x) from t'));
        await errorOf(() => own.query('select list(x) from t group by x % 7'));
        own.query('select list(x) from t where x < 50');
        own.close();
      }
      return memoryUsed(engine);
    };
    const before = await live(2);
    expect(await live(20)).toBe(before);
    expect(engine.callbacks?.size).toBe(0);
  });

  test('an aggregate is given up with its statement', async () => {
    let results = 0;
    const step = (/** @type {any} */ _, /** @type {any} */ x) => x;
    await aggregate('latest', { step, inverse: step, result: (/** @type {any} */ x) => (results++, x) });
    const reader = db.stream('with recursive n(i) as (select 1 union all select i + 1 from n limit 100) select latest(i) over (order by i) from n', { batchSize: 1 });
    await reader.next();
    await reader.return();
    expect(value('(select latest(5))')).toBe(5);
    expect(results).toBeGreaterThan(0);
  });

  test('after a trap nobody is called', async () => {
    if (!db.engine) return;
    await define('f', () => 1);
    db.engine.trapped(new WebAssembly.RuntimeError('unreachable'));
    expect(await errorOf(() => value('f()'))).toMatchObject({ code: 'ERR_CORE_CRASHED' });
    expect(await errorOf(() => define('g', () => 1))).toMatchObject({ code: 'ERR_CORE_CRASHED' });
  });
});

describe('what is refused', () => {
  const fn = () => 1;
  test.each(/** @type {[string, () => unknown, RegExp][]} */ ([
    ['no name', () => defineFunction('', undefined, fn), /name must be text/],
    ['a name that is none', () => defineFunction(7, undefined, fn), /name must be text/],
    ['NUL', () => defineFunction('a\0b', undefined, fn), /character/],
    ['a long name', () => defineFunction('ü'.repeat(128), undefined, fn), /255 bytes/],
    ['no function', () => defineFunction('f', {}, 7), /must be a function/],
    ['nothing', () => defineFunction('f', undefined, undefined), /must be a function/],
    ['an unknown option', () => defineFunction('f', { deterministisch: true }, fn), /no option "deterministisch"; there are: deterministic/],
    ['what others call int64', () => defineFunction('f', { useBigIntArguments: true }, fn), /write int64: 'bigint'/],
    ['what others call int64, too', () => defineFunction('f', { safeIntegers: true }, fn), /write int64: 'bigint'/],
    ['a flag that is none', () => defineFunction('f', { varargs: 1 }, fn), /varargs must be true or false/],
    ['int64', () => defineFunction('f', { int64: 'exact' }, fn), /int64 must be/],
    ['options', () => defineFunction('f', null, fn), /options must be an object/],
    ['an aggregate without step', () => defineAggregate('f', { start: 0 }), /step must be a function/],
    ['an aggregate with a wrong part', () => defineAggregate('f', { step: fn, result: 1 }), /result must be a function/],
    ['a reference to no export', () => defineFunction('f', undefined, { module: './f.js', name: 7 }), /name, of an export/],
    ['a reference to no module', () => defineFunction('f', undefined, { module: 7 }), /module must be a URL/],
  ]))('%s', (_, work, message) => {
    expect(work).toThrow(message);
  });
});
