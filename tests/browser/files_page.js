/**
 * A page for tests of files in a browser: `files.open(config, credentials)` makes a connection, `files.call(method, …)` calls it.
 * Everything that comes back is JSON.
 */
import { createHawser } from '../../js/index.js';
import { outcome, plain } from './outcome.js';

/** @type {any} */
let conn;
/** @type {any} */
let file;
/** How far the clock of this page is off, in milliseconds. */
let skew = 0;

Object.assign(globalThis, {
  files: {
    /** @param {Record<string, any>} config @param {Record<string, any>} [credentials] Given as a function. @param {string} [token] As well. */
    open: (config, credentials, token) =>
      outcome(async () => {
        const clock = { now: () => Date.now() + skew };
        const given = { ...(credentials && { credentials: async () => credentials }), ...(token && { token: async () => token }) };
        conn = await createHawser({ secrets: [], clock, random: () => 0 }).connection('lake', { ...config, ...given });
        return conn.type;
      }),
    /** @param {string} method @param {any[]} args */
    call: (method, ...args) => outcome(() => conn[method](...args)),
    /** @param {string} method @param {any[]} args */
    all: (method, ...args) =>
      outcome(async () => {
        const items = [];
        for await (const item of conn[method](...args)) items.push(plain(item));
        return items;
      }),
    /** Opens a file and reads its parts. @param {string} path @param {number[][]} parts */
    parts: (path, parts) =>
      outcome(async () => {
        file = await conn.open(path);
        return { ...file.toJSON(), parts: await Promise.all(parts.map(async ([start, end]) => new TextDecoder().decode(await file.slice(start, end)))) };
      }),
    /** The rest of the file that was opened. @param {number} start */
    more: (start) => outcome(async () => new TextDecoder().decode(await file.slice(start))),
    /** @param {string} url */
    fetch: (url) => outcome(async () => (await fetch(url)).text()),
    /** @param {number} ms */
    setClock: (ms) => void (skew = ms),
  },
});
