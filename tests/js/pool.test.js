/**
 * The life of connections: every way in which one goes away ends its client exactly once.
 */
import { describe, expect, test } from '@jest/globals';
import { errorOf, makeClass, makeGate, makeHawser, settle } from './connection-helpers.js';

/** @typedef {import('../../js/hawser.js').Hawser} Hawser */

/** A list of secrets whose values can be changed. @param {Record<string, any>} connections */
function changing(connections) {
  const state = { connections };
  return { state, secrets: [{ provider: async () => structuredClone({ connections: state.connections }) }] };
}

describe('every path closes once', () => {
  /** @type {[string, any, (how: { hawser: Hawser, conn: any, clock: { time: number }, Counted: any, state: any }) => unknown, RegExp][]} */
  const paths = [
    ['conn.close(), twice', {}, ({ conn }) => Promise.all([conn.close(), conn.close()]), /close\(\) was called/],
    ['asyncDispose', {}, ({ conn }) => conn[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')](), /close\(\) was called/],
    ['ttl', { ttl: 10 }, ({ hawser, clock, Counted }) => ((clock.time += 10_000), hawser.connection('a', { type: Counted, ttl: 10 })), /its ttl passed/],
    ['ttl, seen by another connection', { ttl: 10 }, ({ hawser, clock, Counted }) => ((clock.time += 10_000), hawser.connection('b', { type: Counted })), /its ttl passed/],
    ['eviction', { maxEntries: 1 }, ({ hawser, Counted }) => hawser.connection('b', { type: Counted, maxEntries: 1 }), /more than 1 connections/],
    ['hawser.close(), twice', {}, ({ hawser }) => Promise.all([hawser.close(), hawser.close()]), /its instance of Hawser was closed/],
    ['its section is gone', {}, ({ hawser, state }) => ((state.connections = { b: {} }), hawser.secrets.reload()), /not valid any more/],
    ['its type is another', {}, ({ hawser, state }) => ((state.connections = { a: { type: 'other' } }), hawser.secrets.reload()), /its type in the secrets has changed/],
  ];

  test.each(paths)('%s', async (title, options, end, reason) => {
    const { Counted, opened, ended } = makeClass();
    const { state, secrets } = changing({ a: { type: 'counted' } });
    /** @type {any[]} */
    const closed = [];
    const { hawser, clock } = makeHawser({ secrets, hooks: { onClose: (event) => closed.push(event) } });
    hawser.registerType('counted', Counted);
    hawser.registerType('other', makeClass().Counted);
    const byName = title.startsWith('its ');
    const conn = await hawser.connection('a', byName ? options : { type: Counted, ...options });
    expect(await conn.read('x')).toBe('x of 1');
    await end({ hawser, conn, clock, Counted, state });
    await settle();
    expect(ended).toEqual([1]);
    expect(closed).toEqual([{ connection: 'a', reason: expect.stringMatching(reason) }]);
    expect(conn.closed).toBe(true);
    const error = await errorOf(conn.read('x'));
    expect(error).toMatchObject({ code: 'ERR_CLOSED', connection: 'a', message: expect.stringMatching(/Call connection\("a"\) again/) });
    expect(await errorOf(conn.raw())).toMatchObject({ code: 'ERR_CLOSED' });
    expect(await errorOf(conn.reset())).toMatchObject({ code: 'ERR_CLOSED' });
    await hawser.close();
    expect(ended).toEqual(opened.map(({ id }) => id));
    expect(closed.filter(({ connection }) => connection === 'a' && conn.closed)).not.toHaveLength(0);
  });

  test('reset(): the client, and the next one at next use', async () => {
    const { Counted, opened, ended } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    await conn.raw();
    await Promise.all([conn.reset(), conn.reset()]);
    expect(ended).toEqual([1]);
    await conn.reset(); // Nothing is open.
    expect([(await conn.raw()).id, opened.length]).toEqual([2, 2]);
    expect(await hawser.connection('a', { type: Counted })).toBe(conn);
    await hawser.close();
    expect(ended).toEqual([1, 2]);
  });

  test('rotation: the client of a changed section, and none of the others', async () => {
    const { Counted, ended } = makeClass();
    const { state, secrets } = changing({ a: { password: 'one-one' }, b: { password: 'two-two' } });
    /** @type {any[]} */
    const resets = [];
    const { hawser } = makeHawser({ secrets, hooks: { onReset: (event) => resets.push(event) } });
    const a = await hawser.connection('a', { type: Counted });
    const b = await hawser.connection('b', { type: Counted });
    expect([await a.read('x'), await b.read('x')]).toEqual(['x of 1', 'x of 2']);
    await hawser.secrets.reload(); // Nothing has changed.
    expect(resets).toEqual([]);
    state.connections = { a: { password: 'new-new' }, b: { password: 'two-two' } };
    await hawser.secrets.reload();
    await settle();
    expect(resets).toEqual([{ connection: 'a', reason: 'its secrets have changed' }]);
    expect(ended).toEqual([1]);
    // The same object, a new client, and no result of the old configuration.
    expect(await hawser.connection('a', { type: Counted })).toBe(a);
    expect([await a.read('x'), await b.read('x')]).toEqual(['x of 3', 'x of 2']);
    // Back to the old configuration: what was cached under it is gone too.
    state.connections = { a: { password: 'one-one' }, b: { password: 'two-two' } };
    await hawser.secrets.reload();
    expect(await a.read('x')).toBe('x of 4');
    await hawser.close();
    expect(ended.sort()).toEqual([1, 2, 3, 4]);
  });

  test('a load that a rotation overtakes reaches its caller and is not stored', async () => {
    const { Counted } = makeClass();
    const { state, secrets } = changing({ a: { password: 'one-one' } });
    const { hawser } = makeHawser({ secrets });
    const conn = await hawser.connection('a', { type: Counted });
    const gate = makeGate();
    const running = conn.cached('slow', [], async () => `slow of ${((await gate.promise), await conn.raw()).id}`);
    await settle();
    state.connections = { a: { password: 'new-new' } };
    await hawser.secrets.reload();
    gate.open();
    expect(await running).toMatch(/^slow of \d$/);
    expect(await conn.cached('slow', [], async () => 'anew')).toBe('anew');
  });

  test('a connection that a changed configuration makes equal to another replaces it', async () => {
    const { Counted, ended } = makeClass();
    const { state, secrets } = changing({ a: { port: 1 } });
    const { hawser } = makeHawser({ secrets });
    const fromSecrets = await hawser.connection('a', { type: Counted });
    const inCode = await hawser.connection('a', { type: Counted, port: 2 });
    await Promise.all([fromSecrets.raw(), inCode.raw()]);
    state.connections = { a: { port: 2 } };
    await hawser.secrets.reload();
    await settle();
    expect(ended.sort()).toEqual([1, 2]);
    expect([fromSecrets.closed, inCode.closed]).toEqual([false, true]);
    expect(await hawser.connection('a', { type: Counted, port: 2 })).toBe(fromSecrets);
  });
});

describe('bounds', () => {
  test('maxEntries: the least recently used one goes', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    const get = async (/** @type {string} */ name) => (await hawser.connection(name, { type: Counted, maxEntries: 2 })).raw();
    for (const name of ['a', 'b', 'a', 'c', 'a']) await get(name);
    await settle();
    expect(ended).toEqual([2]); // b
  });

  test('each pair of ttl and maxEntries has its own bound', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    for (const ttl of [10, 20]) await (await hawser.connection('a', { type: Counted, ttl, maxEntries: 1 })).raw();
    await settle();
    expect(ended).toEqual([]);
    expect(hawser.stats().connections).toBe(2);
  });

  test('ttl is counted from the making, use does not extend it', async () => {
    const { Counted } = makeClass();
    const { hawser, clock } = makeHawser();
    const first = await hawser.connection('a', { type: Counted, ttl: '10s' });
    clock.time += 9_999;
    expect(await hawser.connection('a', { type: Counted, ttl: 10 })).toBe(first);
    clock.time += 1;
    expect(await hawser.connection('a', { type: Counted, ttl: 10 })).not.toBe(first);
  });

  test('ttl 0: another at each call; Infinity: the same for ever', async () => {
    const { hawser, clock } = makeHawser();
    const { Counted, ended } = makeClass();
    const once = () => hawser.connection('a', { type: Counted, ttl: 0 });
    const first = /** @type {any} */ (await once());
    expect(await first.read('x')).toBe('x of 1');
    expect(await once()).not.toBe(first);
    await settle();
    expect([first.closed, ended]).toEqual([true, [1]]);
    const for_ever = () => hawser.connection('a', { type: Counted, ttl: Infinity });
    const kept = await for_ever();
    clock.time += 1e15;
    expect(await for_ever()).toBe(kept);
  });

  test('an eviction lets running loads finish; later ones are refused', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted, maxEntries: 1 });
    const gate = makeGate();
    const running = conn.cached('slow', [], async () => ((await gate.promise), `slow of ${(await conn.raw()).id}`));
    await conn.raw();
    await hawser.connection('b', { type: Counted, maxEntries: 1 });
    await settle();
    expect(ended).toEqual([]);
    expect(await errorOf(conn.read('x'))).toMatchObject({ code: 'ERR_CLOSED', message: expect.stringContaining('more than 1 connections') });
    gate.open();
    expect(await running).toBe('slow of 1');
    await settle();
    expect(ended).toEqual([1]);
  });

  test('hawser.close() aborts running loads, those of evicted connections too', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    /** @type {Promise<any>[]} */
    const running = [];
    for (const name of ['a', 'b']) {
      const conn = await hawser.connection(name, { type: Counted, maxEntries: 1 });
      await conn.raw();
      running.push(errorOf(conn.cached('slow', [], () => new Promise(() => {}))));
    }
    await hawser.close();
    for (const error of await Promise.all(running)) expect(error).toMatchObject({ code: 'ERR_CLOSED' });
    expect(ended.sort()).toEqual([1, 2]);
  });
});

