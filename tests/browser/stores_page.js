/**
 * A page that reads from stores of other origins: what tests/js/stores-chromium.test.js drives.
 */
import { Exchange } from '../../js/http/exchange.js';
import * as anywhere from '../../js/stores/anywhere.js';
import * as azure from '../../js/stores/azure.js';
import * as huggingface from '../../js/stores/huggingface.js';
import * as https from '../../js/stores/https.js';

const MODULES = { anywhere, azure, huggingface, https };

/**
 * @param {keyof typeof MODULES} name @param {Record<string, any>} config A token 'as a function' is one.
 * @returns {Promise<any>}
 */
const open = async (name, config) => {
  const connection = 'store';
  const { tokenFunction, ...rest } = config;
  const given = tokenFunction === undefined ? rest : { ...rest, token: () => tokenFunction };
  return MODULES[name].createStore(given, { exchange: new Exchange({ connection }), clock: Date, connection, type: name });
};

/** What each call gives, as what a page can hand over: text of bodies, lists as arrays, errors as their parts. */
const calls = {
  /** @param {any} store @param {string} path @param {any} [how] */
  async read(store, path, how) {
    const { body, ...reply } = await store.read(path, how);
    return { ...reply, text: body === null ? null : await new Response(body).text() };
  },
  /** @param {any} store @param {string} prefix @param {any} [how] */
  async list(store, prefix, how) {
    const entries = [];
    for await (const entry of store.list(prefix, how)) entries.push(entry.path);
    return entries;
  },
};

/** @param {keyof typeof MODULES} name @param {Record<string, any>} config @param {string} call @param {...any} args */
async function run(name, config, call, ...args) {
  try {
    const store = await open(name, config);
    return { value: await (call in calls ? /** @type {any} */ (calls)[call](store, ...args) : store[call](...args)) };
  } catch (error) {
    const { code, message, status, reason, rule } = /** @type {any} */ (error);
    return { error: { name: /** @type {any} */ (error).name, code, message, status, reason, rule } };
  }
}

Object.assign(globalThis, { run });
