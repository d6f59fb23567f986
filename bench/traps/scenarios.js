/**
 * Traps that caches were found in, as scenarios that any of them can be run through: by tests/js/cache-traps.test.js
 * for Hawser, by bench/traps.js for all.
 *
 * A scenario returns nothing when all is well, otherwise what went wrong. One that needs what a cache does not offer
 * throws {@link Unsupported}.
 */

/** A cache has no such thing. */
export class Unsupported extends Error {}

/**
 * A cached function, made the way that the library's documentation recommends.
 * @typedef {((...args: any[]) => Promise<any>) & {
 *   remove?: (...args: any[]) => unknown, clear?: () => unknown, invalidateTag?: (tag: string) => unknown,
 *   withSignal?: (signal: AbortSignal, ...args: any[]) => Promise<any> }} Cached
 *
 * @typedef {object} CacheOptions
 * @property {number} [ttl] Milliseconds. Default: an hour.
 * @property {number} [stale] Milliseconds after ttl in which the old value is served while it is refreshed.
 * @property {string[]} [tags]
 * @property {number} [maxEntries]
 * @property {number} [maxBytes]
 * @property {Map<string, unknown>} [storage] A second tier.
 *
 * @typedef {object} Subject
 * @property {(fn: (...args: any[]) => any, options?: CacheOptions) => Cached | Promise<Cached>} wrap In a cache of its own.
 * @property {(ms: number) => Promise<void>} wait Lets the cache's time pass.
 * @property {() => number} [entries] How many entries it holds in memory.
 */

/** A load that ends when it is told to. */
function held() {
  /** @type {{ resolve: (value: unknown) => void, reject: (error: unknown) => void, args: any[] }[]} */
  const calls = [];
  const fn = (/** @type {any[]} */ ...args) => new Promise((resolve, reject) => void calls.push({ resolve, reject, args }));
  return { fn, calls };
}

/** Until everything that is ready has run; some libraries take several turns before they load. */
const turns = async (until = () => false) => {
  for (let i = 0; i < 50 && !until(); i++) await new Promise((resolve) => setTimeout(resolve, 0));
};

/** @param {Promise<any>} promise */
const outcome = (promise) => promise.then((value) => ({ value }), (error) => ({ error }));

/** @template T @param {T | undefined} part @param {string} what @returns {T} */
function need(part, what) {
  if (part === undefined) throw new Unsupported(what);
  return part;
}

/** Pairs of argument lists that mean different things. */
const PAIRS = /** @type {[string, unknown[], unknown[]][]} */ ([
  ['undefined and null', [undefined], [null]],
  ['a Date and its text', [new Date(5)], [new Date(5).toISOString()]],
  ['NaN and null', [NaN], [null]],
  ['1n and 2n', [1n], [2n]],
  ['1n and 1', [1n], [1]],
  ['"1" and 1', ['1'], [1]],
  ['two Maps', [new Map([['a', 1]])], [new Map([['a', 2]])]],
  ['two Sets', [new Set([1])], [new Set([2])]],
  ['two ArrayBuffers', [new Uint8Array([1]).buffer], [new Uint8Array([2]).buffer]],
  ['two RegExps', [/a/], [/b/]],
  ['Uint8Array [1] and {0:1}', [new Uint8Array([1])], [{ 0: 1 }]],
  ['one text or two', ['doc1', 'acme'], ['doc1str:orgstr:acme']],
  ['SQL that differs after a ?', ['select ? and b = 1'], ['select ? and b = 2']],
]);