describe('errors of closing', () => {
  test('are collected by hawser.close() and reported to onError', async () => {
    const { Counted } = makeClass({ fail: true });
    /** @type {any[]} */
    const reported = [];
    const { hawser, clock } = makeHawser({ hooks: { onError: (event) => reported.push(event) } });
    for (const name of ['a', 'b', 'c']) await (await hawser.connection(name, { type: Counted, ttl: name === 'a' ? 1 : 2 })).raw();
    clock.time += 1000;
    await hawser.connection('c', { type: Counted, ttl: 2 }); // a has expired.
    await settle();
    expect(reported).toMatchObject([{ connection: 'a', phase: 'close', error: { message: 'client 1 does not end' } }]);
    const error = await errorOf(hawser.close());
    expect(error.name).toBe('AggregateError');
    expect(error.errors.map((/** @type {Error} */ { message }) => message)).toEqual([1, 2, 3].map((id) => `client ${id} does not end`));
    expect(reported).toHaveLength(3);
  });

  test('go to whoever awaits them, and to nobody else', async () => {
    const { Counted, ended } = makeClass({ fail: true });
    /** @type {any[]} */
    const reported = [];
    const { hawser } = makeHawser({ hooks: { onError: (event) => reported.push(event) } });
    const conn = await hawser.connection('a', { type: Counted });
    await conn.raw();
    expect((await errorOf(conn.reset())).message).toBe('client 1 does not end');
    await conn.raw();
    expect((await errorOf(conn.close())).message).toBe('client 2 does not end');
    await hawser.close();
    expect([ended, reported]).toEqual([[1, 2], []]);
  });

  test('of a rotation: to onError, and to hawser.close()', async () => {
    const { Counted } = makeClass({ fail: true });
    const { state, secrets } = changing({ a: { password: 'one-one' } });
    /** @type {any[]} */
    const reported = [];
    const { hawser } = makeHawser({ secrets, hooks: { onError: (event) => reported.push(event) } });
    await (await hawser.connection('a', { type: Counted })).raw();
    state.connections = { a: { password: 'new-new' } };
    await hawser.secrets.reload();
    await settle();
    expect(reported).toMatchObject([{ connection: 'a', phase: 'close' }]);
    expect((await errorOf(hawser.close())).errors).toHaveLength(1);
  });
});

