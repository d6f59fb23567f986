/**
 * Traps in what is kept, for how long, and in whose hands.
 */
import { need, outcome, turns } from './subject.js';

/** @type {import('./subject.js').Scenarios} */
export const values = {
  'a ttl of a month, more than 2^31 milliseconds': async ({ wrap, wait }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads, { ttl: 2_592_000_000 });
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

  'a number of entries is kept to, and those used last stay': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async (n) => (loads++, n), { maxEntries: 10 });
    for (let n = 0; n < 100; n++) {
      await cached(n);
      await cached(0);
    }
    if (loads > 100) return 'what was just used goes';
    loads = 0;
    for (const n of [...Array.from({ length: 9 }, (_, i) => 99 - i), 0]) await cached(n);
    if (loads) return `${loads} of the last 10 are gone`;
    for (let n = 1; n < 90; n++) await cached(n);
    return loads < 89 ? `${89 - loads} more than 10 are kept` : undefined;
  },

  'three entries of 600 bytes fit into 2,000 bytes, a fourth makes room': async ({ wrap }) => {
    /** @type {number[]} */
    const loaded = [];
    const cached = await wrap(async (n) => (loaded.push(n), new Uint8Array(600)), { maxBytes: 2000 });
    for (const n of [1, 2, 3]) await cached(n);
    await turns();
    for (const n of [3, 2, 1]) await cached(n);
    if (loaded.length > 3) return `${loaded.length - 3} of 3 were dropped`;
    await cached(4);
    await turns();
    for (const n of [1, 2, 4, 3]) await cached(n);
    return loaded.length === 5 ? undefined : 'the budget is not kept';
  },

  'what has expired frees its memory without being touched': async ({ wrap, wait, entries, tick = 1 }) => {
    const ttl = Math.max(20, tick);
    const cached = await wrap(async (n) => n, { ttl });
    for (let n = 0; n < 50; n++) await cached(n);
    await wait(3 * ttl);
    await cached('another');
    const held = need(entries, 'a count of entries')();
    return held > 1 ? `${held - 1} expired entries are held` : undefined;
  },
};
