/**
 * BaseConnection: what a connection class gets without writing it.
 */
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { BaseConnection, Table } from '../../js/index.js';
import { errorOf, makeClass, makeGate, makeHawser, settle } from './connection-helpers.js';

describe('raw', () => {
  test('connects at first use, once for all', async () => {
    const { Counted, opened } = makeClass();
    /** @type {any[]} */
    const connects = [];
    const { hawser } = makeHawser({ hooks: { onConnect: (event) => connects.push(event) } });
    const conn = await hawser.connection('a', { type: Counted });
    expect([opened.length, conn.rawNow()]).toEqual([0, undefined]);
    const clients = await Promise.all([conn.raw(), conn.raw(), conn.raw()]);
    expect(new Set(clients).size).toBe(1);
    expect(conn.rawNow()).toBe(clients[0]);
    expect(connects).toEqual([{ connection: 'a' }]);
  });

  test('a client may be undefined', async () => {
    let connects = 0;
    class Nothing extends BaseConnection {
      async connect() {
        connects += 1;
      }
    }
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Nothing });
    expect([await conn.raw(), await conn.raw(), connects]).toEqual([undefined, undefined, 1]);
  });

  test('a failure is not remembered, says which connection, and has its cause', async () => {
    let attempts = 0;
    class Shaky extends BaseConnection {
      async connect() {
        if (++attempts === 1) throw new Error('nobody there');
        return {};
      }
    }
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Shaky });
    const [one, two] = await Promise.all([errorOf(conn.raw()), errorOf(conn.raw())]);
    expect(one).toBe(two);
    expect(one).toMatchObject({ code: 'ERR_CONNECTION_FAILED', connection: 'a', phase: 'connect', cause: { message: 'nobody there' } });
    expect(await conn.raw()).toEqual({});
  });

  test('a client that is not installed: the command', async () => {
    class Needy extends BaseConnection {
      async connect() {
        return import(/** @type {any} */ ('hawser-test-no-such-package'));
      }
    }
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Needy });
    expect(await errorOf(conn.raw())).toMatchObject({
      code: 'ERR_DRIVER_MISSING',
      message: expect.stringContaining('npm install hawser-test-no-such-package'),
    });
  });

  test('close() does not wait for a client that does not come, and ends it if it comes after all', async () => {
    const gate = makeGate();
    /** @type {any[]} */
    const ended = [];
    /** @type {AbortSignal | undefined} */
    let given;
    class Slow extends BaseConnection {
      /** @override @param {any} _ @param {{ signal: AbortSignal }} how */
      async connect(_, { signal }) {
        given = signal;
        return gate.promise;
      }

      /** @override @param {any} raw */
      async disconnect(raw) {
        ended.push(raw);
      }
    }
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Slow });
    const opening = errorOf(conn.raw());
    await settle();
    await conn.close();
    expect(await opening).toMatchObject({ code: 'ERR_CLOSED' });
    expect(given?.aborted).toBe(true);
    gate.open('late');
    await settle();
    expect(ended).toEqual(['late']);
  });

  test('reset while it opens: everybody gets the next one', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    const before = conn.raw();
    const reset = conn.reset();
    expect((await before).id).toBe(2);
    await reset;
    expect(ended).toEqual([1]);
  });
});

describe('where requests must not wait for each other', () => {
  /** @param {number} count */
  async function opening(count) {
    const { hawser } = makeHawser({ flightScope: 'request' });
    const gates = Array.from({ length: count }, makeGate);
    /** @type {number[]} */
    const ended = [];
    let opened = 0;
    class Slow extends BaseConnection {
      async connect() {
        const id = opened++;
        await gates[id].promise;
        return { id };
      }

      /** @override @param {{ id: number }} client */
      async disconnect({ id }) {
        ended.push(id);
      }
    }
    const conn = await hawser.connection('slow', { type: Slow });
    return { conn, gates, ended };
  }

  test('each opens a client, the quickest stays and serves all', async () => {
    const { conn, gates, ended } = await opening(3);
    const raws = [1, 2, 3].map(() => conn.raw());
    gates[1].open();
    expect(await raws[1]).toEqual({ id: 1 });
    expect(await conn.raw()).toEqual({ id: 1 });
    gates[0].open();
    gates[2].open();
    expect(await Promise.all(raws)).toEqual([{ id: 1 }, { id: 1 }, { id: 1 }]);
    expect(ended).toEqual([0, 2]);
    await conn.close();
    expect(ended).toEqual([0, 2, 1]);
  });

  test('one that fails concerns nobody else', async () => {
    const { conn, gates, ended } = await opening(2);
    const raws = [1, 2].map(() => conn.raw());
    gates[0].open(Promise.reject(new Error('no luck')));
    expect(await errorOf(raws[0])).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
    gates[1].open();
    expect([await raws[1], await conn.raw()]).toEqual([{ id: 1 }, { id: 1 }]);
    await conn.close();
    expect(ended).toEqual([1]);
  });

  test.each(['reset', 'close'])('%s while they open: all end', async (how) => {
    const { conn, gates, ended } = await opening(4);
    const raws = [1, 2].map(() => conn.raw().catch((/** @type {any} */ error) => error.code));
    const done = how === 'reset' ? conn.reset() : conn.close();
    gates.forEach(({ open }) => open());
    await done;
    const got = await Promise.all(raws);
    expect(got).toEqual(how === 'reset' ? [expect.objectContaining({ id: expect.any(Number) }), got[0]] : ['ERR_CLOSED', 'ERR_CLOSED']);
    await conn.close();
    await settle();
    expect(ended.sort()).toEqual(how === 'reset' ? [0, 1, 2, 3] : [0, 1]);
  });
});

