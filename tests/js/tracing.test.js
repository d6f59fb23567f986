/**
 * Spans: what Node's tracing channels say of loads, connections and calls, and that it costs nothing when nobody listens.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { channel, tracingChannel } from 'node:diagnostics_channel';
import { afterEach, expect, test } from '@jest/globals';
import { Tracer } from '../../js/tracing.js';
import { makeClass, makeHawser, settle } from './connection-helpers.js';

/** @type {(() => void)[]} */
const off = [];
afterEach(() => off.splice(0).forEach((unsubscribe) => unsubscribe()));

/** @param {string} name @returns {[string, any][]} What is said on it. */
function listen(name) {
  /** @type {[string, any][]} */
  const said = [];
  const parts = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];
  const subscribers = /** @type {any} */ (Object.fromEntries(parts.map((part) => [part, (/** @type {any} */ span) => said.push([part, span])])));
  tracingChannel(name).subscribe(subscribers);
  off.push(() => tracingChannel(name).unsubscribe(subscribers));
  return said;
}

test('a load is a span; its messages are one object, without result and without parameters', async () => {
  const { hawser } = makeHawser();
  const said = listen('hawser.load');
  const fn = hawser.cacheData(async (/** @type {string} */ word) => ({ rows: [word] }), { name: 'words' });
  await Promise.all([fn('a-parameter'), fn('a-parameter')]);
  await fn('a-parameter');
  expect(said.map(([part]) => part)).toEqual(['start', 'end', 'asyncStart', 'asyncEnd']);
  expect(new Set(said.map(([, span]) => span)).size).toBe(1);
  expect(said[0][1]).toEqual({ space: 'data:words', key: expect.stringMatching(/^[0-9a-z]{22}$/), background: false });
});

test('a failing load: its error, without the values of secrets', async () => {
  const { hawser } = makeHawser({ secrets: [{ values: { connections: { a: { password: 'hunter2-of-a' } } } }] });
  await hawser.secrets.load();
  const said = listen('hawser.load');
  /** @type {any[]} */
  const events = [];
  hawser.on('onError', (event) => events.push(event));
  const failing = hawser.cacheData(async () => {
    throw new TypeError('hunter2-of-a does not work');
  });
  await expect(failing()).rejects.toThrow(TypeError);
  expect(said.map(([part]) => part)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
  for (const { error } of [said[0][1], events[0]]) expect([error.name, error.message]).toEqual(['TypeError', '[redacted] does not work']);
  expect(events[0]).toMatchObject({ phase: 'load', duration: 0, background: false, stale: false });
});

test('refreshes say that they run in the background', async () => {
  const { hawser, clock } = makeHawser();
  const fn = hawser.cacheData(async () => 1, { ttl: 1, staleWhileRevalidate: 10 });
  await fn();
  clock.time += 2_000;
  const said = listen('hawser.load');
  await fn();
  await settle();
  expect(said.map(([part, { background }]) => [part, background])).toEqual(['start', 'end', 'asyncStart', 'asyncEnd'].map((part) => [part, true]));
});

test('opening a client and calling it are spans, inside of the load that needs them', async () => {
  const { Counted } = makeClass();
  const { hawser } = makeHawser();
  const conn = /** @type {any} */ (await hawser.connection('a', { type: Counted, password: 'hunter2-of-a' }));
  const all = ['hawser.load', 'hawser.call', 'hawser.connect'].map((name) => /** @type {const} */ ([name, listen(name)]));
  const store = new AsyncLocalStorage();
  const inside = [];
  for (const [name] of all) {
    const { start } = tracingChannel(name);
    start.bindStore(store, (span) => ({ name, parent: store.getStore(), span }));
    off.push(() => start.unbindStore(store));
  }
  off.push(hawser.on('onConnect', () => inside.push(store.getStore())));
  await conn.read('x');
  const [load, call, connect] = all.map(([, said]) => said.find(([part]) => part === 'asyncEnd')?.[1]);
  expect(load).toMatchObject({ background: false });
  expect(call).toEqual({ connection: 'a', type: 'Counted', phase: 'read' });
  expect(connect).toEqual({ connection: 'a', type: 'Counted' });
  expect(inside).toMatchObject([{ name: 'hawser.call', parent: { name: 'hawser.load' } }]);
  await conn.use(async () => 1, 'mine');
  expect(all[1][1].at(-1)?.[1]).toEqual({ connection: 'a', type: 'Counted', phase: 'mine' });
});

test('what connections do is said on a channel, with hooks or without', async () => {
  const { Counted } = makeClass({ fail: true });
  /** @type {any[]} */
  const said = [];
  const hear = (/** @type {unknown} */ message) => said.push(message);
  channel('hawser:connection').subscribe(hear);
  off.push(() => channel('hawser:connection').unsubscribe(hear));
  const { hawser } = makeHawser();
  const conn = /** @type {any} */ (await hawser.connection('a', { type: Counted, maxEntries: 1, n: 1 }));
  await conn.read('x');
  await conn.reset().catch(() => {});
  await conn.raw();
  await hawser.connection('a', { type: Counted, maxEntries: 1, n: 2 });
  await settle();
  expect(said.map(({ event, connection, reason, phase }) => [event, connection, reason ?? phase])).toEqual([
    ['onConnect', 'a', undefined],
    ['onReset', 'a', 'reset() was called'],
    ['onConnect', 'a', undefined],
    ['onClose', 'a', 'more than 1 connections'],
    ['onError', 'a', 'close'],
  ]);
  await hawser.close().catch(() => {});
});

test('nobody listens: the work is run as it is, and nothing is described', () => {
  const tracer = new Tracer('hawser.test');
  const describe = () => {
    throw new Error('must not be called');
  };
  expect(tracer.run(describe, () => 5)).toBe(5);
  expect(tracer.active).toBe(false);
});

test('work that throws at once', async () => {
  const said = listen('hawser.test');
  const work = () => {
    throw new Error('at once');
  };
  await expect(new Tracer('hawser.test').run(() => ({}), work)).rejects.toThrow('at once');
  expect(said.map(([part]) => part)).toEqual(['start', 'end', 'error', 'asyncStart', 'asyncEnd']);
});
