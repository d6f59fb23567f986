/**
 * What a hit costs: a statement with two parameters whose result, 10 rows of 5 columns, is in the cache. Every call
 * builds its parameters anew, as calls in a program do, and is awaited. 128 statements take turns.
 */
import { QueryClient } from '@tanstack/query-core';
import { DefaultStatefulContext, Namespace, createCache as createUnkey } from '@unkey/cache';
import { MemoryStore } from '@unkey/cache/stores';
import { createCache as createDedupe } from 'async-cache-dedupe';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cacheable } from 'cacheable';
import { Keyv } from 'keyv';
import { LRUCache } from 'lru-cache';
import { createMemoryStorage, defineCachedFunction } from 'ocache';
import { createHawser } from '../js/index.js';
import { race } from './measure.js';

const CALLS = 50_000;
const KEYS = 128;
const ROUNDS = 21;
const HOUR = 3_600_000;
const SQL = 'select id, customer, year, amount, note from sales where customer = ? and year = ? order by id';
const BASELINE = 'Map + JSON.stringify, awaited';

/** @typedef {{ customer: string, year: number }} Params */
/** @typedef {{ name: string, get: (customer: string, year: number) => any, run: () => unknown }} Subject */

/** Made before: what a program puts into a statement comes from elsewhere. */
const CUSTOMERS = Array.from({ length: KEYS }, (_, i) => `customer-${i}`);
const customerOf = (/** @type {number} */ i) => CUSTOMERS[i & (KEYS - 1)];