test('the end of a client is the first that it has', async () => {
  /** @type {string[]} */
  const ends = [];
  const end = (/** @type {string} */ name) => () => void ends.push(name);
  /** @type {any[]} */
  const clients = [
    { close: end('close'), [Symbol.for('x')]: 1, end: end('end') },
    { end: end('end'), destroy: end('destroy') },
    { destroy: end('destroy') },
    {},
    7,
    null,
    Object.assign(() => {}, { close: end('close of a function') }),
  ];
  if (Symbol.asyncDispose) clients.push({ [Symbol.asyncDispose]: end('asyncDispose'), close: end('close') });
  class Any extends BaseConnection {
    /** @override @param {any} config */
    async connect({ client }) {
      return clients[client];
    }
  }
  const { hawser } = makeHawser();
  for (const client of clients.keys()) {
    const conn = await hawser.connection('a', { type: Any, client });
    await conn.raw();
    await conn.close();
  }
  expect(ends).toEqual(['close', 'end', 'destroy', 'close of a function', ...(Symbol.asyncDispose ? ['asyncDispose'] : [])]);
});

describe('cached', () => {
  test('loads on a miss; arguments in any order of keys are the same', async () => {
    const { Counted } = makeClass();
    const { hawser, clock } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    let loads = 0;
    const read = (/** @type {any[]} */ args, /** @type {any} */ options) => conn.cached('get', args, async () => ++loads, options);
    expect([await read([{ a: 1, b: 2 }], { ttl: 10 }), await read([{ b: 2, a: 1 }], { ttl: 10 })]).toEqual([1, 1]);
    expect(await read([{ a: 1 }])).toBe(2);
    expect(await conn.cached('other', [{ a: 1 }], async () => 'other')).toBe('other');
    clock.time += 10_000;
    expect(await read([{ a: 1, b: 2 }], { ttl: 10 })).toBe(3);
    expect([await read([1], { key: 'k' }), await read([2], { key: 'k' })]).toEqual([4, 4]);
  });

  test('concurrent readers share one load; a failure reaches all of them and is not cached', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    let loads = 0;
    const failing = () => conn.cached('get', [], async () => { throw new Error(`failure ${++loads}`); });
    const errors = await Promise.all([errorOf(failing()), errorOf(failing())]);
    expect(errors.map(({ message }) => message)).toEqual(['failure 1', 'failure 1']);
    expect((await errorOf(failing())).message).toBe('failure 2');
  });

  test('no reader can change what the next one gets, nor can the load itself', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    const made = { list: [1] };
    const plain = () => conn.cached('plain', [], async () => made);
    const first = await plain();
    made.list.push(2);
    expect(() => first.list.push(3)).toThrow(TypeError);
    expect(await plain()).toEqual({ list: [1] });
    const dates = () => conn.cached('dates', [], async () => ({ at: new Date(5) }));
    (await dates()).at.setTime(6);
    expect((await dates()).at.getTime()).toBe(5);
    expect(await errorOf(conn.cached('fn', [], async () => () => {}))).toMatchObject({
      code: 'ERR_NOT_SUPPORTED',
      connection: 'a',
      message: expect.stringContaining('Counted.fn()'),
    });
  });

  test('a Table carries the state of the cache', async () => {
    const { Counted } = makeClass();
    const { hawser, clock } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    const read = () => conn.cached('t', [], async () => Table.from([{ a: 1 }]));
    expect((await read()).cache).toMatchObject({ state: 'miss', age: 0 });
    clock.time += 2500;
    expect((await read()).cache).toMatchObject({ state: 'hit', age: 2.5 });
  });

  test('tags, clear, invalidate, stats: of this connection only', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const [a, b] = [await hawser.connection('a', { type: Counted }), await hawser.connection('b', { type: Counted })];
    let loads = 0;
    const read = (/** @type {any} */ conn, /** @type {string} */ what, /** @type {any} */ tags) => conn.cached('get', [what], async () => `${what}${++loads}`, { tags });
    await read(a, 'x', ['red']);
    await read(a, 'y', (/** @type {string} */ value) => [value.slice(0, 1)]);
    await read(b, 'x', ['red']);
    expect(a.cache.stats()).toMatchObject({ entries: 2 });
    a.cache.invalidate({ tags: ['red'] });
    expect([await read(a, 'x', ['red']), await read(a, 'y'), await read(b, 'x')]).toEqual(['x4', 'y2', 'x3']);
    a.cache.invalidate({ tags: ['y'] });
    expect(await read(a, 'y')).toBe('y5');
    a.cache.clear();
    expect([await read(a, 'x'), await read(b, 'x')]).toEqual(['x6', 'x3']);
  });

  test('results are found again by those who share a salt and the configuration, and by nobody else', async () => {
    const { Counted } = makeClass();
    const persist = new Map();
    const read = async (/** @type {string | undefined} */ salt, /** @type {any} */ options) => {
      const { hawser } = makeHawser({ salt });
      const conn = await hawser.connection('a', { type: Counted, cache: { persist, ttl: '1h' }, ...options });
      return (await conn.cached('get', [], async () => ({ at: new Date(5), load: ++loads }))).load;
    };
    let loads = 0;
    for (const salt of ['one', 'two', undefined]) expect(await read(salt, {})).toBe(loads);
    while (persist.size < 3) await settle();
    expect(await read('one', {})).toBe(1);
    expect(await read('two', {})).toBe(2);
    expect(await read('one', { password: 'other' })).toBe(4);
    expect(await read(undefined, {})).toBe(5);
    // Objects have numbers that mean nothing in another instance.
    expect(await read('one', { fetch: () => 1 })).toBe(6);
    while (persist.size < 6) await settle();
    expect(await read('one', { fetch: () => 2 })).toBe(7);
    expect([...persist.values()].join()).not.toContain('password');
  });

  test('an argument that cannot be part of a key: which', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    expect(await errorOf(conn.cached('get', [{ f: () => 1 }], async () => 1))).toMatchObject({ code: 'ERR_CACHE_KEY', connection: 'a', phase: 'get' });
  });

  test('defaults of the configuration', async () => {
    const { Counted } = makeClass();
    const { hawser, clock } = makeHawser({ secrets: [{ toml: '[connections.a]\ncache = { ttl = "10s", maxEntries = 1 }' }] });
    const conn = await hawser.connection('a', { type: Counted });
    let loads = 0;
    const read = (/** @type {string} */ what) => conn.cached('get', [what], async () => ++loads);
    expect([await read('x'), await read('x')]).toEqual([1, 1]);
    clock.time += 10_000;
    expect(await read('x')).toBe(2);
    expect([await read('y'), await read('x')]).toEqual([3, 4]);
  });
});