/** @type {Record<string, (subject: Subject) => Promise<string | undefined>>} */
export const scenarios = {
  'clear while a load is under way: the old value is not stored': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn);
    const clear = need(cached.clear ?? (cached.remove && (() => cached.remove?.('k'))), 'clear');
    const first = outcome(cached('k'));
    await turns(() => calls.length > 0);
    await clear();
    calls[0].resolve('old');
    await first;
    await turns();
    const second = outcome(cached('k'));
    await turns(() => calls.length > 1);
    if (calls.length < 2) return `later callers get ${JSON.stringify(await second)}`;
    calls[1].resolve('new');
    return 'value' in (await first) ? undefined : 'those who waited were rejected';
  },

  'a key is invalidated while it is loaded for the first time: not lost': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn, { tags: ['t'] });
    const invalidate = need(cached.invalidateTag, 'tags or prefixes');
    const first = outcome(cached('k'));
    await turns(() => calls.length > 0);
    await invalidate('t');
    calls[0].resolve('old');
    await first;
    await turns();
    const second = outcome(cached('k'));
    await turns(() => calls.length > 1);
    if (calls.length < 2) return `later callers get ${JSON.stringify(await second)}`;
    calls[1].resolve('new');
    return undefined;
  },

  'a thousand callers of a failing load: one load, and all hear of it': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      loads += 1;
      await turns();
      throw new Error('down');
    });
    const results = await Promise.all(Array.from({ length: 1000 }, () => outcome(cached('k'))));
    if (loads > 1) return `${loads} loads`;
    const silent = results.filter((result) => !('error' in result)).length;
    return silent ? `${silent} callers got ${JSON.stringify(/** @type {any} */ (results.find((result) => 'value' in result)).value)}` : undefined;
  },

  'a thousand callers of a key: one load': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      loads += 1;
      await turns();
      return 1;
    });
    await Promise.all(Array.from({ length: 1000 }, () => cached('k')));
    return loads > 1 ? `${loads} loads` : undefined;
  },

  'a failure is not cached': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      if (++loads === 1) throw new Error('down');
      return loads;
    });
    await outcome(cached('k'));
    const second = await outcome(cached('k'));
    return 'value' in second && second.value === 2 ? undefined : `then ${JSON.stringify(second)}`;
  },

  'a background refresh that fails is no unhandled rejection, and the old value stays': async ({ wrap, wait }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      if (++loads > 1) throw new Error('down');
      return 'old';
    }, { ttl: 20, stale: 60_000 });
    /** @type {unknown[]} */
    const unhandled = [];
    const hear = (/** @type {unknown} */ reason) => unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear);
    try {
      await cached('k');
      await wait(40);
      const stale = await outcome(cached('k'));
      await turns();
      const after = await outcome(cached('k'));
      await turns();
      if (loads === 1) throw new Unsupported('stale while revalidate');
      if (unhandled.length) return `${unhandled.length} unhandled rejections`;
      if (!('value' in stale) || stale.value !== 'old') return 'it does not serve the old value';
      return 'value' in after && after.value === 'old' ? undefined : `then ${'value' in after ? JSON.stringify(after.value) : 'the error'}`;
    } finally {
      process.off('unhandledRejection', hear);
      for (const other of others) process.on('unhandledRejection', other);
    }
  },

  'a second tier fills the first': async ({ wrap, entries }) => {
    const storage = new Map();
    const first = await wrap(async () => ({ n: 1 }), { storage });
    await first('k');
    await turns();
    let reads = 0;
    const counting = new Map(storage);
    counting.get = (key) => (reads++, Map.prototype.get.call(counting, key));
    const second = await wrap(async () => 'loaded again', { storage: counting });
    if ((await second('k'))?.n !== 1) return 'it does not find what is stored';
    await turns();
    const before = reads;
    await second('k');
    void entries;
    return reads > before ? 'each read goes to the second tier' : undefined;
  },

  'a ttl of more than 2^31 milliseconds': async ({ wrap, wait }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads, { ttl: 2 ** 31 + 1000 });
    await cached('k');
    await wait(30);
    await cached('k');
    return loads > 1 ? 'the entry vanishes at once' : undefined;
  },

  'a ttl of less than a second': async ({ wrap, wait }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads, { ttl: 50 });
    await cached('k');
    await cached('k');
    if (loads > 1) return 'it is not cached';
    await wait(120);
    await cached('k');
    return loads === 2 ? undefined : 'it lives longer';
  },

  "one caller's abort is his alone": async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn);
    const withSignal = need(cached.withSignal, 'abort');
    const [one, two] = [new AbortController(), new AbortController()];
    const first = outcome(withSignal(one.signal, 'k'));
    const second = outcome(withSignal(two.signal, 'k'));
    const third = outcome(cached('k'));
    await turns(() => calls.length > 0);
    two.abort(new Error('mine'));
    one.abort(new Error('mine'));
    await turns();
    calls[0].resolve(1);
    const [a, b, c] = await Promise.all([first, second, third]);
    if (!('value' in c)) return 'it cancels everybody';
    if ('value' in b) return 'the abort of one who joined is ignored';
    return 'value' in a ? 'the abort is ignored' : undefined;
  },

  'a caller changes what he got: the next one does not see it': async ({ wrap }) => {
    const cached = await wrap(async () => [{ n: 1 }]);
    const first = await cached('k');
    try {
      first[0].n = 2;
    } catch {
      // Frozen: as good.
    }
    const second = await cached('k');
    try {
      second[0].n = 3;
    } catch {
      // Frozen.
    }
    return (await cached('k'))[0].n === 1 ? undefined : 'the next reader sees it';
  },

  'an argument object is changed: it is another call': async ({ wrap }) => {
    const cached = await wrap(async (params) => params.x);
    const params = { x: 1 };
    await cached(params);
    params.x = 2;
    return (await cached(params)) === 2 ? undefined : 'the old key comes back';
  },

  'calls that mean different things have different keys': async ({ wrap }) => {
    /** @type {string[]} */
    const wrong = [];
    for (const [what, a, b] of PAIRS) {
      let loads = 0;
      const cached = await wrap(async () => ++loads);
      const [first, second] = [await outcome(cached(...a)), await outcome(cached(...b))];
      if (!('value' in first) || !('value' in second)) wrong.push(`${what}: throws`);
      else if (first.value === second.value) wrong.push(what);
    }
    return wrong.length ? wrong.join('; ') : undefined;
  },

  'the order of properties does not matter': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads);
    await cached({ a: 1, b: 2 });
    await cached({ b: 2, a: 1 });
    return loads > 1 ? 'loaded twice' : undefined;
  },

  'two inline functions do not share results': async ({ wrap }) => {
    const make = (/** @type {number} */ n) => wrap(async () => n);
    const [one, two] = [await make(1), await make(2)];
    return [await one('k'), await two('k')].join() === '1,2' ? undefined : 'one answers for the other';
  },

  'null is cached': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => (loads++, null));
    return (await cached('k')) === null && (await cached('k')) === null && loads === 1 ? undefined : `${loads} loads`;
  },

  'undefined is cached': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => (loads++, undefined));
    const [first, second] = [await outcome(cached('k')), await outcome(cached('k'))];
    if ('error' in first || 'error' in second) return 'it throws';
    return loads === 1 ? undefined : `${loads} loads`;
  },

  'a number of entries is kept to': async ({ wrap, entries }) => {
    const cached = await wrap(async (n) => n, { maxEntries: 10 });
    for (let n = 0; n < 100; n++) await cached(n);
    const held = need(entries, 'a bound on entries')();
    return held > 10 ? `${held} entries` : undefined;
  },

  'three entries of 600 bytes fit into 2,000 bytes, a fourth makes room': async ({ wrap }) => {
    /** @type {number[]} */
    const loaded = [];
    const cached = await wrap(async (n) => (loaded.push(n), new Uint8Array(600)), { maxBytes: 2000 });
    for (const n of [1, 2, 3, 1, 2, 3]) await cached(n);
    if (loaded.length > 3) return `${loaded.length - 3} of 3 were dropped`;
    await cached(4);
    await cached(1);
    return loaded.length === 5 ? undefined : 'the budget is not kept';
  },

  'eviction does not abort a load': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn, { maxEntries: 1 });
    const [a, b] = [outcome(cached('a')), outcome(cached('b'))];
    await turns(() => calls.length > 1);
    for (const call of calls) call.resolve(call.args[0]);
    return 'value' in (await a) && 'value' in (await b) ? undefined : 'a caller was rejected';
  },

  'what has expired frees its memory without being touched': async ({ wrap, wait, entries }) => {
    const cached = await wrap(async (n) => n, { ttl: 20 });
    for (let n = 0; n < 50; n++) await cached(n);
    await wait(60);
    await cached('another');
    const held = need(entries, 'a count of entries')();
    return held > 1 ? `${held - 1} expired entries are held` : undefined;
  },

  'values come back from a storage as they were': async ({ wrap }) => {
    const storage = new Map();
    const value = { at: new Date(5), none: NaN, big: 1n, bytes: new Uint8Array([1]), text: 'true' };
    const first = await wrap(async () => value, { storage });
    await outcome(first('k'));
    await turns();
    const second = await wrap(async () => 'loaded again', { storage });
    const back = await second('k');
    if (typeof back !== 'object') return 'it does not come back';
    const wrong = Object.entries(value).filter(([name, part]) => {
      const other = back[name];
      return !(Object.is(part, other) || (typeof part === 'object' && String(part) === String(other) && part.constructor.name === other.constructor?.name));
    });
    return wrong.length ? wrong.map(([name]) => name).join(', ') : undefined;
  },

  'a ttl holds in a storage too': async ({ wrap, wait }) => {
    const storage = new Map();
    let loads = 0;
    const load = async () => ++loads;
    await (await wrap(load, { storage, ttl: 30 }))('k');
    await turns();
    await wait(60);
    return (await (await wrap(load, { storage, ttl: 30 }))('k')) === 2 ? undefined : 'what has expired comes back';
  },

  'a damaged storage is a miss': async ({ wrap }) => {
    const storage = new Map();
    await (await wrap(async () => 'one', { storage }))('k');
    await turns();
    if (storage.size === 0) throw new Unsupported('a second tier');
    for (const key of storage.keys()) storage.set(key, 'damaged');
    const after = await outcome((await wrap(async () => 'two', { storage }))('k'));
    return 'value' in after && after.value === 'two' ? undefined : 'value' in after ? `it answers ${JSON.stringify(after.value)}` : 'it throws';
  },

  'a storage that fails fails no call': async ({ wrap }) => {
    const fail = async () => {
      throw new Error('quota');
    };
    const storage = /** @type {any} */ (Object.assign(new Map(), { get: fail, set: fail, delete: fail, has: fail }));
    const result = await outcome((await wrap(async () => 1, { storage }))('k'));
    return 'value' in result ? undefined : 'it throws';
  },
};
