/**
 * Which store a files connection talks to, and its types.
 */
import { HawserError } from '../errors.js';

/** @typedef {import('../stores/store.js').Store} Store */
/** @typedef {import('../stores/store.js').StoreContext} StoreContext */
/** @typedef {{ createStore: (config: any, context: StoreContext) => Store | Promise<Store> }} StoreModule */

/** What is loaded when it is used. @type {Record<string, () => Promise<StoreModule>>} */
const STORES = {
  s3: () => import('../stores/s3.js'),
  gcs: () => import('../stores/gcs.js'),
  azure: () => import('../stores/azure.js'),
  hf: () => import('../stores/huggingface.js'),
  https: () => import('../stores/https.js'),
  local: () => import('../stores/local.js'),
  anywhere: () => import('../stores/anywhere.js'),
};

/** Protocols, as urls and fsspec call them. @type {Record<string, string>} */
const PROTOCOLS = {
  ...{ s3: 's3', s3a: 's3', gs: 'gcs', gcs: 'gcs', azure: 'azure', az: 'azure', abfs: 'azure', abfss: 'azure', hf: 'hf' },
  ...{ http: 'https', https: 'https', file: 'local', local: 'local' },
};

/**
 * @param {Record<string, any>} config
 * @param {StoreContext} context
 * @returns {Promise<Store>}
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export async function openStore(config, context) {
  const name = Object.hasOwn(STORES, context.type) ? context.type : storeOf(config, context);
  return (await STORES[name]()).createStore(config, context);
}

/** Of the type "files". @param {Record<string, any>} config @param {StoreContext} context */
function storeOf({ protocol, url, root }, { connection }) {
  const asked = protocol ?? (typeof url === 'string' ? /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1] : undefined) ?? (root === undefined && url === undefined ? undefined : 'local');
  // Without anything said, paths are those of this machine, as in the original, or whole addresses.
  const known = asked === undefined ? 'anywhere' : PROTOCOLS[String(asked).toLowerCase()];
  if (known) return known;
  throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}": there is no protocol ${JSON.stringify(String(asked))}; known are ${Object.keys(PROTOCOLS).join(', ')}.`, { connection, phase: 'configure' });
}