/** @param {(params: Params) => Promise<any[]>} load What a peer keeps: an array of row objects. */
function peers(load) {
  /** @type {Subject[]} */
  const subjects = [];
  /** @param {string} name @param {Subject['get']} get @param {Subject['run']} run */
  const add = (name, get, run) => void subjects.push({ name, get, run });

  /** @type {Map<string, { value: any[], until: number }>} */
  const map = new Map();
  const bare = async (/** @type {string} */ text, /** @type {{ params: Params }} */ options) => {
    const key = JSON.stringify(['query', text, options]);
    const known = map.get(key);
    if (known !== undefined && known.until > Date.now()) return known.value;
    const value = await load(options.params);
    map.set(key, { value, until: Date.now() + HOUR });
    return value;
  };
  add(BASELINE, (customer, year) => bare(SQL, { params: { customer, year } }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += (await bare(SQL, { params: { customer: customerOf(i), year: 2026 } })).length;
    return rows;
  });

  /** @type {LRUCache<string, any[], Params>} */
  const lru = new LRUCache({ max: 1000, ttl: HOUR, fetchMethod: (_key, _old, { context }) => load(context) });
  const lruGet = (/** @type {string} */ text, /** @type {Params} */ params) => lru.fetch(JSON.stringify(['query', text, { params }]), { context: params });
  add('lru-cache fetch() + JSON.stringify', (customer, year) => lruGet(SQL, { customer, year }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += /** @type {any[]} */ (await lruGet(SQL, { customer: customerOf(i), year: 2026 })).length;
    return rows;
  });

  for (const plain of [true, false]) {
    const keyv = new Keyv(plain ? { serialize: undefined, deserialize: undefined } : {});
    const keyvGet = async (/** @type {string} */ text, /** @type {Params} */ params) => {
      const key = JSON.stringify(['query', text, { params }]);
      const known = await keyv.get(key);
      if (known !== undefined) return known;
      const value = await load(params);
      await keyv.set(key, value, HOUR);
      return value;
    };
    add(`keyv get()${plain ? ', without serialization' : ''}`, (customer, year) => keyvGet(SQL, { customer, year }), async () => {
      let rows = 0;
      for (let i = 0; i < CALLS; i++) rows += (await keyvGet(SQL, { customer: customerOf(i), year: 2026 })).length;
      return rows;
    });
  }

  const unkey = createUnkey({
    n: new Namespace(new DefaultStatefulContext(), { stores: [new MemoryStore({ persistentMap: new Map() })], fresh: HOUR, stale: HOUR }),
  });
  const unkeyGet = (/** @type {string} */ text, /** @type {Params} */ params) => unkey.n.swr(JSON.stringify(['query', text, { params }]), () => load(params));
  add('@unkey/cache swr()', async (customer, year) => (await unkeyGet(SQL, { customer, year })).val, async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += (await unkeyGet(SQL, { customer: customerOf(i), year: 2026 })).val.length;
    return rows;
  });

  const dedupe = /** @type {any} */ (createDedupe({ ttl: HOUR / 1000, storage: { type: 'memory' } }));
  dedupe.define('query', (/** @type {{ params: Params }} */ { params }) => load(params));
  add('async-cache-dedupe', (customer, year) => dedupe.query({ text: SQL, params: { customer, year } }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += (await dedupe.query({ text: SQL, params: { customer: customerOf(i), year: 2026 } })).length;
    return rows;
  });

  const nitro = defineCachedFunction((/** @type {string} */ _text, /** @type {Params} */ params) => load(params), {
    name: 'query', maxAge: HOUR / 1000, swr: false, storage: createMemoryStorage(),
  });
  add('ocache cachedFunction()', (customer, year) => nitro(SQL, { customer, year }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += (await nitro(SQL, { customer: customerOf(i), year: 2026 })).length;
    return rows;
  });

  for (const plain of [true, false]) {
    const bento = new BentoCache({ default: 'm', stores: { m: bentostore().useL1Layer(memoryDriver({ maxItems: 1000, ...(plain && { serialize: false }) })) } });
    const bentoGet = (/** @type {string} */ text, /** @type {Params} */ params) =>
      bento.getOrSet({ key: JSON.stringify(['query', text, { params }]), ttl: HOUR, factory: () => load(params) });
    add(`bentocache getOrSet()${plain ? ', without serialization' : ''}`, (customer, year) => bentoGet(SQL, { customer, year }), async () => {
      let rows = 0;
      for (let i = 0; i < CALLS; i++) rows += (await bentoGet(SQL, { customer: customerOf(i), year: 2026 })).length;
      return rows;
    });
  }

  const client = new QueryClient();
  const tanstackGet = (/** @type {string} */ text, /** @type {Params} */ params) =>
    client.fetchQuery({ queryKey: ['query', text, { params }], queryFn: () => load(params), staleTime: HOUR });
  add('TanStack fetchQuery()', (customer, year) => tanstackGet(SQL, { customer, year }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += (await tanstackGet(SQL, { customer: customerOf(i), year: 2026 })).length;
    return rows;
  });

  const cacheable = new Cacheable({ ttl: HOUR });
  const cacheableGet = (/** @type {string} */ text, /** @type {Params} */ params) =>
    cacheable.getOrSet(JSON.stringify(['query', text, { params }]), () => load(params), { ttl: HOUR });
  add('cacheable getOrSet()', (customer, year) => cacheableGet(SQL, { customer, year }), async () => {
    let rows = 0;
    for (let i = 0; i < CALLS; i++) rows += /** @type {any[]} */ (await cacheableGet(SQL, { customer: customerOf(i), year: 2026 })).length;
    return rows;
  });
  return { subjects, close: () => client.clear() };
}

/**
 * @param {import('../js/hawser.js').Hawser} hawser
 * @param {import('../js/connections/sql.js').SqlConnection} conn
 * @param {(params: Params) => Promise<any[]>} load
 */
