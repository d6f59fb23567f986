/**
 * Requests at the same time in one workerd isolate: none may wait for a promise that another one keeps alive.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorker } from '../conformance/runners/workerd.js';

/** @type {import('miniflare').Miniflare} */
let worker;
/** Who waits at the gate, by what for. @type {Map<string, { open: () => void, arrived: Promise<unknown>, count: number }>} */
const gates = new Map();

/**
 * Makes those who ask for `what` wait.
 * @param {string} what
 * @param {number} expected When so many have come, `arrived` resolves.
 */
function holdAt(what, expected) {
  /** @type {any} */
  const gate = { count: 0 };
  gate.opened = new Promise((resolve) => (gate.open = resolve));
  gate.arrived = new Promise((resolve) => (gate.come = () => ++gate.count === expected && resolve(undefined)));
  gates.set(what, gate);
  return gate;
}

beforeAll(async () => {
  worker = await startWorker(new URL('../workerd/requests.js', import.meta.url), {
    serviceBindings: {
      async GATE(/** @type {Request} */ request) {
        const what = new URL(request.url).pathname.slice(1);
        const gate = /** @type {any} */ (gates.get(what));
        gate?.come();
        await gate?.opened;
        return Response.json(what === 'secrets' ? { word: 'hello' } : { what, count: gate?.count });
      },
    },
  });
}, 60_000);
afterAll(() => worker?.dispose());

/** @param {string} path */
async function ask(path) {
  const response = await worker.dispatchFetch(`http://localhost${path}`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}

test('each loads for itself, and what is cached serves all', async () => {
  const gate = holdAt('value', 2);
  const both = [ask('/read'), ask('/read')];
  await gate.arrived; // Would never happen if the second request joined the load of the first.
  gate.open();
  expect(await Promise.all(both)).toEqual([{ what: 'value', count: 2 }, { what: 'value', count: 2 }]);
  await ask('/read');
  expect(gate.count).toBe(2);
  expect(await ask('/stats')).toMatchObject({ connections: 1 });
});

test('a request that is cancelled while it fetches secrets holds up nobody', async () => {
  const never = holdAt('secrets', 1);
  const controller = new AbortController();
  const cancelled = worker.dispatchFetch('http://localhost/secret', { signal: controller.signal }).catch((error) => error.name);
  await never.arrived;
  controller.abort();
  expect(await cancelled).toBe('AbortError');

  const gate = holdAt('secrets', 2);
  const both = [ask('/secret'), ask('/secret')];
  await gate.arrived; // Each fetches them for itself.
  gate.open();
  expect(await Promise.all(both)).toEqual(['hello', 'hello']);
  expect(await ask('/secret')).toBe('hello');
  expect(gate.count).toBe(2);
});

test('a transaction that waits for the network holds up another request, and no longer', async () => {
  const gate = holdAt('transaction', 1);
  const both = [ask('/transaction'), ask('/transaction')];
  await gate.arrived;
  gate.open();
  expect((await Promise.all(both)).sort()).toEqual([1, 2]);
});