describe('a class with a close() of its own', () => {
  test.each(/** @type {[string, boolean][]} */ ([['without super.close()', false], ['with super.close()', true]]))('%s: it runs once', async (_, callsSuper) => {
    const { Counted, ended } = makeClass();
    let closes = 0;
    class Own extends Counted {
      async close() {
        closes += 1;
        if (closes === 1) void this.close(); // Calls itself.
        if (callsSuper) await super.close();
      }
    }
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Own });
    await conn.raw();
    await Promise.all([conn.close(), conn.close(), hawser.close()]);
    expect([closes, ended]).toEqual([1, [1]]);
  });

  test('that fails: the client is ended all the same', async () => {
    const { Counted, ended } = makeClass({ fail: true });
    class Own extends Counted {
      async close() {
        throw new Error('own');
      }
    }
    const { hawser } = makeHawser();
    await (await hawser.connection('a', { type: Own })).raw();
    const { errors } = await errorOf(hawser.close());
    expect(errors[0].errors.map((/** @type {Error} */ { message }) => message)).toEqual(['own', 'client 1 does not end']);
    expect(ended).toEqual([1]);
  });
});

describe('health', () => {
  test('an unhealthy client is replaced, once for all who ask', async () => {
    const { Counted, opened, ended } = makeClass();
    /** @type {Record<number, boolean | Error>} */
    const health = {};
    /** @type {number[]} */
    const asked = [];
    class Checked extends Counted {
      /** @param {{ id: number }} client */
      async healthy({ id }) {
        asked.push(id);
        if (health[id] instanceof Error) throw health[id];
        return health[id];
      }
    }
    /** @type {string[]} */
    const reasons = [];
    const { hawser } = makeHawser({ hooks: { onReset: ({ reason }) => reasons.push(reason) } });
    const get = () => hawser.connection('a', { type: Checked });
    const conn = await get();
    await get();
    expect(asked).toEqual([]); // Nothing was open.
    await conn.raw();
    await get(); // Undefined counts as healthy.
    expect([asked, opened.length]).toEqual([[1], 1]);
    health[1] = false;
    await Promise.all([get(), get(), get()]);
    expect(await get()).toBe(conn);
    expect([(await conn.raw()).id, ended, reasons]).toEqual([2, [1], ['it was not healthy']]);
    health[2] = new Error('lost');
    await get();
    expect([(await conn.raw()).id, ended]).toEqual([3, [1, 2]]);
  });
});

