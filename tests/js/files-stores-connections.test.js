/**
 * Connections of the types azure, hf and files: what is configured where, formats, the cache, datasets; and that the same bytes give the same
 * table, wherever they are.
 */
import { channel } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { HOOKS } from '../../js/events.js';
import { createHawser } from '../../js/index.js';
import { tableParts } from '../../js/table/table.js';
import { haveAzurite, startAzurite } from '../servers/azurite.js';
import { startHuggingFace } from '../servers/huggingface.js';
import { haveRgw, startRgw } from '../servers/rgw.js';
import { all, failure } from './store-contract.js';

/** @type {import('../../js/index.js').Hawser[]} */
const instances = [];
/** @param {Record<string, any>} [connections] @param {Record<string, any>} [options] */
const hawserWith = (connections = {}, options = {}) => {
  const instance = createHawser({ secrets: [{ values: { connections } }], ...options });
  instances.push(instance);
  return instance;
};
/** @param {Record<string, any>} options @returns {Promise<any>} */
const connect = (options) => hawserWith().connection('store', options);
afterEach(async () => {
  for (const instance of instances.splice(0)) await instance.close();
});

const folder = mkdtempSync(join(tmpdir(), 'hawser-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rows = Array.from({ length: 3000 }, (_, i) => ({ id: i, name: i % 7 === 0 ? null : `näme ${i}`, ratio: i / 8, flag: i % 2 === 0 }));
/** @param {typeof rows} list */
const parquet = (list) =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: list.map(({ id }) => id), type: 'INT32' },
        { name: 'name', data: list.map(({ name }) => name), type: 'STRING', nullable: true },
        { name: 'ratio', data: list.map(({ ratio }) => ratio), type: 'DOUBLE' },
        { name: 'flag', data: list.map(({ flag }) => flag), type: 'BOOLEAN' },
      ],
      rowGroupSize: 500,
    }),
  );
/** @type {Record<string, Uint8Array | string>} */
const files = {
  'table.csv': `id,name,ratio\n${rows.map(({ id, name, ratio }) => `${id},${name === null ? '' : `"${name}, x"`},${ratio}`).join('\r\n')}\n`,
  'table.json': JSON.stringify({ data: { items: rows.slice(0, 50) } }),
  'table.ndjson': rows.map((row) => JSON.stringify(row)).join('\n'),
  'table.parquet': parquet(rows),
  'note ü+.txt': 'grüße',
};

