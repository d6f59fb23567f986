/** Cached results: hit and miss, time, one load per key, writes, errors. Time is a clock in the hands of the case. */
import { BaseConnection } from '../../../js/index.js';
import { fails, ok, same } from '../assert.js';

/** A clock that moves when it is told to; milliseconds. */
class Clock {
  at = 1_700_000_000_000;
  now = () => this.at;
  /** @param {number} seconds */
  pass(seconds) {
    this.at += 1000 * seconds;
  }
}

/** @param {import('../suite.js').Context} context */
async function timed({ memory }) {
  const clock = new Clock();
  const conn = await memory({ clock, ...TOGETHER });
  await conn.execute('create table pets (id integer primary key, name text)');
  await conn.execute("insert into pets (name) values ('Rex'), ('Miez')");
  const sql = 'select name from pets order by id';
  /** @param {object} [options] */
  const read = async (options) => (await conn.query(sql, options)).cache;
  return { clock, conn, sql, read };
}

/** All callers of a case are in one request, so that they may share loads in runtimes where others must not. */
const TOGETHER = /** @type {const} */ ({ flightScope: 'isolate' });

/** Counts its loads, which end when the case says so. */
class SlowConnection extends BaseConnection {
  static type = 'slow';
  loads = 0;
  /** @type {{ resolve: (value: unknown) => void, reject: (error: Error) => void, signal: AbortSignal }[]} */
  waiting = [];

  async connect() {
    return {};
  }

  /** @param {string} what @param {object} [options] */
  read(what, options = {}) {
    const load = (/** @type {{ signal: AbortSignal }} */ { signal }) => {
      this.loads++;
      return new Promise((resolve, reject) => this.waiting.push({ resolve, reject, signal }));
    };
    return this.cached('read', [what], load, options);
  }
}

/** Lets what is ready run: a fixed number of turns, no time. */
const turns = async (count = 20) => {
  for (let i = 0; i < count; i++) await undefined;
};