describe('requests', () => {
  test('connections with scope request live in one request', async () => {
    const { Counted, opened, ended } = makeClass({ scope: 'request' });
    const { Counted: Shared } = makeClass();
    const { hawser } = makeHawser();
    const [one, two] = [hawser.request(), hawser.request()];
    const conn = await one.connection('a', { type: Counted });
    expect(await one.connection('a', { type: Counted })).toBe(conn);
    expect(await two.connection('a', { type: Counted })).not.toBe(conn);
    expect(await one.connection('s', { type: Shared })).toBe(await hawser.connection('s', { type: Shared }));
    expect(await one.connection('s', { type: Shared, scope: 'request' })).not.toBe(await hawser.connection('s', { type: Shared }));
    await conn.raw();
    await Promise.all([one.close(), one.close()]);
    expect([ended, opened.length, one.closed, conn.closed]).toEqual([[1], 1, true, true]);
    expect(await errorOf(one.connection('a', { type: Counted }))).toMatchObject({ code: 'ERR_CLOSED' });
    await (await two.connection('a', { type: Counted })).raw();
    await hawser.close();
    expect(ended).toEqual([1, 2]);
    expect(await errorOf(two.connection('a', { type: Counted }))).toMatchObject({ code: 'ERR_CLOSED' });
  });

  test('one that is never closed holds nothing unless it has connections, which end with the instance', async () => {
    const { Counted, ended } = makeClass({ scope: 'request' });
    const { hawser } = makeHawser();
    for (let i = 0; i < 3; i++) hawser.request();
    const conn = await hawser.request().connection('a', { type: Counted });
    await conn.raw();
    expect(hawser.stats().connections).toBe(1);
    await hawser.close();
    expect(ended).toEqual([1]);
  });

  test('without a request: what to do', async () => {
    const { hawser } = makeHawser();
    const error = await errorOf(hawser.connection('a', { type: makeClass({ scope: 'request' }).Counted }));
    expect(error).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', message: expect.stringContaining('hawser.request().connection("a")') });
  });

  test('their secrets rotate, and a load is shared within one where that matters', async () => {
    const { Counted } = makeClass({ scope: 'request' });
    const { state, secrets } = changing({ a: { password: 'one-one' } });
    const { hawser } = makeHawser({ secrets, flightScope: 'request' });
    const request = hawser.request();
    const conn = await request.connection('a', { type: Counted });
    let loads = 0;
    const read = () => conn.cached('n', [], async () => ++loads);
    expect(await Promise.all([read(), read()])).toEqual([1, 1]);
    await conn.raw();
    state.connections = { a: { password: 'new-new' } };
    await hawser.secrets.reload();
    expect((await conn.raw()).config).toEqual({ password: 'new-new' });
    expect(await read()).toBe(2);
  });

  test('waitUntil is told of the closing, whose errors then go to onError alone', async () => {
    const { Counted, ended } = makeClass({ scope: 'request', fail: true });
    /** @type {any[]} */
    const [reported, waited] = [[], []];
    const { hawser } = makeHawser({ hooks: { onError: (event) => reported.push(event) } });
    const request = hawser.request({ waitUntil: (work) => waited.push(work) });
    await (await request.connection('a', { type: Counted })).raw();
    void request.close();
    await Promise.all(waited);
    expect([waited.length, ended, reported.length]).toEqual([1, [1], 1]);
    const strict = hawser.request();
    await (await strict.connection('a', { type: Counted })).raw();
    expect((await errorOf(strict.close())).errors).toHaveLength(1);
    expect(() => hawser.request(/** @type {any} */ ({ waitFor: 1 }))).toThrow('request() has no option "waitFor"');
    expect(() => hawser.request(/** @type {any} */ ({ waitUntil: 1 }))).toThrow('waitUntil must be a function');
  });
});