describe('use', () => {
  test('keeps the client until the work is done', async () => {
    const { Counted, ended } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    const gate = makeGate();
    const work = conn.use(async ({ id }) => ((await gate.promise), id));
    await settle();
    const reset = conn.reset();
    expect((await conn.raw()).id).toBe(2);
    expect(ended).toEqual([]);
    gate.open();
    expect(await work).toBe(1);
    await reset;
    expect(ended).toEqual([1]);
  });

  test('is aborted by close()', async () => {
    const { Counted } = makeClass();
    const { hawser } = makeHawser();
    const conn = await hawser.connection('a', { type: Counted });
    const work = errorOf(conn.use((_, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))));
    await settle();
    await conn.close();
    expect(await work).toMatchObject({ code: 'ERR_CLOSED' });
  });
});

test('a method that only the client has: how to call it', async () => {
  class Client {
    ping() {}
  }
  class Pinged extends BaseConnection {
    async connect() {
      return new Client();
    }
  }
  const { hawser } = makeHawser();
  const conn = /** @type {any} */ (await hawser.connection('a', { type: Pinged }));
  expect(() => conn.ping()).toThrow('conn.ping is not a function'); // Looking does not connect.
  await conn.raw();
  expect(() => conn.ping()).toThrow('conn.ping() does not exist on the connection "a", but its client has it: (await conn.raw()).ping(…)');
  expect([conn.then, conn.other, 'ping' in conn]).toEqual([undefined, undefined, false]);
});

test('shows no value of its configuration', async () => {
  const { Counted } = makeClass();
  class Failing extends Counted {
    /** @override @param {any} config @returns {Promise<any>} */
    async connect({ password }) {
      throw new Error(`wrong password ${password}`);
    }
  }
  const secrets = [{ values: { connections: { a: { password: 'hunter2-hunter2' } } } }];
  const { hawser } = makeHawser({ secrets });
  const conn = await hawser.connection('a', { type: Counted });
  await conn.raw();
  const shown = [String(conn), JSON.stringify(conn), inspect(conn, { depth: 9, showHidden: true }), inspect({ conn }), `${conn}`];
  expect(shown.join()).not.toContain('hunter2');
  expect(shown.slice(0, 2)).toEqual(['[Connection a]', '{"connection":"a","type":"Counted","closed":false}']);
  const error = await errorOf((await hawser.connection('a', { type: Failing })).raw());
  expect(inspect(error) + JSON.stringify(error)).not.toContain('hunter2');
});

test('is not made with new, and must implement connect()', async () => {
  expect(() => new BaseConnection(/** @type {any} */ (undefined))).toThrow('connections are made by connection(name, { type }), not with new');
  class Empty extends BaseConnection {}
  const { hawser } = makeHawser();
  expect(await errorOf((await hawser.connection('a', { type: Empty })).raw())).toMatchObject({
    code: 'ERR_NOT_SUPPORTED',
    message: 'Empty does not implement connect(config)',
  });
});
