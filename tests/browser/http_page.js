/**
 * A page for tests of web APIs in a browser: `http.open(config)` makes a connection, `http.call(method, …)` calls it. Everything that
 * comes back is JSON.
 */
import { createHawser } from '../../js/index.js';
import { outcome } from './outcome.js';

/** @type {import('../../js/connections/http.js').HttpConnection} */
let conn;

Object.assign(globalThis, {
  http: {
    /** @param {Record<string, any>} config @param {string} [token] Given as a function. */
    open: (config, token) =>
      outcome(async () => {
        const auth = token === undefined ? {} : { auth: { type: 'bearer', token: () => token } };
        conn = await createHawser({ secrets: [], random: () => 0 }).connection('api', { type: 'http', ...config, ...auth });
        return true;
      }),
    /** @param {'get' | 'read' | 'query' | 'fetch'} method @param {any[]} args */
    call: (method, ...args) =>
      outcome(async () => {
        const value = await /** @type {any} */ (conn)[method](...args);
        return method === 'fetch' ? value.text() : value;
      }),
    /** @param {'stream' | 'pages'} method @param {any[]} args */
    all: (method, ...args) =>
      outcome(async () => {
        const tables = [];
        for await (const table of /** @type {any} */ (conn)[method](...args)) tables.push(table.toArray());
        return tables;
      }),
    /** @param {string} path @param {any} options */
    request: (path, options) => outcome(async () => (await conn.request(path, options)).json()),
    /** @param {string} path */
    abort: (path) =>
      outcome(async () => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error('enough')));
        return conn.get(path, { signal: controller.signal });
      }),
  },
});
