/** Files of stores: local ones where there are any, and what is sent to the others, with their signatures. */
import { fails, ok, same } from '../assert.js';

/** @typedef {import('../suite.js').Context} Context */

/** HMAC-SHA256 by Node's own crypto, of the texts that Azure documents. */
const EXPECTED = { sharedKey: 'eQrPB1xpQc9DEDq4m2pktZL39cqOZHc2WveMjiqf8ZE=', sas: 'QhjAJr3du6dMN1iyMFdZniFittOwCg7/KQMKPpV0GH8=' };

const NOW = 1_700_000_000_000;
const KEY = btoa('\u0001'.repeat(64));

/**
 * A fetch that answers with what is at hand.
 * @param {Record<string, string>} answers By address, its parameters left out.
 */
function fetchFrom(answers) {
  /** @type {{ url: string, method: string, headers: Record<string, string> }[]} */
  const sent = [];
  const fetch = async (/** @type {any} */ url, /** @type {any} */ init) => {
    sent.push({ url: String(url), method: init.method, headers: Object.fromEntries(init.headers) });
    const body = answers[String(url).split('?')[0]];
    return body === undefined ? new Response('', { status: 404 }) : new Response(body, { headers: { etag: '"e"', 'content-length': String(body.length) } });
  };
  return { sent, fetch: /** @type {any} */ (fetch) };
}

/** @param {import('../../../js/index.js').Hawser} hawser @param {Record<string, any>} options @returns {Promise<any>} */
const open = (hawser, options) => hawser.connection('store', options);

/** @type {Record<string, import('../suite.js').Case>} */
export const stores = {
  'local files are written, listed, read in parts and deleted, where there are any': async ({ facts, hawser }) => {
    if (!facts.storages.includes('folder')) {
      await fails(async () => (await open(hawser(), { type: 'files', root: 'x' })).read('a.txt'), 'ERR_NOT_SUPPORTED');
      return;
    }
    const os = 'node:os'; // Not for bundlers to follow.
    const { tmpdir } = await import(os);
    const conn = await open(hawser(), { type: 'files', root: `${tmpdir()}/hawser-stores-${Math.random().toString(36).slice(2)}` });
    await conn.write('a/b ü.csv', 'id,name\n1,Ada\n2,Bo\n');
    await conn.write('a/once.txt', 'first', { ifNoneMatch: '*' });
    await fails(() => conn.write('a/once.txt', 'second', { ifNoneMatch: '*' }), 'ERR_HTTP_STATUS');
    same((await conn.read('a/b ü.csv', { ttl: 60 })).toArray(), [{ id: 1, name: 'Ada' }, { id: 2, name: 'Bo' }]);
    const file = await conn.open('a/b ü.csv');
    same([file.size, new TextDecoder().decode(await file.slice(3, 7))], [19, 'name']);
    const paths = [];
    for await (const { path } of conn.list('a/')) paths.push(path);
    same(paths, ['a/b ü.csv', 'a/once.txt']);
    let error = await conn.read('../x').catch((/** @type {any} */ reason) => reason);
    ok(error?.name === 'RangeError', `a path that leads out was not refused: ${error}`);
    for (const path of paths) await conn.delete(path);
    error = await conn.stat('a/b ü.csv').catch((/** @type {any} */ reason) => reason);
    same(error.code, 'ERR_NOT_FOUND');
  },

  'Azure: requests are signed with the account key, and so are URLs': async ({ hawser }) => {
    const { sent, fetch } = fetchFrom({ 'https://acct.blob.core.windows.net/data/a%20b.txt': 'text' });
    const conn = await open(hawser({ fetch, clock: { now: () => NOW } }), { type: 'azure', account: 'acct', account_key: KEY, container: 'data', dangerouslyAllowBrowser: true });
    same(await conn.read('a b.txt'), 'text');
    same(sent[0].headers['x-ms-date'], 'Tue, 14 Nov 2023 22:13:20 GMT');
    ok(/^SharedKey acct:[A-Za-z0-9+/]{43}=$/.test(sent[0].headers.authorization), 'a signature');
    same(sent[0].headers.authorization, `SharedKey acct:${EXPECTED.sharedKey}`);
    const url = new URL(await conn.url('a b.txt', { expires: 60 }));
    same([url.pathname, url.searchParams.get('se'), url.searchParams.get('sig')], ['/data/a%20b.txt', '2023-11-14T22:14:20Z', EXPECTED.sas]);
    await fails(() => conn.read('none.txt'), 'ERR_NOT_FOUND');
  },

  'Hugging Face: files, with a token that is asked for': async ({ hawser }) => {
    const { sent, fetch } = fetchFrom({ 'https://huggingface.co/datasets/owner/set/resolve/main/a.json': '{"a":[1,2]}' });
    const conn = await open(hawser({ fetch }), { url: 'hf://datasets/owner/set', token: () => 'hf_of_now' });
    same(await conn.read('a.json'), { a: [1, 2] });
    same(sent[0].headers.authorization, 'Bearer hf_of_now');
  },

  'web servers: whole addresses, and paths below one': async ({ hawser }) => {
    const { fetch } = fetchFrom({ 'https://files.test/a/b.csv': 'x\n1\n' });
    const anywhere = await open(hawser({ fetch }), { type: 'files' });
    same((await anywhere.read('https://files.test/a/b.csv?signature=x')).toArray(), [{ x: 1 }]);
    const below = await open(hawser({ fetch }), { type: 'files', url: 'https://files.test/a/' });
    same((await below.read('b.csv')).toArray(), [{ x: 1 }]);
    await fails(() => below.write('b.csv', 'x'), 'ERR_NOT_SUPPORTED');
  },
};
