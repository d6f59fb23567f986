/**
 * Caching in a real workerd: Workers KV and the Cache API as storages, background work that outlives its response, and requests
 * that must not wait for each other.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorker } from '../conformance/runners/workerd.js';

/** @type {import('miniflare').Miniflare} */
let worker;
/** How often the Worker has come for what. @type {Map<string, number>} */
const counts = new Map();
/** Who is made to wait. @type {Map<string, { opened: Promise<unknown>, come: () => void }>} */
const held = new Map();

/** @param {string} what @param {number} [expected] When so many have come, `arrived` resolves. */
function hold(what, expected = 1) {
  /** @type {() => void} */
  let open = () => {};
  /** @type {Promise<void>} */
  let arrived = Promise.resolve();
  const opened = new Promise((resolve) => (open = () => resolve(undefined)));
  let left = expected;
  arrived = new Promise((resolve) => held.set(what, { opened, come: () => --left === 0 && resolve(undefined) }));
  return { arrived, open: () => (held.delete(what), open()) };
}

beforeAll(async () => {
  worker = await startWorker(new URL('../workerd/caching.js', import.meta.url), {
    kvNamespaces: ['KV'],
    serviceBindings: {
      async GATE(/** @type {Request} */ request) {
        const what = new URL(request.url).pathname.slice(1);
        const count = (counts.get(what) ?? 0) + 1;
        counts.set(what, count);
        const gate = held.get(what);
        gate?.come();
        await gate?.opened;
        return Response.json(`${what} ${count}`);
      },
    },
  });
}, 60_000);
afterAll(() => worker?.dispose());

/** @param {string} path @param {RequestInit} [init] */
async function ask(path, init) {
  const response = await worker.dispatchFetch(`http://localhost${path}`, /** @type {any} */ (init));
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

/** Asks until the answer is as wanted: what goes on in the background takes its time. @param {string} path @param {(answer: any) => boolean} wanted */
async function until(path, wanted) {
  for (;;) {
    const answer = await ask(path);
    if (wanted(answer)) return answer;
  }
}

/** @type {Map<string, number>} */
const seen = new Map();

/** The count of `what` when this was asked last. @param {string} what */
function lastCount(what) {
  const before = seen.get(what);
  seen.set(what, counts.get(what) ?? 0);
  return before;
}

test('Workers KV: stored behind the response, found by another instance, with an expiry; invalidated', async () => {
  expect(await ask('/kv?name=a')).toBe('a 1');
  const [entry] = await until('/kv/entries', (entries) => entries.length > 0);
  expect(entry.name).toMatch(/^hawser[0-9a-f]{64}$/);
  expect(entry.expiration * 1000 - Date.now()).toBeGreaterThan(3_000_000);
  expect(await ask('/kv?name=a')).toBe('a 1');
  await ask('/kv/clear?name=a');
  expect(await until('/kv?name=a', (answer) => answer !== 'a 1')).toBe('a 2');
});

test('the Cache API: stored behind the response, found by another instance; cleared', async () => {
  expect(await ask('/cache?name=b')).toBe('b 1');
  const kept = await until('/cache?name=b', () => Number(counts.get('b')) === lastCount('b')); // Until one was not loaded.
  const count = counts.get('b');
  expect([await ask('/cache?name=b'), counts.get('b')]).toEqual([kept, count]);
  await ask('/cache/clear?name=b');
  await until('/cache?name=b', () => Number(counts.get('b')) > Number(count));
});

test('a stale result is answered at once, and refreshed behind the response', async () => {
  expect(await ask('/refreshed')).toBe('refreshed 1');
  const gate = hold('refreshed');
  const stale = await until('/refreshed', () => true); // Would never come if it waited for the refresh.
  expect(stale).toBe('refreshed 1');
  await gate.arrived;
  gate.open();
  await until('/refreshed', (answer) => answer !== 'refreshed 1');
});

test('a resource is made once for all requests, after the first', async () => {
  expect(await ask('/resource')).toEqual({ made: 'resource 1' });
  expect(await Promise.all([ask('/resource'), ask('/resource')])).toEqual([{ made: 'resource 1' }, { made: 'resource 1' }]);
});

test('a request that never gets to store its result holds up nobody', async () => {
  const gate = hold('set');
  expect(await ask('/slow?n=1')).toBe('slow1 1');
  await gate.arrived;
  expect(await ask('/slow?n=2')).toBe('slow2 1'); // The first one has left memory.
  expect(await ask('/slow?n=1')).toBe('slow1 2');
  await ask('/slow/clear?n=1');
  expect(await ask('/slow?n=1')).toBe('slow1 3');
  gate.open();
});

test('a request that is cancelled while it opens a connection holds up nobody', async () => {
  const never = hold('open');
  const controller = new AbortController();
  const cancelled = ask('/open', { signal: controller.signal }).catch((error) => error.name);
  await never.arrived;
  controller.abort();
  expect(await cancelled).toBe('AbortError');
  const gate = hold('open', 2);
  const both = [ask('/open'), ask('/open')];
  await gate.arrived; // Each opens one for itself.
  gate.open();
  expect((await Promise.all(both)).every((answer) => /^open \d$/.test(answer))).toBe(true);
  const count = counts.get('open');
  expect(await ask('/open')).toMatch(/^open \d$/);
  expect(counts.get('open')).toBe(count); // What has been opened serves all.
});

test('callers of one request share a load, those of others do not join it', async () => {
  const gate = hold('scoped', 2);
  const both = [ask('/scoped'), ask('/scoped')];
  await gate.arrived;
  gate.open();
  expect(await Promise.all(both)).toEqual(expect.arrayContaining([Array(3).fill('scoped 1'), Array(3).fill('scoped 2')]));
  expect(counts.get('scoped')).toBe(2);
});
