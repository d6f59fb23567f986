/**
 * A page whose results are shared with other tabs: what the tests of tabs and of the browser's storages drive.
 */
import { createHawser, indexedDbStorage, opfsStorage } from '../../js/index.js';

const clock = { late: 0, now: () => Date.now() + clock.late };
/** @type {any[]} */
const errors = [];
let loads = 0;
/** Loads wait for it. @type {Promise<unknown> | undefined} */
let held;
let release = () => {};

const hawser = createHawser({
  secrets: [],
  clock,
  cache: { broadcast: true, refreshLock: true },
  hooks: { onError: ({ phase, error }) => errors.push({ phase, name: error.name }) },
});
const options = { ttl: '1m', staleWhileRevalidate: '1d' };
const load = async (/** @type {string} */ word, size = 0) => {
  loads += 1;
  await held;
  return { word, load: loads, tab: name(), ballast: 'x'.repeat(size) };
};
const name = () => new URLSearchParams(location.search).get('tab');

/** @type {Record<string, any>} */
const functions = {
  memory: hawser.cacheData(load, { ...options, name: 'words', tags: (_value, word) => [word] }),
  nameless: hawser.cacheData((/** @type {string} */ word) => load(word), { ...options, tags: ['nameless'] }),
  indexedDb: hawser.cacheData(load, { ...options, name: 'in IndexedDB', persist: indexedDbStorage({ name: 'hawser-tabs' }) }),
  opfs: hawser.cacheData(load, { ...options, name: 'in OPFS', persist: opfsStorage({ directory: 'hawser-tabs' }) }),
};

Object.assign(globalThis, {
  tab: {
    /** @param {string} which @param {...any} args */
    read: async (which, ...args) => {
      const { word, load: number, tab } = await functions[which](...args);
      return { word, load: number, tab };
    },
    /** @param {string} which @param {string} how @param {...any} args */
    call: (which, how, ...args) => void (which === 'all' ? /** @type {any} */ (hawser.cache) : functions[which])[how](...args),
    hold: () => void (held = new Promise((resolve) => (release = () => resolve(undefined)))),
    release: () => (release(), (held = undefined)),
    pass: (/** @type {number} */ ms) => void (clock.late += ms),
    get state() {
      return { loads, errors, ...hawser.stats() };
    },
    close: () => hawser.close(),
  },
});
