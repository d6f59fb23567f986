/**
 * No value of a secret leaves through connections: their errors, events, keys, statistics, and what they persist.
 */
import { afterAll, expect, test } from '@jest/globals';
import { channel } from 'node:diagnostics_channel';
import { BaseConnection, createHawser, HawserError, sql } from '../../js/index.js';
import { HOOKS } from '../../js/events.js';
import { expectNoLeak, marker, show, showFailure, shown } from './leak-helpers.js';

afterAll(() => expectNoLeak(200));

/** Shows every event. */
const hooks = Object.fromEntries(HOOKS.map((name) => [name, (/** @type {unknown} */ event) => show(name, event)]));

/** A client whose errors and answers are full of what it was given. */
class Chatty extends BaseConnection {
  /** @override @param {any} config */
  async connect(config) {
    if (config.broken) throw Object.assign(new Error(`cannot reach ${config.url} as ${config.password}`), { config });
    return { ...config, close() {} };
  }

  /** @param {string} path @param {any} [options] */
  get(path, options) {
    return this.cached('get', [path, options?.token], async () => {
      const { url, password } = await this.raw();
      if (path === 'bad') throw Object.assign(new Error(`401 for ${password} at ${url}`), { request: { headers: { authorization: password } } });
      return { path };
    }, options);
  }

  /** @override */
  async healthy() {
    throw new Error(`not healthy: ${(await this.raw()).password}`);
  }
}

/** @param {Record<string, unknown>} [more] */
const configured = (more) => ({
  url: `https://user:${encodeURIComponent(marker('url'))}@api.test/v1?key=${encodeURIComponent(marker('query'))}`,
  password: marker('password'),
  ...more,
});

test('connections of a class', async () => {
  const stored = new Map();
  /** @type {Promise<unknown>[]} */
  const work = [];
  const listen = (/** @type {unknown} */ message) => show('diagnostics', message);
  channel('hawser:cache').subscribe(listen);
  const hawser = createHawser({ secrets: [{ values: { connections: { api: configured(), down: configured({ broken: true }) } } }], hooks, waitUntil: (done) => work.push(done) });
  try {
    const conn = await hawser.connection('api', { type: Chatty, extra: marker('kwarg') });
    show('connection', conn);
    show('instance', hawser);
    const token = /** @type {any} */ (hawser.secrets).get('connections.api.password');
    for (const path of ['a', 'a', 'b']) await conn.get(path, { token, ttl: 60, persist: stored }); // Their keys hold a secret.
    await conn.get('c', { ttl: 60, persist: stored });
    await showFailure('a load', () => conn.get('bad', { token }));
    await showFailure('a stale load', () => conn.get('bad', { token, ttl: 1, staleIfError: 10 }));
    await showFailure('a key', () => conn.get(() => token));
    await hawser.connection('api', { type: Chatty, extra: shown.length });
    await showFailure('a method of the client', () => conn.nope());
    await showFailure('connect', async () => (await hawser.connection('down', { type: Chatty })).raw());
    show('stats', hawser.stats());
    await Promise.all(work);
    for (const [name, frame] of stored) {
      shown.push({ where: 'name of a frame', text: name });
      shown.push({ where: 'frame', text: new TextDecoder('latin1').decode(frame) });
    }
    expect(stored.size).toBe(1);
    await conn.reset();
    await conn.close();
    await showFailure('closed', () => conn.get('a'));
  } finally {
    channel('hawser:cache').unsubscribe(listen);
    await hawser.close();
  }
  await showFailure('a closed instance', () => hawser.connection('api'));
});

test('configuration that is wrong', async () => {
  const one = (/** @type {Record<string, unknown>} */ section) => createHawser({ secrets: [{ values: { connections: { one: section } } }], hooks });
  for (const section of [configured({ type: 'nope' }), configured({ url: `gopher://u:${marker('scheme')}@h/d` }), { url: `sqlitee://u:${marker('dialect')}@h/d` }, { url: `sqlite://h:${marker('port')}/d` },
    { dialect: 'sqlite', password: marker('unused'), database: `/x/${marker('file')}` }, { type: 'sql', password: marker('no-url') }]) {
    await showFailure(JSON.stringify(Object.keys(section)), async () => (await one(section).connection('one')).raw());
  }
  await showFailure('not a table', () => one(/** @type {any} */ (marker('not-a-table'))).connection('one'));
  await showFailure('kwargs', () => one({ type: 'sql', url: 'sqlite://' }).connection('one', { type: marker('type') }).catch((/** @type {any} */ error) => {
    expect(error).toBeInstanceOf(HawserError);
    throw new Error(error.code); // A type is no secret: it is shown.
  }));
});

test('credentials that the secrets do not know: given in code, or by the data source itself', async () => {
  const native = marker('native');
  class Native extends Chatty {
    static connectionUrl = true;
    static nativeConfig = () => ({ api_key: native });

    /** @override @param {any} config */
    async connect(config) {
      if (config.works) return config;
      throw Object.assign(new Error(`refused: ${JSON.stringify(config)}`), { config });
    }

    /** @override */
    async close() {
      throw new Error(`does not close: ${native}`);
    }
  }
  class Unmade extends Native {
    /** @param {any} context */
    constructor(context) {
      super(context);
      throw new Error(`not made: ${JSON.stringify(context.config)}`);
    }
  }
  const hawser = createHawser({ secrets: [], hooks });
  const password = marker('in-code');
  const all = [
    { password },
    { url: `mysql://me:${encodeURIComponent(password)}@h/d` },
    { url: `mysql://h/d?sslkey=1&auth_token=${encodeURIComponent(password)}` },
    { auth: { type: 'basic', list: [{ password }] } },
    { tokens: [password], pin: 271828 },
  ];
  for (const options of all) {
    const conn = await hawser.connection('one', { type: Native, ...options });
    await showFailure('connect', () => conn.raw());
    await showFailure('close', () => conn.close());
    await showFailure('made', () => hawser.connection('one', { type: Unmade, ...options }));
  }
  await hawser.connection('two', { type: Native, works: true, password });
  await showFailure('closing all', () => hawser.close());
});

test('SQL', async () => {
  const hawser = createHawser({ secrets: [{ values: { connections: { db: { url: 'sqlite://', token: marker('token') } } } }], hooks });
  const token = /** @type {any} */ (hawser.secrets).get('connections.db.token');
  const conn = await hawser.connection('db');
  await conn.execute('create table t (token text unique check (length(token) > 3))');
  await conn.execute('insert into t values (?)', { params: [token] });
  await showFailure('a constraint', () => conn.execute('insert into t values (:token)', { params: { token } }));
  await showFailure('many', () => conn.executeMany('insert into t values (?)', [['other'], [token]]));
  await showFailure('pasted', () => conn.query(`select ${token}`));
  await showFailure('a missing function', () => conn.query(`select "${token}"()`));
  const result = await conn.query('select count(*) as n from t where token = ?', { params: [token], ttl: 60 });
  show('result', result.cache);
  show('hit', (await conn.sql`select count(*) as n from t where token = ${token}`).cache);
  show('hit', (await conn.sql`select count(*) as n from t where token = ${token}`).cache);
  await showFailure('wrong parameters', () => conn.query('select ?', { params: [token, token] }));
  await showFailure('a parameter that cannot be bound', () => conn.query('select ?', { params: [{ token }] }));
  await showFailure('a transaction', () => conn.transaction(async (/** @type {any} */ tx) => {
    await tx.execute(sql`insert into t values (${token})`);
  }));
  show('connection', conn);
  show('stats', hawser.stats());
  await hawser.close();
});