describe('local files and addresses', () => {
  test('of a connection that is not configured', async () => {
    const server = createServer((request, response) => void response.end(request.url === '/a.json?x=1' ? '[1,2]' : 'no'));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    const files = await hawserWith().connection('files');
    writeFileSync(join(folder, 'a.json'), '{"big":9007199254740993}');
    expect(await files.read(join(folder, 'a.json'), { int64: 'bigint' })).toEqual({ big: 9007199254740993n });
    expect(await files.read(pathToFileURL(join(folder, 'a.json')).href, { format: 'text' })).toContain('big');
    expect(await files.read(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/a.json?x=1`, { format: 'json' })).toEqual([1, 2]);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('a url that is a folder; protocols by name', async () => {
    for (const options of [{ url: `${pathToFileURL(folder).href}/` }, { type: 'files', root: folder }, { type: 'files', protocol: 'file', root: folder }]) {
      const conn = await connect(options);
      await conn.write('sub/b.csv', 'x\n1\n');
      expect((await conn.read('sub/b.csv')).toArray()).toEqual([{ x: 1 }]);
      expect(await all(conn.list('sub/'))).toMatchObject([{ path: 'sub/b.csv', size: 4 }]);
      expect(await failure(conn.read('../secret'))).toBeInstanceOf(RangeError);
    }
  });

  test('what was read is read again when it was written, and asked for again when it has expired', async () => {
    let now = 1_000_000_000_000;
    const hawser = hawserWith({}, { clock: { now: () => now } });
    const conn = await hawser.connection('here', { type: 'files', root: folder });
    await conn.write('c.csv', 'x\n1\n');
    const first = await conn.read('c.csv', { ttl: 60 });
    expect(first.cache.state).toBe('miss');
    expect((await conn.read('c.csv', { ttl: 60 })).cache.state).toBe('hit');
    now += 61_000;
    const second = await conn.read('c.csv', { ttl: 60 });
    expect(tableParts(second).batches).toBe(tableParts(first).batches); // Not read again: it has not changed.
    await conn.write('c.csv', 'x\n2\n');
    expect((await conn.read('c.csv', { ttl: 60 })).toArray()).toEqual([{ x: 2 }]);
    writeFileSync(join(folder, 'c.csv'), 'x\n3\n');
    expect((await conn.read('c.csv', { ttl: 60 })).toArray()).toEqual([{ x: 2 }]);
    now += 61_000;
    expect((await conn.read('c.csv', { ttl: 60 })).toArray()).toEqual([{ x: 3 }]);
    await conn.delete('c.csv');
    expect(await failure(conn.read('c.csv', { ttl: 60 }))).toMatchObject({ code: 'ERR_NOT_FOUND', connection: 'here' });
  });
});

if (!haveAzurite()) test.skip('no Azurite: node tools/setup.js test', () => {});
else {
  describe('Azure', () => {
    /** @type {Awaited<ReturnType<typeof startAzurite>>} */
    let azurite;
    beforeAll(async () => {
      azurite = await startAzurite();
      await azurite.createContainer('data');
    }, 60_000);
    afterAll(() => azurite?.close());
    const place = () => ({ endpoint: azurite.endpoint, account: azurite.account });

    test('by secrets, by a URL, by the environment, by the name of the connection', async () => {
      const hawser = hawserWith({ lake: { type: 'azure', container: 'data', connection_string: azurite.connectionString }, azure: { ...place(), container: 'data', account_key: azurite.key } });
      const lake = await hawser.connection('lake');
      await lake.write('a/b.csv', 'x\n1\n');
      expect((await (await hawser.connection('azure')).read('a/b.csv')).toArray()).toEqual([{ x: 1 }]);
      expect((await (await hawser.connection('u', { url: 'azure://data/a', ...place(), account_key: azurite.key })).read('b.csv')).length).toBe(1);
      const before = process.env.AZURE_STORAGE_CONNECTION_STRING;
      process.env.AZURE_STORAGE_CONNECTION_STRING = azurite.connectionString;
      try {
        expect((await (await hawser.connection('env', { type: 'azure', container: 'data' })).read('a/b.csv')).length).toBe(1);
        expect(await failure((await hawser.connection('none', { type: 'azure', container: 'data', anonymous: true })).read('a/b.csv'))).toMatchObject({ code: 'ERR_AUTH' });
      } finally {
        if (before === undefined) delete process.env.AZURE_STORAGE_CONNECTION_STRING;
        else process.env.AZURE_STORAGE_CONNECTION_STRING = before;
      }
      expect(await failure(hawser.connection('bad', { type: 'azure', container: 'data' }).then((conn) => conn.read('x')))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'bad' });
    });

    test('an expired result is asked for with its etag; a write is seen', async () => {
      let now = Date.now();
      /** @type {(number | undefined)[]} */
      const statuses = [];
      const fetching = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => {
        const response = await fetch(url, init);
        statuses.push(response.status);
        return response;
      });
      const conn = await hawserWith({}, { clock: { now: () => now }, fetch: fetching }).connection('lake', { type: 'azure', ...place(), container: 'data', account_key: azurite.key });
      await conn.write('etag.csv', 'x\n1\n');
      const first = await conn.read('etag.csv', { ttl: 10 });
      now += 11_000;
      statuses.length = 0;
      const again = await conn.read('etag.csv', { ttl: 10 });
      expect(statuses).toEqual([304]);
      expect(tableParts(again).batches).toBe(tableParts(first).batches);
      await conn.write('etag.csv', 'x\n2\n');
      expect((await conn.read('etag.csv', { ttl: 10 })).toArray()).toEqual([{ x: 2 }]);
    });

    test('three rows of a large Parquet file move a small part of it', async () => {
      const many = Array.from({ length: 60_000 }, (_, i) => ({ id: i, name: `some name that is not so short ${(i * 7919) % 60_000}`, ratio: Math.sin(i), flag: i % 3 === 0 }));
      const bytes = parquet(many);
      const conn = await connect({ type: 'azure', ...place(), container: 'data', account_key: azurite.key });
      await conn.write('large.parquet', bytes);
      let moved = 0;
      const counting = /** @type {any} */ (async (/** @type {any} */ url, /** @type {any} */ init) => {
        const response = await fetch(url, init);
        if (init.method === 'GET') moved += Number(response.headers.get('content-length'));
        return response;
      });
      const reader = await hawserWith({}, { fetch: counting }).connection('lake', { type: 'azure', ...place(), container: 'data', account_key: azurite.key });
      const table = await reader.read('large.parquet', { limit: 3, offset: 40_001, columns: ['id', 'flag'] });
      expect(table.toArray()).toEqual([40_001, 40_002, 40_003].map((id) => ({ id, flag: id % 3 === 0 })));
      expect(moved).toBeLessThan(bytes.length / 4);
    }, 60_000);

    test('no key, signature or token is in errors, events, tables, spans', async () => {
      /** @type {string[]} */
      const shown = [];
      const show = (/** @type {unknown} */ thing) => void shown.push(inspect(thing, { depth: 12, showHidden: true }), String(thing));
      const hooks = Object.fromEntries(HOOKS.map((name) => [name, show]));
      const channels = ['hawser:cache', 'hawser:connection'].map((name) => channel(name));
      for (const one of channels) one.subscribe(show);
      const signer = await connect({ type: 'azure', ...place(), container: 'data', account_key: azurite.key });
      await signer.write('leak.csv', 'x\n1\n');
      const sas = new URL(await signer.url('leak.csv', { expires: 60 })).search;
      const wrong = sas.replace(/sig=.{8}/, 'sig=AAAAAAAA');
      const secrets = [azurite.key, String(new URLSearchParams(sas).get('sig')), String(new URLSearchParams(wrong).get('sig')), 'an-entra-token'];
      try {
        const hawser = hawserWith({ one: { account_key: azurite.key }, two: { sas_token: sas }, three: { sas_token: wrong }, four: { token: 'an-entra-token' }, five: { connection_string: azurite.connectionString } }, { hooks });
        for (const [name, extra] of Object.entries({ one: place(), two: place(), three: place(), four: place(), five: {} })) {
          const conn = await hawser.connection(name, { type: 'azure', container: 'data', ...extra }).catch((error) => show(error));
          if (!conn) continue;
          show(conn);
          for (const call of [() => conn.read('leak.csv', { ttl: 5 }), () => conn.read('none.csv'), () => conn.stat('none'), () => conn.delete('none'), () => all(conn.list('x')), () => conn.write('x.csv', 'y')]) {
            await call().then(show, (/** @type {any} */ error) => {
              show(error);
              shown.push(`${error.stack} ${error.cause?.stack} ${JSON.stringify(error)}`);
            });
          }
        }
        show(hawser);
      } finally {
        for (const one of channels) one.unsubscribe(show);
      }
      const text = shown.join('\n');
      expect(shown.length).toBeGreaterThan(50);
      for (const secret of secrets) for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) expect(text).not.toContain(form);
    });
  });
}

describe('a double of the Hugging Face Hub', () => {
  /** @type {Awaited<ReturnType<typeof startHuggingFace>>} */
  let hub;
  const slices = [rows.slice(0, 1000), rows.slice(1000, 1800), rows.slice(1800)];
  beforeAll(async () => {
    const parts = Object.fromEntries(slices.map((slice, i) => [`default/train/000${i}.parquet`, parquet(slice)]));
    const other = parquetWriteBuffer({ columnData: [{ name: 'different', data: [1], type: 'INT32' }] });
    const url = (/** @type {string} */ path) => `https://huggingface.co/datasets/owner/set/resolve/refs%2Fconvert%2Fparquet/${path}`;
    const file = (/** @type {string} */ split, /** @type {string} */ path) => ({ dataset: 'owner/set', config: 'default', split, url: url(path), filename: path.slice(-12), size: 1 });
    hub = await startHuggingFace({
      large: 1000,
      repos: { 'datasets/owner/set': { private: true, revisions: { main: files, 'refs/convert/parquet': { ...parts, 'default/odd/0000.parquet': new Uint8Array(other) } } } },
      parquet: { 'owner/set': { body: { parquet_files: [...Object.keys(parts).map((path) => file('train', path)), file('odd', 'default/train/0000.parquet'), file('odd', 'default/odd/0000.parquet')], pending: [], failed: [], partial: false } } },
    });
  });
  afterAll(async () => {
    expect(hub.violations).toEqual([]);
    await hub.close();
  });
  const place = () => ({ type: 'hf', endpoint: hub.endpoint, viewer_endpoint: hub.viewer, token: hub.token });

  test('a dataset is one table, of however many files', async () => {
    const conn = await connect(place());
    const table = await conn.read('owner/set', { split: 'train', ttl: 60 });
    expect(table.length).toBe(3000);
    expect(table.toArray()).toEqual(rows);
    expect((await conn.read('owner/set', { split: 'train', ttl: 60 })).cache.state).toBe('hit');
    const own = await connect({ ...place(), repo: 'datasets/owner/set' });
    expect((await own.read('', { split: 'train' })).length).toBe(3000);
  });

  test.each([[0, 5], [998, 4], [1000, 1], [1799, 3], [2998, 10], [5000, 3], [0, 0], [1500, undefined], [0, 1001]])('rows from %i, %s of them', async (offset, limit) => {
    const conn = await connect(place());
    const table = await conn.read('owner/set', { split: 'train', offset, limit, columns: ['name', 'id'] });
    expect(table.columns.map((/** @type {any} */ { name }) => name)).toEqual(['name', 'id']);
    expect(table.toArray()).toEqual(rows.slice(offset, limit === undefined ? undefined : offset + limit).map(({ name, id }) => ({ name, id })));
    const streamed = [];
    for await (const batch of conn.stream('owner/set', { split: 'train', offset, limit, columns: ['id'], batchSize: 300 })) {
      expect(batch.length).toBeLessThanOrEqual(300);
      streamed.push(...batch.toArray());
    }
    expect(streamed.map((/** @type {any} */ { id }) => id)).toEqual(table.toArray().map((/** @type {any} */ { id }) => id));
  });

  test('files that do not belong together, options that do not', async () => {
    const conn = await connect(place());
    expect(await failure(conn.read('owner/set', { split: 'odd' }))).toMatchObject({ code: 'ERR_FORMAT' });
    expect(await failure(all(conn.stream('owner/set', { split: 'odd' })))).toMatchObject({ code: 'ERR_FORMAT' });
    expect(await failure(conn.read('owner/set'))).toMatchObject({ code: 'ERR_CONNECTION_CONFIG', connection: 'store' });
    expect(await failure(conn.read('datasets/owner/set/table.csv', { split: 'train' }))).toBeInstanceOf(TypeError);
  });

  test('by a URL, by the environment', async () => {
    const before = { ...process.env };
    Object.assign(process.env, { HF_TOKEN: hub.token, HF_ENDPOINT: hub.endpoint });
    try {
      const conn = await connect({ url: 'hf://datasets/owner/set' });
      expect(await conn.read('note ü+.txt')).toBe('grüße');
      expect((await all(conn.list(''))).map(({ path }) => path)).toEqual(Object.keys(files).sort());
    } finally {
      for (const name of ['HF_TOKEN', 'HF_ENDPOINT']) {
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
      }
    }
  });
});

describe('the same bytes give the same table', () => {
  /** @type {Record<string, any>} */
  const stores = {};
  /** @type {{ close: () => Promise<void> }[]} */
  const servers = [];
  const hawser = createHawser({ secrets: [] });
  beforeAll(async () => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    stores.local = await hawser.connection('local', { type: 'files', root: folder });
    const web = createServer((request, response) => {
      const name = decodeURIComponent(String(request.url).slice(1));
      if (!Object.hasOwn(files, name)) return void response.writeHead(404).end();
      response.end(readFileSync(join(folder, name))); // Knows no ranges.
    });
    await new Promise((resolve) => web.listen(0, '127.0.0.1', () => resolve(undefined)));
    servers.push({ close: () => new Promise((resolve) => void (web.close(() => resolve()), web.closeAllConnections())) });
    stores.web = await hawser.connection('web', { type: 'files', url: `http://127.0.0.1:${/** @type {any} */ (web.address()).port}/` });
    const hub = await startHuggingFace({ repos: { 'datasets/owner/set': { revisions: { main: files } } }, large: 10_000 });
    servers.push(hub);
    stores.hf = await hawser.connection('hub', { type: 'hf', endpoint: hub.endpoint, repo: 'datasets/owner/set' });
    if (haveAzurite()) {
      const azurite = await startAzurite();
      servers.push(azurite);
      await azurite.createContainer('data');
      stores.azure = await hawser.connection('lake', { type: 'azure', connection_string: azurite.connectionString, container: 'data' });
    }
    if (haveRgw()) {
      const rgw = await startRgw();
      servers.push(rgw);
      await rgw.addBucket('same');
      stores.s3 = await hawser.connection('bucket', { type: 's3', url: 's3://same', endpoint: rgw.endpoint, access_key_id: rgw.keys.accessKeyId, secret_access_key: rgw.keys.secretAccessKey });
    }
    for (const name of ['azure', 's3']) for (const [path, content] of Object.entries(files)) await stores[name]?.write(path, content);
  }, 120_000);
  afterAll(async () => {
    await hawser.close();
    for (const server of servers) await server.close();
  });

  test.each(/** @type {[string, any][]} */ ([
    ['table.csv', {}],
    ['table.csv', { columns: ['ratio', 'id'], limit: 7, offset: 3 }],
    ['table.json', { records: 'data.items' }],
    ['table.ndjson', {}],
    ['table.parquet', {}],
    ['table.parquet', { columns: ['name'], limit: 10, offset: 1234 }],
  ]))('%s %j', async (path, options) => {
    const expected = await stores.local.read(path, options);
    expect(expected.length).toBeGreaterThan(5);
    for (const [name, conn] of Object.entries(stores)) {
      const table = await conn.read(path, options);
      expect([name, table.columns]).toEqual([name, expected.columns]);
      expect(table.toArray()).toEqual(expected.toArray());
      if (!options.records) {
        let streamed = 0;
        for await (const batch of conn.stream(path, { ...options, batchSize: 500 })) streamed += batch.length;
        expect([name, streamed]).toEqual([name, expected.length]);
      }
    }
  });

  test('text, bytes and parts', async () => {
    for (const [name, conn] of Object.entries(stores)) {
      expect([name, await conn.read('note ü+.txt')]).toEqual([name, 'grüße']);
      expect(Buffer.from(await conn.read('table.parquet', { format: 'bytes' })).equals(Buffer.from(files['table.parquet']))).toBe(true);
      const file = await conn.open('table.parquet');
      expect(new TextDecoder().decode(await file.slice(0, 4))).toBe('PAR1');
      expect([name, file.size]).toEqual([name, files['table.parquet'].length]);
      expect(await failure(conn.read('none.csv'))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    }
    expect(Object.keys(stores).length).toBeGreaterThanOrEqual(3);
  });
});
