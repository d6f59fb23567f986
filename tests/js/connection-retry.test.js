/**
 * Lost connections: a driver of its own that talks to a real TCP server on this machine, which drops connections.
 */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { registerDriver } from '../../js/drivers/index.js';
import { BaseConnection, HawserError } from '../../js/index.js';
import { errorOf, makeHawser, settle } from './connection-helpers.js';
import { LineServer, lineDriver } from './line-server.js';

registerDriver('line', () => lineDriver);

/** @type {LineServer} */
let server;
let port = 0;
beforeEach(async () => {
  server = new LineServer();
  port = await server.listen();
});
afterEach(() => server.close());

/** @param {import('../../js/hawser.js').HawserOptions} [options] Pauses take no time. */
async function open(options) {
  /** @type {string[]} */
  const resets = [];
  const hooks = { onReset: (/** @type {any} */ { reason }) => resets.push(reason) };
  const { hawser } = makeHawser({ random: () => 0, hooks, ...options });
  const conn = await hawser.connection('db', { type: 'sql', dialect: 'line', host: '127.0.0.1', port });
  return { hawser, conn, resets };
}

const DROP = false;

describe('a real TCP server that drops connections', () => {
  test.each(['select cached', 'select fresh'])('%s: three attempts, on a new connection each', async (statement) => {
    const { conn, resets } = await open();
    server.plan = [DROP, DROP];
    expect((await conn.query(statement)).toArray()).toEqual([{ word: statement.split(' ')[1] }]);
    expect([server.statements, server.connections, resets]).toEqual([[statement, statement, statement], 3, Array(2).fill('its connection was lost')]);
  });

  test.each(['select cached', 'select fresh'])('%s: after the third the failure, and the next use connects anew', async (statement) => {
    const { conn } = await open();
    server.plan = [DROP, DROP, DROP];
    expect(await errorOf(conn.query(statement))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', connection: 'db', attempts: 3 });
    expect(server.statements.length).toBe(3);
    expect((await conn.query(statement)).length).toBe(1);
    expect(server.connections).toBe(4);
  });

  test('cached: those who joined get the result of the last attempt, and it is kept', async () => {
    const { conn } = await open();
    server.plan = [DROP];
    const tables = await Promise.all([1, 2, 3].map(() => conn.query('select cached')));
    expect(tables.map(({ length }) => length)).toEqual([1, 1, 1]);
    expect((await conn.query('select cached')).cache?.state).toBe('hit');
    expect(server.statements.length).toBe(2);
  });

  test('no-store: again too, if it only reads', async () => {
    const { conn } = await open();
    server.plan = [DROP];
    expect((await conn.query('select fresh', { cache: 'no-store' })).length).toBe(1);
    server.plan = [DROP];
    expect(await errorOf(conn.query('insert 1', { cache: 'no-store' }))).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
    expect(server.statements).toEqual(['select fresh', 'select fresh', 'insert 1']);
  });

  test('a syntax error fails at once', async () => {
    const { conn, resets } = await open();
    for (const run of [() => conn.query('selekt'), () => conn.query('selekt', { cache: 'no-store' }), () => conn.execute('selekt')]) {
      server.statements.length = 0;
      expect(await errorOf(run)).toMatchObject({ code: 'ERR_QUERY', message: 'syntax error near "selekt"' });
      expect([server.statements, server.connections, resets]).toEqual([['selekt'], 1, []]);
    }
  });

  test('a write is not done twice; the next one gets a new connection', async () => {
    const { conn } = await open();
    server.plan = [DROP];
    expect(await errorOf(conn.execute('insert 1'))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', connection: 'db' });
    expect(server.statements).toEqual(['insert 1']);
    await conn.execute('insert 2');
    expect(server.connections).toBe(2);
  });

  test('the server restarts while nobody uses it: the next read is none the wiser', async () => {
    const { conn } = await open();
    await conn.query('select fresh');
    server.dropAll();
    expect((await conn.query('select fresh')).length).toBe(1);
    await conn.query('select fresh');
    expect([server.statements.length, server.connections]).toEqual([3, 2]);
  });

  test('a client that knows that its server has gone is replaced before it is used, for writes too', async () => {
    const { conn, resets } = await open();
    await conn.execute('insert 1');
    server.dropAll();
    while (!(await conn.raw()).lost) await settle();
    await conn.execute('insert 2');
    await conn.executeMany('insert', [[3]]);
    expect([server.statements, server.connections, resets.length]).toEqual([['insert 1', 'insert 2', 'begin', 'insert 3', 'commit'], 2, 1]);
  });

  test('a transaction is tried again until it has begun, and not after that', async () => {
    const { conn } = await open();
    server.plan = [DROP, DROP];
    const work = jest.fn(async (/** @type {any} */ tx) => tx.execute('insert 1'));
    await conn.transaction(work);
    expect([work.mock.calls.length, server.statements]).toEqual([1, ['begin', 'begin', 'begin', 'insert 1', 'commit']]);
    server.statements.length = 0;
    server.plan = [true, DROP];
    expect(await errorOf(conn.transaction(work))).toMatchObject({ code: 'ERR_CONNECTION_FAILED' });
    expect([work.mock.calls.length, server.statements]).toEqual([2, ['begin', 'insert 1']]);
  });

  test.each([
    ['transaction', (/** @type {any} */ conn) => conn.transaction((/** @type {any} */ tx) => tx.execute('insert 1'))],
    ['executeMany', (/** @type {any} */ conn) => conn.executeMany('insert', [[1]])],
    ['session', async (/** @type {any} */ conn) => {
      const session = await conn.session();
      try {
        await session.execute('insert 1');
        await session.commit();
      } finally {
        await session.close();
      }
    }],
  ])('%s: lost while it commits: ERR_COMMIT_UNKNOWN, and nothing is done twice', async (_name, run) => {
    const { conn } = await open();
    server.plan = [true, true, DROP];
    const error = await errorOf(run(conn));
    expect(error).toMatchObject({ code: 'ERR_COMMIT_UNKNOWN', connection: 'db', phase: 'commit', cause: { code: 'ERR_CONNECTION_FAILED' } });
    expect(server.statements.map((statement) => statement.split(' ')[0])).toEqual(['begin', 'insert', expect.stringMatching('^commit')]);
    await conn.execute('insert 2');
    expect(server.connections).toBe(2);
  });

  test('many at once lose one connection: it is replaced once', async () => {
    const { conn, resets } = await open();
    await conn.query('select fresh');
    server.plan = Array(1).fill(DROP);
    const words = ['a', 'b', 'c', 'd', 'e'];
    const tables = await Promise.all(words.map((word) => conn.query(`select ${word}`)));
    expect(tables.map((table) => /** @type {any} */ (table.at(0)).word)).toEqual(words);
    expect([server.connections, resets.length]).toEqual([2, 1]);
  });

  test('nobody listens: three attempts to connect, an error that says so, and later it works', async () => {
    await server.close();
    const random = jest.fn(() => 0);
    const { conn } = await open({ random });
    expect(await errorOf(conn.query('select cached'))).toMatchObject({
      code: 'ERR_CONNECTION_FAILED', phase: 'connect', attempts: 3, cause: { code: 'ECONNREFUSED' },
    });
    expect(random).toHaveBeenCalledTimes(2); // Pauses.
    expect(await errorOf(conn.execute('insert 1'))).toMatchObject({ code: 'ERR_CONNECTION_FAILED', attempts: 3 });
    server = new LineServer();
    await server.listen(port);
    expect((await conn.query('select cached')).length).toBe(1);
  });
});

describe('pauses', () => {
  test('end with the signal of the caller', async () => {
    const controller = new AbortController();
    const random = () => (controller.abort(new Error('enough')), 0.99);
    const { conn } = await open({ random });
    server.plan = [DROP];
    await expect(conn.query('select cached', { signal: controller.signal })).rejects.toThrow('enough');
    server.plan = [DROP];
    await expect(conn.query('select cached', { signal: controller.signal })).rejects.toThrow('enough');
    expect(server.statements.length).toBe(1);
  });

  test.each(['select cached', 'select fresh'])('end when the connection is closed: %s', async (statement) => {
    const { conn } = await open({ random: () => (void conn.close(), 0.99) });
    server.plan = [DROP];
    expect(await errorOf(conn.query(statement))).toMatchObject({ code: 'ERR_CLOSED' });
    expect(server.statements.length).toBe(1);
  });

  test('are random, and twice as long each', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    try {
      const { conn } = await open({ random: () => 0.01 });
      server.plan = [DROP, DROP];
      await conn.query('select fresh');
      expect(timers.mock.calls.map(([, ms]) => ms).filter((ms) => ms === 2.5 || ms === 5)).toEqual([2.5, 5]);
    } finally {
      timers.mockRestore();
    }
  });
});

describe('any connection class', () => {
  /** @param {(attempt: number) => unknown} load */
  async function flaky(load) {
    const opened = jest.fn();
    const loads = jest.fn();
    class Flaky extends BaseConnection {
      async connect() {
        opened();
        return {};
      }

      get() {
        return this.cached('get', [], async () => {
          await this.raw();
          loads();
          return load(loads.mock.calls.length);
        });
      }
    }
    const { hawser } = makeHawser({ random: () => 0 });
    return { conn: await hawser.connection('flaky', { type: Flaky }), opened, loads };
  }

  test('cached(): a marked failure is tried again with another client', async () => {
    const { conn, opened, loads } = await flaky((attempt) => {
      if (attempt < 3) throw new HawserError('ERR_CONNECTION_FAILED', 'gone', { lost: true });
      return { attempt };
    });
    expect(await conn.get()).toEqual({ attempt: 3 });
    expect([opened.mock.calls.length, loads.mock.calls.length]).toEqual([3, 3]);
  });

  test.each([
    ['not marked', () => new HawserError('ERR_CONNECTION_FAILED', 'gone')],
    ['of its own', () => new Error('gone')],
    ['of the network, which the class knows best what to do about', () => Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
  ])('an error that is %s fails at once', async (_what, make) => {
    const { conn, opened, loads } = await flaky(() => {
      throw make();
    });
    await errorOf(conn.get());
    expect([opened.mock.calls.length, loads.mock.calls.length]).toEqual([1, 1]);
  });

  test('connect(): failures of the network are tried again, a wrong password is not', async () => {
    const thrown = [Object.assign(new Error('refused'), { cause: { code: 'ECONNREFUSED' } }), new Error('wrong password'), new Error('again')];
    const connect = jest.fn();
    class Picky extends BaseConnection {
      async connect() {
        connect();
        throw thrown.shift();
      }
    }
    const { hawser } = makeHawser({ random: () => 0 });
    const conn = await hawser.connection('picky', { type: Picky });
    expect(await errorOf(conn.raw())).toMatchObject({ code: 'ERR_CONNECTION_FAILED', cause: { message: 'wrong password' } });
    expect(connect).toHaveBeenCalledTimes(2);
    await settle();
  });
});
