/** Formats: bytes to tables, in every runtime: what decompresses, decodes and is loaded when it is used. */
import { fails, ok, same } from '../assert.js';

/** Two rows, written by hyparquet-writer: id INT64, name STRING, at TIMESTAMP. Their pages are in snappy, and in gzip. */
const SNAPPY =
  'UEFSMRUGFSQVKFwVBBUAFQQVABUEFQAAAAMDEDwBAAAAAAAAAAEAAAAAACAAFQYVKBUsXBUEFQAVBBUAFQQVAAAAAwMSRAMAAABSZXgHAAAATWlleiDDvBUGFRQVGFwVBBUCFQQVABUEFQAAAAMBCB' +
  'wFAAAAAAAAABUEGUxIBHJvb3QVBgAVBCUCGAJpZAAVDCUCGARuYW1lJQAAFQQlAhgCYXQlEgAWBBkcGTwmCBwVBBkVABkYAmlkFQIWBBZOFlImCAAAJlocFQwZFQAZGARuYW1lFQIWBBZSFlYmWgAA' +
  'JrABHBUEGRUAGRgCYXQVAhYEFj4WQiawAQAAFt4BFgQ26gEAKAF0GTwcAAAcAAAcAAAAmwAAAFBBUjE=';
const GZIP =
  'UEFSMRUGFSQVPFwVBBUAFQQVABUEFQAAAAMDH4sIAAAAAAACA2NkgABGMKnAAAD4/v0bEAAAABUGFSgVUFwVBBUAFQQVABUEFQAAAAMDH4sIAAAAAAACA2NmYGAISq1gZ2Bg8M1MrVI4vAcA/1ljFh' +
  'IAAAAVBhUUFTJcFQQVAhUEFQAVBBUAAAADAR+LCAAAAAAAAgNjZYAAAA3Rwi0IAAAAFQQZTEgEcm9vdBUGABUEJQIYAmlkABUMJQIYBG5hbWUlAAAVBCUCGAJhdCUSABYEGRwZPCYIHBUEGRUAGRgC' +
  'aWQVBBYEFk4WZiYIAAAmbhwVDBkVABkYBG5hbWUVBBYEFlIWeiZuAAAm6AEcFQQZFQAZGAJhdBUEFgQWPhZcJugBAAAW3gEWBDa8AgAoAXQZPBwAABwAABwAAACbAAAAUEFSMQ==';

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));

/** @param {string} text */
const gzipped = (text) => new Response(new Response(text).body?.pipeThrough(new CompressionStream('gzip')));

/** Not on every edge runtime. */
const hasGzip = typeof DecompressionStream === 'function';

/**
 * A connection whose server has these files, by path.
 * @param {import('../suite.js').Context} context
 * @param {Record<string, () => Response>} files
 */
async function serving({ hawser }, files) {
  /** @type {any} */
  const fetch = async (/** @type {string} */ address) => files[new URL(address).pathname]?.() ?? new Response('nothing here', { status: 404 });
  return hawser({ fetch, flightScope: 'isolate' }).connection('api', { type: 'http', url: 'https://api.test/' });
}

/** @type {Record<string, import('../suite.js').Case>} */
export const formats = {
  async 'JSON with exact integers'(context) {
    const conn = await serving(context, { '/a.json': () => new Response('{"items":[{"id":9007199254740993,"t":"9007199254740993"}]}') });
    await fails(conn.get('a.json', { format: 'json' }), 'ERR_INT64_RANGE');
    same((await conn.get('a.json', { format: 'json', int64: 'string' })).items[0].id, '9007199254740993');
    const table = await conn.read('a.json', { format: 'json', records: 'items', int64: 'bigint' });
    same(table.at(0), { id: 9007199254740993n, t: '9007199254740993' });
  },

  async 'CSV that keeps to the rules, and CSV that does not'(context) {
    const conn = await serving(context, {
      '/rules.csv': () => new Response('\ufeffid,name,note\r\n1,"Rex, ""the dog""",\r\n2,Miez ü,"two\nlines"\r\n', { headers: { 'content-type': 'text/csv' } }),
      '/odd.csv': () => new Response('id,size\n1,5" by 6"\n2,"7"\n', { headers: { 'content-type': 'text/csv' } }),
      '/latin.csv': () => new Response(new Uint8Array([0x61, 10, 0xe4]), { headers: { 'content-type': 'text/csv; charset=windows-1252' } }),
    });
    same((await conn.read('rules.csv')).toArray(), [{ id: 1, name: 'Rex, "the dog"', note: null }, { id: 2, name: 'Miez ü', note: 'two\nlines' }]);
    same((await conn.read('odd.csv')).toArray(), [{ id: 1, size: '5" by 6"' }, { id: 2, size: '7' }]);
    same((await conn.read('latin.csv')).toArray(), [{ a: 'ä' }]);
  },

  async 'gzip, whole and in a stream'(context) {
    if (!hasGzip) {
      const without = await serving(context, { '/a.csv.gz': () => new Response(new Uint8Array([0x1f, 0x8b, 8])) });
      await fails(without.read('a.csv.gz'), 'ERR_NOT_SUPPORTED');
      return;
    }
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, name: `pet ${id}` }));
    const ndjson = rows.map((row) => JSON.stringify(row)).join('\n');
    const compressed = new Uint8Array(await gzipped(ndjson).arrayBuffer());
    ok(compressed[0] === 0x1f, 'it is gzip');
    const conn = await serving(context, {
      '/rows.ndjson.gz': () => new Response(compressed),
      '/cut.ndjson.gz': () => new Response(compressed.subarray(0, compressed.length - 9)),
    });
    const table = await conn.read('rows.ndjson.gz');
    same([table.length, table.at(-1)], [20_000, { id: 19_999, name: 'pet 19999' }]);
    let length = 0;
    for await (const part of conn.stream('rows.ndjson.gz', { batchSize: 7000 })) length += part.length;
    same(length, 20_000);
    for await (const part of conn.stream('rows.ndjson.gz', { batchSize: 10 })) {
      same(part.length, 10);
      break;
    }
    await fails(conn.read('cut.ndjson.gz'), 'ERR_FORMAT');
  },

  async 'Parquet, in snappy and in gzip'(context) {
    const conn = await serving(context, {
      '/snappy.parquet': () => new Response(bytesOf(SNAPPY)), '/gzip.parquet': () => new Response(bytesOf(GZIP)), '/cut.parquet': () => new Response(bytesOf(SNAPPY).subarray(0, 100)),
    });
    if (!hasGzip) await fails(conn.read('gzip.parquet'), 'ERR_NOT_SUPPORTED');
    for (const path of hasGzip ? ['snappy.parquet', 'gzip.parquet'] : ['snappy.parquet']) {
      const table = await conn.read(path, { int64: 'bigint' });
      same(table.toArray(), [{ id: 1n, name: 'Rex', at: new Date(5) }, { id: 9007199254740993n, name: 'Miez ü', at: null }]);
      await fails(conn.read(path), 'ERR_INT64_RANGE');
    }
    await fails(conn.read('cut.parquet'), 'ERR_FORMAT');
  },
};
