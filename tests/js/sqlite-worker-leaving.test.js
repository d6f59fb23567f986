/**
 * A leader that leaves in good order while others send it statements, without a browser: what was on its way is run by the next
 * one, whatever comes first, messages or locks. (tests/js/persistent-tabs.test.js has the same in tabs.)
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Member } from '../../js/sqlite/worker/member.js';
import { groupNames } from '../../js/sqlite/worker/names.js';
import { makeSession } from './sqlite-helpers.js';

/** Locks as the Web Locks API has them. */
class Locks {
  /** @type {Map<string, { shared: boolean, grant: () => void }[]>} */
  #queues = new Map();
  /** @type {Map<string, { shared: boolean }[]>} */
  #held = new Map();

  request(name, options, callback = options) {
    const { mode, signal } = typeof options === 'function' ? {} : options;
    const lock = { shared: mode === 'shared' };
    return new Promise((resolve, reject) => {
      const grant = () => {
        this.#held.set(name, [...(this.#held.get(name) ?? []), lock]);
        Promise.resolve(callback(lock)).then(resolve, reject).finally(() => {
          this.#held.set(name, this.#held.get(name).filter((other) => other !== lock));
          this.#next(name);
        });
      };
      const entry = { ...lock, grant };
      this.#queues.set(name, [...(this.#queues.get(name) ?? []), entry]);
      signal?.addEventListener('abort', () => {
        this.#queues.set(name, this.#queues.get(name).filter((other) => other !== entry));
        reject(signal.reason);
      });
      this.#next(name);
    });
  }

  /** How many wait for a lock. */
  waiting(name) {
    return this.#queues.get(name)?.length ?? 0;
  }

  #next(name) {
    const queue = this.#queues.get(name) ?? [];
    const held = this.#held.get(name) ?? [];
    if (queue.length === 0 || (held.length && !(queue[0].shared && held.every(({ shared }) => shared)))) return;
    const [first] = queue.splice(0, 1);
    first.grant();
    this.#next(name);
  }
}

/** Turns of the event loop that messages take; locks take none. */
let slowness = 0;
/** @type {Set<Channel>} */
let channels = new Set();

/** A BroadcastChannel that keeps the order and takes its time. */
class Channel {
  onmessage = null;
  constructor(name) {
    this.name = name;
    channels.add(this);
  }
  postMessage(data) {
    if (!channels.has(this)) throw new DOMException('closed', 'InvalidStateError');
    const others = [...channels].filter((other) => other !== this && other.name === this.name);
    const copy = structuredClone(data);
    let turns = slowness;
    const step = () => {
      if (turns-- > 0) return setImmediate(step);
      for (const other of others) if (channels.has(other)) other.onmessage?.({ data: copy });
    };
    setImmediate(step);
  }
  close() {
    channels.delete(this);
  }
}

/** A page with its Worker: resolves with each statement's answer, sends again what it is told to. */
async function makePage(name, base) {
  const replies = new Map();
  const said = [];
  const waiting = [];
  let seen = 0;
  let count = 0;
  const tellPage = (message) => {
    if (message.op === 'lost') seen++;
    if (message.op === 'lost' || message.op === 'unsent') {
      for (const id of message.unsent) member.handle({ ...replies.get(id).request, seen });
      for (const id of message.ids ?? []) replies.get(id).resolve('unknown');
    }
    if (message.op === 'done') replies.get(message.id)?.resolve(message.error?.message ?? 'done');
    said.push(message.op);
    for (const { op, resolve } of waiting) if (op === message.op) resolve();
  };
  const member = new Member({ name, vfs: 'opfs-sahpool', synchronous: 'full', tellPage, open: async () => base });
  await member.join();
  const run = (sql) =>
    new Promise((resolve) => {
      const request = { op: 'execute', id: ++count, session: '1', sql, seen };
      replies.set(count, { request, resolve });
      member.handle(request);
    });
  const hears = (op) => (said.includes(op) ? Promise.resolve() : new Promise((resolve) => waiting.push({ op, resolve })));
  return { run, hears, said, leave: () => member.leave(), fail: (error) => member.fail(error, true) };
}

describe('a leader that leaves', () => {
  const real = ['BroadcastChannel', 'navigator', 'close'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  /** The file, which all have, one after the other. */
  let base;

  beforeAll(() => {
    Object.defineProperty(globalThis, 'BroadcastChannel', { value: Channel, configurable: true });
  });
  afterAll(() => {
    for (const [name, descriptor] of real) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else delete globalThis[name];
    }
  });
  beforeEach(async () => {
    Object.defineProperty(globalThis, 'navigator', { value: { locks: new Locks() }, configurable: true });
    channels = new Set();
    const { session } = await makeSession();
    session.execute('create table t (x)', {});
    session.takeWrites();
    base = {
      tools: { session: Object.assign(session, { end() {} }), define: async () => {}, exportBytes: () => new Uint8Array(), importBytes() {} },
      explain: (error) => error,
      verify: () => undefined,
      close() {},
    };
  });
  afterEach(() => (slowness = 0));

  test.each([0, 1, 5, 50])('what was on its way to it is run by the next one, once: messages take %i turns', async (turns) => {
    const name = `leave-${turns}`;
    const [one, two, three] = [await makePage(name, base), await makePage(name, base), await makePage(name, base)];
    for (const page of [one, two, three]) await page.hears('opened');
    slowness = turns;
    const sent = [two.run('insert into t values (2)'), three.run('insert into t values (3)')];
    const left = one.leave();
    sent.push(two.run('insert into t values (4)'));
    expect(await Promise.all(sent)).toEqual(['done', 'done', 'done']);
    await left;
    const table = base.tools.session.query('select x from t order by x', {});
    expect((await table).toArray().map(({ x }) => x)).toEqual([2, 3, 4]);
    expect(one.said.at(-1)).toBe('left');
  });

  test.each([0, 50])('when nobody can go on, it does not end before all know, and none of them takes over: messages take %i turns', async (turns) => {
    const [one, two, three] = [await makePage('gone', base), await makePage('gone', base), await makePage('gone', base)];
    for (const page of [one, two, three]) await page.hears('opened');
    expect(navigator.locks.waiting(groupNames('gone', 'opfs-sahpool').group)).toBe(2);
    slowness = turns;
    const ended = new Promise((resolve) => {
      Object.defineProperty(globalThis, 'close', { configurable: true, value: () => resolve([one, two, three].map(({ said }) => said.filter((op) => op === 'refused').length)) });
    });
    void one.fail(new Error('cleared'));
    void one.fail(new Error('cleared, again'));
    expect(await ended).toEqual([1, 1, 1]);
    expect(navigator.locks.waiting(groupNames('gone', 'opfs-sahpool').group)).toBe(0);
  });

  test('one that comes when it leaves is served by the next one', async () => {
    const [one, two] = [await makePage('late', base), await makePage('late', base)];
    await two.hears('opened');
    const left = one.leave();
    const three = await makePage('late', base);
    expect(await three.run('insert into t values (1)')).toBe('done');
    await left;
    expect(await two.run('insert into t values (2)')).toBe('done');
  });
});
