/**
 * What every store does alike (js/stores/store.js), as tests: given stores, with paths that nobody else uses.
 */
import { describe, expect, test } from '@jest/globals';
import { Exchange } from '../../js/http/exchange.js';

/** @typedef {import('../../js/stores/store.js').Store} Store */

/**
 * What a store is made with.
 * @param {object} [options]
 * @param {typeof fetch} [options.fetch]
 * @param {{ now(): number }} [options.clock]
 * @param {string} [options.type]
 */
export function storeContext({ fetch, clock = Date, type = 'files' } = {}) {
  const quick = { now: () => clock.now(), sleep: async () => {} };
  return { exchange: new Exchange({ fetch, clock: quick, connection: 'files' }), clock, connection: 'files', type };
}

/** @param {import('../../js/stores/store.js').ReadReply} reply */
export const bytesOf = async ({ body }) => new Uint8Array(await new Response(body).arrayBuffer());

/** @param {import('../../js/stores/store.js').ReadReply} reply */
export const textOf = async (reply) => new TextDecoder().decode(await bytesOf(reply));

/** @template T @param {AsyncIterable<T>} items */
export async function all(items) {
  const list = [];
  for await (const item of items) list.push(item);
  return list;
}

/** @param {Promise<unknown>} promise @returns {Promise<any>} What it is rejected with. */
export const failure = (promise) => promise.then((value) => { throw new Error(`it was not rejected, but gave ${value}`); }, (error) => error);

/** Names that servers, URLs and XML like to get wrong. */
export const HARD_NAMES = [
  ...['space in name.txt', 'plus+sign.txt', 'percent%20sign.txt', 'a&b=c.txt', 'question?mark.txt', 'hash#sign.txt', "quote'(1)*!.txt"],
  ...['ünïcödé/日本語.txt', '😀.txt', 'a//b.txt', 'semi;colon,comma.txt', '[brackets]{braces}.txt', '~tilde^caret`.txt', 'at@colon:.txt', '<xml>&amp;"quotes".txt'],
];

/**
 * Tests of a store that can be written to.
 * @param {() => Store} store
 * @param {{ names?: string[], conditions?: boolean }} [options] names: those of HARD_NAMES that it can have. conditions: whether ifMatch can be
 *   tested when writing.
 */