/** @type {Record<string, import('../suite.js').Case>} */
export const cache = {
  'first a miss, then hits that grow older': async (context) => {
    const { clock, conn, sql, read } = await timed(context);
    const first = await read({ ttl: '10m' });
    same([first.state, first.age], ['miss', 0]);
    clock.pass(90);
    const second = await conn.query(sql, { ttl: '10m' });
    same([second.cache.state, second.cache.age, second.cache.key], ['hit', 90, first.key]);
    same(second.toArray(), [{ name: 'Rex' }, { name: 'Miez' }]);
  },

  'a result is fresh until its ttl has passed': async (context) => {
    const { clock, read } = await timed(context);
    await read({ ttl: '10s' });
    clock.pass(9.999);
    same((await read({ ttl: '10s' })).state, 'hit');
    clock.pass(0.001);
    same((await read({ ttl: '10s' })).state, 'miss');
    same((await read({ ttl: '10s' })).state, 'hit');
  },

  'the reader says how old a result may be for him': async (context) => {
    const { clock, read } = await timed(context);
    await read({ ttl: '10m' });
    clock.pass(5);
    same((await read({ ttl: '6s' })).age, 5);
    same((await read({ ttl: '5s' })).state, 'miss');
    same((await read({ ttl: '5s' })).state, 'hit');
  },

  'numbers are seconds, texts have units': async (context) => {
    const { clock, read } = await timed(context);
    for (const [ttl, seconds] of /** @type {const} */ ([[1.5, 1.5], ['500ms', 0.5], ['2m', 120], ['1d12h', 129600], ['PT10M', 600]])) {
      await read({ ttl: 0 });
      same((await read({ ttl, cache: 'reload' })).state, 'miss', `${ttl}`);
      clock.pass(seconds - 0.001);
      same((await read({ ttl })).state, 'hit', `just before ${ttl}`);
      clock.pass(0.001);
      same((await read({ ttl })).state, 'miss', `at ${ttl}`);
    }
  },

  'without a ttl a result stays': async (context) => {
    const { clock, read } = await timed(context);
    same((await read()).state, 'miss');
    clock.pass(10 * 365 * 86400);
    same((await read()).state, 'hit');
  },

  'a ttl of 0 always loads': async (context) => {
    const { read } = await timed(context);
    for (const ttl of [0, -1, '0s']) {
      const states = [(await read({ ttl })).state, (await read({ ttl })).state];
      ok(!states.includes('hit'), `${ttl}: ${states}`);
    }
  },

  'a ttl that is none is refused by name': async (context) => {
    const { conn } = await timed(context);
    for (const ttl of ['10', '', 'ten minutes', '10 parsecs', NaN, '1e400s', {}, true]) {
      const error = await conn.query('select 1', { ttl: /** @type {any} */ (ttl) }).catch((/** @type {Error} */ caught) => caught);
      ok(error instanceof Error && ['TypeError', 'RangeError'].includes(error.name), `${String(ttl)}: ${error}`);
      ok(error.message.includes('ttl'), error.message);
    }
  },

  'other parameters are other results, also of another type': async ({ memory }) => {
    const conn = await memory();
    const bytes = new Uint8Array([49]);
    const given = [1, '1', 1.5, 2n, true, null, '', bytes, 'true', 'null', -0, new Date(0), '1970-01-01T00:00:00.000Z'];
    const states = async () => {
      const tables = [];
      for (const a of given) tables.push(await conn.query('select typeof(:a) as t, :a as a', { params: { a } }));
      return tables.map((table) => table.cache.state);
    };
    same(await states(), given.map(() => 'miss'));
    same(await states(), given.map(() => 'hit'));
    await conn.query('select :a as a, :b as b', { params: { a: 1, b: 2 } });
    same((await conn.query('select :a as a, :b as b', { params: { b: 2, a: 1 } })).cache.state, 'hit', 'the order of names');
  },

  'other options for reading are other results': async ({ memory }) => {
    const conn = await memory();
    same((await conn.query('select 1 as a', { int64: 'bigint' })).at(0), { a: 1n });
    same((await conn.query('select 1 as a', { int64: 'string' })).at(0), { a: '1' });
    same((await conn.query('select 1 as a')).at(0), { a: 1 });
  },

  'results are handed out without a copy': async (context) => {
    const { conn, sql } = await timed(context);
    const columns = (await conn.query(sql)).columns;
    ok(columns === (await conn.query(sql)).columns, 'the same columns');
  },

  'one load at a time: the others join it': async ({ hawser }) => {
    const conn = /** @type {any} */ (await hawser(TOGETHER).connection('slow', { type: SlowConnection }));
    const reads = ['a', 'a', 'a', 'b'].map((what) => conn.read(what));
    await turns();
    same(conn.loads, 2);
    conn.waiting[0].resolve('A');
    conn.waiting[1].resolve('B');
    const results = await Promise.all(reads);
    same(results, ['A', 'A', 'A', 'B']);
    await conn.read('a');
    same(conn.loads, 2);
  },

  'where requests must not wait for each other, only one request\'s callers join': async ({ hawser }) => {
    const conn = /** @type {any} */ (await hawser({ flightScope: 'request' }).connection('slow', { type: SlowConnection }));
    const [one, other] = [{}, {}];
    const reads = [one, one, other, undefined, undefined].map((scope) => conn.read('a', { scope }));
    await turns();
    same(conn.loads, 4);
    for (const { resolve } of conn.waiting) resolve('A');
    same(await Promise.all(reads), ['A', 'A', 'A', 'A', 'A']);
    same(await conn.read('a'), 'A');
    same(conn.loads, 4, 'all requests share what is cached');
  },

  'queries at the same time are loaded once': async (context) => {
    const { conn, sql } = await timed(context);
    const tables = await Promise.all([1, 2, 3].map(() => conn.query(sql)));
    same(tables.map((table) => table.cache.state).sort().filter((state) => state === 'miss').length, 1);
    same(tables.map((table) => table.length), [2, 2, 2]);
  },

  'a failure reaches everybody who waits and is not kept': async ({ hawser }) => {
    const conn = /** @type {any} */ (await hawser(TOGETHER).connection('slow', { type: SlowConnection }));
    const reads = [conn.read('a'), conn.read('a')].map((read) => read.catch((/** @type {Error} */ error) => error.message));
    await turns();
    conn.waiting[0].reject(new Error('no luck'));
    same(await Promise.all(reads), ['no luck', 'no luck']);
    const again = conn.read('a');
    await turns();
    same(conn.loads, 2);
    conn.waiting[1].resolve('A');
    await again;
  },

  'an abort rejects its caller; the load ends when nobody waits any more': async ({ hawser }) => {
    const conn = /** @type {any} */ (await hawser(TOGETHER).connection('slow', { type: SlowConnection }));
    const [one, two] = [new AbortController(), new AbortController()];
    const reads = [one, two].map(({ signal }) => conn.read('a', { signal }).catch((/** @type {Error} */ error) => error.name));
    await turns();
    one.abort();
    same(await reads[0], 'AbortError');
    same(conn.waiting[0].signal.aborted, false);
    two.abort();
    same(await reads[1], 'AbortError');
    await turns();
    same(conn.waiting[0].signal.aborted, true);
  },

  'an error is not cached': async ({ memory }) => {
    const conn = await memory();
    await fails(conn.query('select * from later'), 'ERR_QUERY');
    await conn.execute('create table later (a)');
    same((await conn.query('select * from later')).length, 0);
  },

  'clear and invalidate': async (context) => {
    const { conn, read } = await timed(context);
    await read({ tags: ['pets'] });
    conn.cache.invalidate({ tags: ['other'] });
    same((await read({ tags: ['pets'] })).state, 'hit');
    conn.cache.invalidate({ tags: ['pets'] });
    ok((await read({ tags: ['pets'] })).state !== 'hit', 'after invalidate it is no hit');
    await conn.cache.clear();
    same((await read()).state, 'miss');
  },

  'one reads one\'s own writes': async (context) => {
    const { conn, read } = await timed(context);
    await conn.execute('create table other (a)');
    await read();
    await conn.query('select * from other');
    await conn.execute("insert into pets (name) values ('Tweety')");
    same((await read()).state, 'miss');
    same((await conn.query('select * from other')).cache.state, 'hit', 'a table that was not written');
    await conn.executeMany('insert into other values (?)', [[1]]);
    same((await read()).state, 'hit');
    same((await conn.query('select * from other')).cache.state, 'miss');
    await conn.transaction((tx) => tx.execute('delete from pets'));
    same((await read()).state, 'miss');
  },

  'only-if-cached and no-store': async (context) => {
    const { conn, read } = await timed(context);
    await fails(conn.query('select 1', { cache: 'only-if-cached' }), 'ERR_CACHE_MISS');
    same((await read({ cache: 'no-store' })).state, 'bypass');
    await read();
    same((await read({ cache: 'only-if-cached' })).state, 'hit');
    same((await read({ cache: 'reload' })).state, 'miss');
  },

  'maxEntries keeps those used last': async ({ hawser }) => {
    const conn = await hawser().connection('db', { url: 'sqlite://', cache: { maxEntries: 2 } });
    const state = async (/** @type {number} */ i) => (await conn.query('select ?', { params: [i] })).cache.state;
    same([await state(1), await state(2), await state(1), await state(3)], ['miss', 'miss', 'hit', 'miss']);
    same([await state(1), await state(3), await state(2)], ['hit', 'hit', 'miss']);
  },
};
