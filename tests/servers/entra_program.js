/**
 * A program that uses Azure Storage with a token of Microsoft Entra, and prints what it finds: run by tests/js/files-azure-entra.test.js, because
 * Node.js learns at its start whose certificates it trusts (NODE_EXTRA_CA_CERTS).
 */
import { Exchange } from '../../js/http/exchange.js';
import { createStore } from '../../js/stores/azure.js';

const { account, endpoint } = JSON.parse(String(process.env.AZURITE));
const part = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = Math.floor(Date.now() / 1000);
const claims = { iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/', tid: 'ab1f708d-50f6-404c-a006-d71b2ac7a606', oid: '11059fcc-5514-4800-b5f8-49808b9cfab6', iat: now - 60, nbf: now - 60 };
const tokenOf = (/** @type {object} */ more) => `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...claims, aud: 'https://storage.azure.com', exp: now + 600, ...more })}.c2lnbmF0dXJl`;

/** @type {string[]} */
const requests = [];
/** @param {Record<string, any>} config */
const open = (config) => {
  const fetching = /** @type {any} */ ((/** @type {string} */ url, /** @type {any} */ init) => {
    requests.push(`${init.method} ${new URL(url).searchParams.get('comp')}`);
    return fetch(url, init);
  });
  return createStore({ account, endpoint, container: 'data', ...config }, { exchange: new Exchange({ fetch: fetching, connection: 'lake' }), clock: Date, connection: 'lake', type: 'azure' });
};
const failureOf = (/** @type {Promise<unknown>} */ promise) => promise.then(() => undefined, ({ code, status, reason }) => ({ code, status, reason }));

/** @type {Record<string, any>} */
const found = {};
const made = await fetch(`${endpoint}/data?restype=container`, { method: 'PUT', headers: { authorization: `Bearer ${tokenOf({})}`, 'x-ms-version': '2023-11-03' } });
found.container = made.status;
const store = open({ token: tokenOf({}) });
const name = "a b/ü+'.txt";
found.written = (await store.write(name, 'by token')).size;
found.read = await new Response((await store.read(name)).body).text();
found.expired = await failureOf(open({ token: tokenOf({ exp: now - 10 }) }).read(name));
requests.length = 0;
const url = await store.url(name, { expires: 60 });
found.signed = await (await fetch(url)).text();
found.other = (await fetch(url.replace('a%20b', 'b'))).status;
found.forged = (await fetch(url.replace(/sig=.{4}/, 'sig=AAAA'))).status;
found.put = (await fetch(await store.url(name, { expires: 90, method: 'PUT' }), { method: 'PUT', body: 'put', headers: { 'x-ms-blob-type': 'BlockBlob' } })).status;
found.deleted = (await fetch(await store.url(name, { expires: 30, method: 'DELETE' }), { method: 'DELETE' })).status;
found.keys = requests.filter((request) => request.startsWith('POST'));
found.tooLong = await store.url(name, { expires: 8 * 86_400 }).then(() => '', (error) => error.name);
console.log(JSON.stringify(found));
