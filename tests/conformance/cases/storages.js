/** Results that outlive an instance, in every storage that the runtime has. */
import { Table, directoryStorage, indexedDbStorage, opfsStorage } from '../../../js/index.js';
import { fails, ok, same } from '../assert.js';

/** @param {import('../suite.js').Facts['storages']} own @returns {Promise<Record<string, any>>} */
async function storagesOf(own) {
  /** @type {Record<string, any>} */
  const storages = { map: new Map() };
  if (own.includes('caches')) storages.caches = await caches.open('hawser-conformance');
  if (own.includes('opfs')) storages.opfs = opfsStorage({ directory: 'hawser-conformance' });
  if (own.includes('indexedDb')) storages.indexedDb = indexedDbStorage({ name: 'hawser-conformance' });
  if (own.includes('folder')) {
    const os = 'node:os'; // Not for bundlers to follow.
    const { tmpdir } = await import(os);
    storages.folder = directoryStorage(`${tmpdir()}/hawser-conformance`);
  }
  return storages;
}

/** @type {Record<string, import('../suite.js').Case>} */
export const storages = {
  'results come back in another instance, until they are cleared': async ({ facts, hawser }) => {
    for (const [kind, persist] of Object.entries(await storagesOf(facts.storages))) {
      const value = { kind, at: new Date(5), list: [1n, -0.5, 'ä', new Uint8Array([1, 2])] };
      /** @type {Promise<unknown>[]} */
      const work = [];
      const clock = { time: Date.now(), now: () => clock.time };
      let loads = 0;
      const read = (/** @type {() => unknown} */ load) => {
        const options = { clock, waitUntil: (/** @type {Promise<unknown>} */ done) => work.push(done) };
        return hawser(options).cacheData(() => (loads++, load()), { name: `conformance ${kind}`, ttl: '1h', persist });
      };
      const first = read(() => value);
      same(await first(), value, kind);
      await Promise.all(work);
      same(await read(() => 'anew')(), value, kind);
      same(loads, 1, kind);
      clock.time += 1;
      first.clear();
      await Promise.all(work);
      same(await read(() => 'anew')(), 'anew', kind);
      clock.time += 1;
      first.clear();
      await Promise.all(work);
    }
  },

  'a table keeps its column types': async ({ hawser }) => {
    const persist = new Map();
    /** @type {Promise<unknown>[]} */
    const work = [];
    const options = { waitUntil: (/** @type {Promise<unknown>} */ done) => work.push(done) };
    const table = Table.from([{ n: 1.5, t: 'a', b: 2n ** 60n }, { n: 2, t: null, b: 1n }]);
    await hawser(options).cacheData(() => table, { name: 'table', persist })();
    await Promise.all(work);
    const back = /** @type {Table} */ (await hawser(options).cacheData(() => table.at(0), { name: 'table', persist })());
    ok(back instanceof Table, 'a Table comes back');
    same(back.columns, table.columns);
    same(back.toArray(), table.toArray());
  },

  'a storage that the runtime does not have is refused by name': async ({ facts }) => {
    if (!facts.storages.includes('opfs')) await fails(() => opfsStorage(), 'ERR_NOT_SUPPORTED');
    if (!facts.storages.includes('folder')) await fails(() => directoryStorage('x'), 'ERR_NOT_SUPPORTED');
  },
};