test.each(Array.from({ length: 20 }, (_, seed) => seed + 1))('whatever happens in whatever order, every client ends once (seed %i)', async (seed) => {
  let state = seed;
  const random = (/** @type {number} */ below) => ((state = (state * 48271) % 0x7fffffff) >> 8) % below;
  const global = makeClass();
  const ofRequest = makeClass({ scope: 'request' });
  let healthy = true;
  class Checked extends global.Counted {
    async healthy() {
      return healthy;
    }
  }
  const { state: stored, secrets } = changing({});
  const { hawser, clock } = makeHawser({ secrets });
  let request = hawser.request();
  /** @type {any[]} */
  const conns = [];
  const keep = async (/** @type {any} */ conn) => {
    conns.push(conn);
    if (random(2)) await conn.raw();
  };
  const steps = [
    async () => keep(await hawser.connection(`n${random(4)}`, { type: Checked, maxEntries: 3, ttl: 10 + random(2) })),
    async () => keep(await hawser.connection(`n${random(4)}`, { type: Checked, a: random(3) })),
    async () => keep(await request.connection(`r${random(3)}`, { type: ofRequest.Counted })),
    async () => conns.at(-1 - random(5))?.read(`x${random(5)}`),
    async () => conns.at(-1 - random(5))?.raw(),
    async () => conns.at(-1 - random(5))?.reset(),
    async () => conns.at(-1 - random(5))?.close(),
    async () => (clock.time += random(6000)),
    async () => (healthy = !healthy),
    async () => ((stored.connections = { [`n${random(4)}`]: { b: random(3) }, r1: { b: random(2) } }), hawser.secrets.reload()),
    async () => (await request.close(), (request = hawser.request())),
  ];
  /** @type {Promise<unknown>[]} */
  const running = [];
  for (let step = 0; step < 300; step++) {
    const work = steps[random(steps.length)]().catch((error) => {
      if (error.code !== 'ERR_CLOSED') throw error;
    });
    if (random(3)) running.push(work);
    else await work;
  }
  await Promise.all(running);
  await hawser.close();
  for (const { opened, ended } of [global, ofRequest]) {
    expect(opened.length).toBeGreaterThan(0);
    expect(ended.toSorted((a, b) => a - b)).toEqual(opened.map(({ id }) => id));
  }
  expect(hawser.stats()).toMatchObject({ connections: 0, spaces: 0, entries: 0 });
});