export function writableStore(store, { names = HARD_NAMES, conditions = true } = {}) {
  describe('writing and reading', () => {
    test('an object is written, looked at, read, overwritten and deleted', async () => {
      const written = await store().write('contract/one.txt', 'first', { contentType: 'text/plain' });
      expect(written).toMatchObject({ path: 'contract/one.txt', type: 'file', size: 5 });
      const entry = await store().stat('contract/one.txt');
      expect(entry).toMatchObject({ path: 'contract/one.txt', type: 'file', size: 5 });
      expect(entry.lastModified).toBeDefined();
      const reply = await store().read('contract/one.txt');
      expect(reply).toMatchObject({ size: 5, notModified: false, etag: entry.etag });
      expect(await textOf(reply)).toBe('first');
      await store().write('contract/one.txt', 'second, longer');
      expect(await textOf(await store().read('contract/one.txt'))).toBe('second, longer');
      await store().delete('contract/one.txt');
      expect(await failure(store().stat('contract/one.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND', path: 'contract/one.txt' });
      expect(await failure(store().read('contract/one.txt'))).toMatchObject({ code: 'ERR_NOT_FOUND', path: 'contract/one.txt' });
    });

    test('text, bytes, a Blob, a stream, nothing at all', async () => {
      const bytes = new TextEncoder().encode('grüße');
      const whole = new Uint8Array([0, ...bytes, 0]);
      const bodies = ['grüße', bytes, bytes.buffer.slice(0, bytes.length), whole.subarray(1, whole.length - 1), new Blob([bytes]), new Blob([bytes]).stream()];
      for (const [at, body] of bodies.entries()) {
        expect(await store().write(`contract/bodies/${at}`, /** @type {any} */ (body))).toMatchObject({ size: 7 });
        expect(await textOf(await store().read(`contract/bodies/${at}`))).toBe('grüße');
      }
      for (const empty of ['', new Uint8Array(0), new Blob([]), new Blob([]).stream()]) {
        expect(await store().write('contract/bodies/empty', /** @type {any} */ (empty))).toMatchObject({ size: 0 });
        const reply = await store().read('contract/bodies/empty');
        expect(reply.size).toBe(0);
        expect(await bytesOf(reply)).toHaveLength(0);
      }
      expect(await failure(store().write('contract/bodies/no', /** @type {any} */ (5)))).toBeInstanceOf(TypeError);
    });

    test('ranges, with the size of the whole', async () => {
      await store().write('contract/ranges', '0123456789');
      /** @type {[any, string][]} */
      const ranges = [[{ start: 0, end: 1 }, '0'], [{ start: 3, end: 7 }, '3456'], [{ start: 7 }, '789'], [{ start: 8, end: 100 }, '89'], [{ suffix: 4 }, '6789'], [{ suffix: 100 }, '0123456789']];
      for (const [range, expected] of ranges) {
        const reply = await store().read('contract/ranges', { range });
        expect([range, await textOf(reply)]).toEqual([range, expected]);
        expect(reply.size).toBe(10);
      }
      for (const start of [10, 11, 1000]) {
        const reply = await store().read('contract/ranges', { range: { start } });
        expect([start, reply.size, await textOf(reply)]).toEqual([start, 10, '']);
      }
      for (const range of [{ start: -1 }, { start: 3, end: 3 }, { start: 1.5 }, { suffix: 0 }]) {
        expect(await failure(store().read('contract/ranges', { range }))).toBeInstanceOf(RangeError);
      }
    });

    test('what has not changed is not sent again; what has changed is not mixed', async () => {
      await store().write('contract/changing', 'one');
      const { etag, body } = await store().read('contract/changing');
      await body?.cancel();
      expect(etag).toMatch(/^(W\/)?".+"$/);
      expect(await store().read('contract/changing', { ifNoneMatch: etag })).toMatchObject({ body: null, notModified: true, etag });
      for (const range of [{ start: 1 }, { suffix: 2 }]) {
        expect(await store().read('contract/changing', { ifNoneMatch: etag, range })).toMatchObject({ body: null, notModified: true, etag });
        expect(await textOf(await store().read('contract/changing', { ifMatch: etag, range }))).toBe('ne');
      }
      await store().write('contract/changing', 'another');
      expect(await textOf(await store().read('contract/changing', { ifNoneMatch: etag }))).toBe('another');
      expect(await failure(store().read('contract/changing', { ifMatch: etag, range: { start: 1 } }))).toMatchObject({ changed: true, path: 'contract/changing' });
    });

    test('only when there is nothing yet', async () => {
      await store().write('contract/once', 'one', { ifNoneMatch: '*' });
      expect(await failure(store().write('contract/once', 'two', { ifNoneMatch: '*' }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
      expect(await textOf(await store().read('contract/once'))).toBe('one');
    });

    if (conditions) {
      test('only when it is still that', async () => {
        await store().write('contract/same', 'one');
        const { etag } = await store().stat('contract/same');
        await store().write('contract/same', 'two', { ifMatch: etag });
        expect(await failure(store().write('contract/same', 'three', { ifMatch: etag }))).toMatchObject({ code: 'ERR_HTTP_STATUS' });
        expect(await textOf(await store().read('contract/same'))).toBe('two');
      });
    }

    test('progress of both directions', async () => {
      /** @type {any[]} */
      const up = [];
      /** @type {any[]} */
      const down = [];
      await store().write('contract/progress', 'x'.repeat(1000), { onProgress: (at) => up.push(at) });
      expect(up.at(-1)).toEqual({ loaded: 1000, total: 1000 });
      await bytesOf(await store().read('contract/progress', { onProgress: (at) => down.push(at) }));
      expect(down.at(-1)).toEqual({ loaded: 1000, total: 1000 });
    });

    test.each(names)('the name %j', async (name) => {
      const path = `contract/names/${name}`;
      await store().write(path, name);
      expect(await textOf(await store().read(path))).toBe(name);
      expect((await all(store().list('contract/names/'))).map((entry) => entry.path)).toContain(path);
      await store().delete(path);
      expect(await failure(store().stat(path))).toMatchObject({ code: 'ERR_NOT_FOUND' });
    });

    test('names that cannot be sent are refused', async () => {
      for (const path of ['', '.', '..', 'a/../b', './a', 'a/.', 'a\ud800']) {
        for (const call of ['read', 'stat', 'delete']) expect(await failure(/** @type {any} */ (store())[call](path))).toBeInstanceOf(path === '' ? TypeError : RangeError);
        expect(await failure(store().write(path, 'x'))).toBeInstanceOf(path === '' ? TypeError : RangeError);
      }
    });

    test('an aborted call', async () => {
      await store().write('contract/abort', 'x');
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(store().read('contract/abort', { signal })).rejects.toThrow('enough');
      await expect(store().stat('contract/abort', { signal })).rejects.toThrow('enough');
      await expect(all(store().list('contract/', { signal }))).rejects.toThrow('enough');
    });
  });

  describe('listing', () => {
    test('by prefix, recursively or not', async () => {
      for (const path of ['contract/list/a.txt', 'contract/list/ab.txt', 'contract/list/b/c.txt', 'contract/list/b/d/e.txt']) await store().write(path, 'four');
      const paths = async (/** @type {string} */ prefix, /** @type {any} */ how = undefined) => (await all(store().list(prefix, how))).map((entry) => entry.path).sort();
      expect(await paths('contract/list/')).toEqual(['contract/list/a.txt', 'contract/list/ab.txt', 'contract/list/b/c.txt', 'contract/list/b/d/e.txt']);
      expect(await paths('contract/list/a')).toEqual(['contract/list/a.txt', 'contract/list/ab.txt']);
      expect(await paths('contract/list/', { recursive: false })).toEqual(['contract/list/a.txt', 'contract/list/ab.txt', 'contract/list/b/']);
      expect(await paths('contract/list/b', { recursive: false })).toEqual(['contract/list/b/']);
      expect(await paths('contract/list/nothing')).toEqual([]);
      const [entry] = await all(store().list('contract/list/a.txt'));
      const { contentType, ...stat } = await store().stat('contract/list/a.txt');
      expect(entry).toMatchObject({ type: 'file', size: 4 });
      expect({ ...entry, contentType: undefined }).toEqual({ ...stat, contentType: undefined });
      expect((await all(store().list('contract/list/b', { recursive: false })))[0]).toMatchObject({ type: 'directory', size: undefined });
    });

    test('can be left at any point', async () => {
      for await (const entry of store().list('contract/list/')) {
        expect(entry.path).toMatch(/^contract\/list\//);
        break;
      }
    });
  });
}
