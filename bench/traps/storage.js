/**
 * Traps of a second tier: what is kept beyond the memory.
 */
import { Unsupported, giving, outcome, turns } from './subject.js';

/** @type {import('./subject.js').Scenarios} */
export const storage = {
  'a second tier fills the first': async ({ wrap, tiered = true }) => {
    if (!tiered) throw new Unsupported('a first tier');
    const storage = new Map();
    const first = await wrap(giving({ n: 1 }), { storage });
    await first('k');
    await turns();
    let reads = 0;
    const counting = new Map(storage);
    counting.get = (key) => (reads++, Map.prototype.get.call(counting, key));
    const second = await wrap(giving('loaded again'), { storage: counting });
    if ((await second('k'))?.n !== 1) return 'it does not find what is stored';
    await turns();
    const before = reads;
    await second('k');
    return reads > before ? 'each read goes to the second tier' : undefined;
  },

  'values come back from a storage as they were': async ({ wrap }) => {
    const storage = new Map();
    const value = { at: new Date(5), none: NaN, big: 1n, bytes: new Uint8Array([1]), text: 'true' };
    const first = await wrap(giving(value), { storage });
    await outcome(first('k'));
    await turns();
    const second = await wrap(giving('loaded again'), { storage });
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
    await (await wrap(giving('one'), { storage }))('k');
    await turns();
    if (storage.size === 0) throw new Unsupported('a second tier');
    for (const key of storage.keys()) storage.set(key, 'damaged');
    const after = await outcome((await wrap(giving('two'), { storage }))('k'));
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