function ours(hawser, conn, load) {
  const hourly = conn.with({ ttl: '1h' });
  const cached = hawser.cacheData((/** @type {string} */ _text, /** @type {{ params: Params }} */ { params }) => load(params), { ttl: '1h' });
  const named = SQL.replace('?', ':customer').replace('?', ':year');
  return /** @type {Subject[]} */ ([
    {
      name: 'Hawser conn.sql`…`',
      get: (customer, year) => conn.sql`select id, customer, year, amount, note from sales where customer = ${customer} and year = ${year} order by id`,
      run: async () => {
        let rows = 0;
        for (let i = 0; i < CALLS; i++) {
          rows += (await conn.sql`select id, customer, year, amount, note from sales where customer = ${customerOf(i)} and year = ${2026} order by id`).length;
        }
        return rows;
      },
    },
    {
      name: 'Hawser conn.with({ ttl }).sql`…`',
      get: (customer, year) => hourly.sql`select id, customer, year, amount, note from sales where customer = ${customer} and year = ${year} order by id`,
      run: async () => {
        let rows = 0;
        for (let i = 0; i < CALLS; i++) {
          rows += (await hourly.sql`select id, customer, year, amount, note from sales where customer = ${customerOf(i)} and year = ${2026} order by id`).length;
        }
        return rows;
      },
    },
    {
      name: 'Hawser conn.query(text, { params })',
      get: (customer, year) => conn.query(named, { params: { customer, year } }),
      run: async () => {
        let rows = 0;
        for (let i = 0; i < CALLS; i++) rows += (await conn.query(named, { params: { customer: customerOf(i), year: 2026 } })).length;
        return rows;
      },
    },
    {
      name: 'Hawser conn.query(text, { params, ttl })',
      get: (customer, year) => conn.query(named, { params: { customer, year }, ttl: '1h' }),
      run: async () => {
        let rows = 0;
        for (let i = 0; i < CALLS; i++) rows += (await conn.query(named, { params: { customer: customerOf(i), year: 2026 }, ttl: '1h' })).length;
        return rows;
      },
    },
    {
      name: 'Hawser cacheData(fn)(text, { params })',
      get: (customer, year) => cached(SQL, { params: { customer, year } }),
      run: async () => {
        let rows = 0;
        for (let i = 0; i < CALLS; i++) rows += (await cached(SQL, { params: { customer: customerOf(i), year: 2026 } })).length;
        return rows;
      },
    },
  ]);
}

/** @param {{ progress: (text: string) => void }} options */
export async function run({ progress }) {
  const hawser = createHawser({ secrets: [], cache: { ttl: '1h' } });
  const conn = await hawser.connection('sql', { url: 'sqlite://' });
  await conn.execute('create table sales (id integer primary key, customer text, year integer, amount real, note text)');
  await conn.executeMany(
    'insert into sales (customer, year, amount, note) values (?, ?, ?, ?)',
    Array.from({ length: KEYS * 10 }, (_, i) => [customerOf(i), 2026, i * 1.25, `note ${i}`]),
  );
  let loads = 0;
  const load = async (/** @type {Params} */ { customer, year }) => {
    loads += 1;
    return (await conn.query(SQL, { params: [customer, year], cache: 'no-store' })).toArray();
  };
  const { subjects: others, close } = peers(load);
  const subjects = [...ours(hawser, conn, load), ...others];

  // Before anything is timed: all have the same rows for every statement.
  for (let i = 0; i < KEYS; i++) {
    const expected = JSON.stringify((await conn.query(SQL, { params: [customerOf(i), 2026], cache: 'no-store' })).toArray());
    for (const { name, get } of subjects) {
      for (let time = 0; time < 2; time++) {
        const value = await get(customerOf(i), 2026);
        const got = JSON.stringify('toArray' in value ? value.toArray() : value);
        if (got !== expected) throw new Error(`${name} answers ${got.slice(0, 200)}, expected ${expected.slice(0, 200)}`);
      }
    }
  }
  const [loaded, missed] = [loads, hawser.stats().misses];
  const section = await race({
    title: 'A hit',
    note: `An awaited call with the text of a statement (${SQL.length} characters) and two parameters, ${KEYS} different ones in turn; ttl of an hour.`,
    baseline: BASELINE,
    contestants: subjects.map(({ name, run: timed }) => ({ name, run: timed })),
    rounds: ROUNDS,
    operations: CALLS,
    answer: String,
    progress,
  });
  if (loads !== loaded || hawser.stats().misses !== missed) throw new Error('Not every call was a hit.');
  close();
  await hawser.close();
  return [section];
}
