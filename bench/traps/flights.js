/**
 * Traps around loads that are under way, that fail, or that nobody wants any more.
 */
import { Unsupported, held, need, outcome, turns } from './subject.js';

/** @typedef {import('./subject.js').Cached} Cached */

/**
 * A load is under way when its key is forgotten.
 * @param {Cached} cached
 * @param {ReturnType<typeof held>['calls']} calls
 * @param {() => unknown} forget
 */
async function forgottenInFlight(cached, calls, forget) {
  const first = outcome(cached('k'));
  await turns(() => calls.length > 0);
  await forget();
  calls[0].resolve('old');
  await turns();
  const second = outcome(cached('k'));
  await turns(() => calls.length > 1);
  if (calls.length < 2) return `later callers get ${JSON.stringify(await second)}`;
  calls[1].resolve('new');
  return 'value' in (await first) ? undefined : 'those who waited were rejected';
}

/** @type {import('./subject.js').Scenarios} */
export const flights = {
  'clear while a load is under way: the old value is not stored': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn);
    return forgottenInFlight(cached, calls, need(cached.clear, 'clear'));
  },

  'a key is removed while it is loaded: the old value is not stored': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn);
    const remove = need(cached.remove, 'removal');
    return forgottenInFlight(cached, calls, () => remove('k'));
  },

  'a tag or prefix is invalidated while its first value is loaded: not lost': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn, { tags: ['t'] });
    const invalidate = need(cached.invalidateTag, 'tags or prefixes');
    return forgottenInFlight(cached, calls, () => invalidate('t'));
  },

  'a tag is invalidated in the millisecond of storing: neither too much nor too little': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => ++loads, { tags: ['t'] });
    const invalidate = need(cached.invalidateTag, 'tags or prefixes');
    for (let i = 1; i <= 100; i++) {
      if ((await cached('k')) !== i) return 'what was invalidated is served';
      if ((await cached('k')) !== i) return 'what was stored afterwards is lost';
      await invalidate('t');
    }
    return undefined;
  },

  'a thousand callers of a failing load: one load, and all hear of it': async ({ wrap }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      loads += 1;
      await new Promise((resolve) => setTimeout(resolve, 2));
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

  "a load's error reaches its caller": async ({ wrap }) => {
    const cached = await wrap(async () => {
      throw new Error('down');
    });
    const result = await outcome(cached('k'));
    return 'error' in result ? undefined : `he gets ${JSON.stringify(result.value)}`;
  },

  'the same when old values may be served and there is none': async ({ wrap }) => {
    const cached = await wrap(async () => {
      throw new Error('down');
    }, { stale: 60_000 });
    const result = await outcome(cached('k'));
    return 'error' in result ? undefined : `he gets ${JSON.stringify(result.value)}`;
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

  'a background refresh that fails is no unhandled rejection, and the old value stays': async ({ wrap, wait, tick = 1 }) => {
    let loads = 0;
    const cached = await wrap(async () => {
      if (++loads > 1) throw new Error('down');
      return 'old';
    }, { ttl: Math.max(20, tick), stale: 60_000 });
    /** @type {unknown[]} */
    const unhandled = [];
    const hear = (/** @type {unknown} */ reason) => unhandled.push(reason);
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear);
    try {
      await cached('k');
      await wait(Math.max(20, tick) * 2);
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

  'eviction does not abort a load': async ({ wrap }) => {
    const { fn, calls } = held();
    const cached = await wrap(fn, { maxEntries: 1 });
    const [a, b] = [outcome(cached('a')), outcome(cached('b'))];
    await turns(() => calls.length > 1);
    for (const call of calls) call.resolve(call.args[0]);
    return 'value' in (await a) && 'value' in (await b) ? undefined : 'a caller was rejected';
  },
};
