/**
 * What a connection to Azure Blob Storage is told: account, endpoint, container, credentials, together or as a connection string, from
 * options and secrets or from the environment (AZURE_STORAGE_*).
 */
import { HawserError } from '../errors.js';

/**
 * @typedef {object} AzureTarget
 * @property {string} account
 * @property {string} endpoint Without a slash at its end. An emulator's has the account in its path.
 * @property {string | undefined} container Undefined: paths begin with it.
 * @property {string} prefix Empty, or with a slash at its end.
 * @property {{ kind: 'key', key: string } | { kind: 'sas', sas: URLSearchParams } | { kind: 'token', token: unknown } | { kind: 'anonymous' }} credentials
 */

/** What the emulators listen to when nobody tells them otherwise; its key is printed in their manual. */
const DEVELOPMENT = Object.freeze({
  account: 'devstoreaccount1',
  account_key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
  endpoint: 'http://127.0.0.1:10000/devstoreaccount1',
});

/** Names that other tools (fsspec's adlfs among them) have for the same. */
const ALIASES = { account_name: 'account', key: 'account_key', account_url: 'endpoint', sas: 'sas_token', anon: 'anonymous' };

const CREDENTIALS = ['account_key', 'sas_token', 'token'];

/**
 * The configuration that the environment holds, for the lowest layer. It stays together, because a key of one account is none of another.
 * @param {Record<string, unknown>} environment
 * @returns {{ native?: Record<string, string | undefined> }}
 */
export function nativeConfig(environment) {
  const native = withoutUndefined({
    account: text(environment.AZURE_STORAGE_ACCOUNT),
    account_key: text(environment.AZURE_STORAGE_KEY),
    connection_string: text(environment.AZURE_STORAGE_CONNECTION_STRING),
    sas_token: text(environment.AZURE_STORAGE_SAS_TOKEN),
  });
  return Object.keys(native).length > 0 ? { native } : {};
}

/**
 * @param {Record<string, any>} config Of the connection.
 * @param {string} connection Its name.
 * @returns {AzureTarget}
 * @throws {HawserError} ERR_CONNECTION_CONFIG
 */
export function azureTarget(config, connection) {
  const fail = (/** @type {string} */ why) => {
    throw new HawserError('ERR_CONNECTION_CONFIG', `Connection "${connection}" (azure): ${why}`, { connection, phase: 'configure' });
  };
  const given = expanded(config, fail);
  const native = expanded(config.native ?? {}, fail);
  const named = CREDENTIALS.some((name) => given[name] !== undefined) || given.anonymous === true;
  // Credentials of the environment count when none are given, and are for the account that they come with.
  const other = given.account !== undefined && native.account !== undefined && given.account !== native.account;
  const all = { ...(named || other ? { account: native.account, endpoint: other ? undefined : native.endpoint } : native), ...withoutUndefined(given) };

  const account = all.account ?? (all.endpoint && accountOf(all.endpoint));
  if (typeof account !== 'string' || account === '') fail('account is missing: the name of the storage account, or connection_string, or endpoint.');
  if (!/^[a-z0-9-]+$/i.test(account)) fail('account is the name of a storage account: letters and digits.');
  let endpoint = all.endpoint ?? `https://${account}.blob.${all.endpoint_suffix ?? 'core.windows.net'}`;
  try {
    const url = new URL(endpoint);
    if (!/^https?:$/.test(url.protocol) || url.search || url.hash || url.username) throw new TypeError();
    endpoint = url.href.replace(/\/+$/, '');
  } catch {
    fail('endpoint must be an address such as https://account.blob.core.windows.net, without parameters.');
  }
  if (/^https?:\/\/[^/]+\.blob\.[^/]+\/./i.test(endpoint)) fail('endpoint is the address of an account; give that of a container as url.');
  if (all.container !== undefined && (typeof all.container !== 'string' || !/^[$a-z0-9-]+$/.test(all.container))) fail('container is no name of one: small letters, digits and hyphens.');
  if (all.prefix && all.container === undefined) fail('prefix needs a container.');
  const prefix = String(all.prefix ?? '').replace(/^\/+|\/+$/g, '');
  return { account, endpoint, container: all.container, prefix: prefix && `${prefix}/`, credentials: credentialsOf(all, fail) };
}

/**
 * @param {Record<string, any>} all @param {(why: string) => void} fail
 * @returns {AzureTarget['credentials']}
 */
function credentialsOf(all, fail) {
  if (all.anonymous === true) return { kind: 'anonymous' };
  const found = CREDENTIALS.filter((name) => all[name] !== undefined && all[name] !== '');
  if (found.length > 1) fail(`${found.join(' and ')} are both given: one of them is enough.`);
  if (all.token !== undefined) return { kind: 'token', token: all.token };
  if (all.account_key) return { kind: 'key', key: String(all.account_key) };
  if (!all.sas_token) return { kind: 'anonymous' };
  const sas = new URLSearchParams(String(all.sas_token).trim().replace(/^\?/, ''));
  if (!sas.get('sig')) fail('sas_token has no signature (sig=…): copy the whole token.');
  return { kind: 'sas', sas };
}

/**
 * One name for each thing, with what a connection string and a URL say; separate keys win over both.
 * @param {Record<string, any>} config @param {(why: string) => void} fail
 * @returns {Record<string, any>}
 */
function expanded(config, fail) {
  /** @type {Record<string, any>} */
  const own = {};
  for (const [name, value] of Object.entries(config)) {
    if (value !== undefined && value !== null) own[/** @type {Record<string, string>} */ (ALIASES)[name] ?? name] = value;
  }
  const string = own.connection_string === undefined ? {} : fromConnectionString(String(own.connection_string), fail);
  const url = own.url === undefined ? {} : fromUrl(String(own.url), fail);
  // Another credential in the configuration replaces that of the string, so that there are never two.
  if (CREDENTIALS.some((name) => own[name] !== undefined)) for (const name of CREDENTIALS) delete string[name];
  return { ...string, ...url, ...own };
}

/** @param {string} text @param {(why: string) => void} fail @returns {Record<string, any>} */
function fromConnectionString(text, fail) {
  /** @type {Record<string, string>} */
  const parts = {};
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    if (at < 1) fail('connection_string must be name=value pairs with semicolons between them.');
    parts[part.slice(0, at).trim().toLowerCase()] = part.slice(at + 1).trim();
  }
  if (parts.usedevelopmentstorage === 'true') return { ...DEVELOPMENT };
  const { accountname, accountkey, blobendpoint, sharedaccesssignature, endpointsuffix = 'core.windows.net', defaultendpointsprotocol = 'https' } = parts;
  if (!accountname && !blobendpoint) fail('connection_string names no AccountName and no BlobEndpoint.');
  return withoutUndefined({
    account: accountname,
    account_key: accountkey,
    sas_token: accountkey ? undefined : sharedaccesssignature,
    endpoint: blobendpoint ?? `${defaultendpointsprotocol}://${accountname}.blob.${endpointsuffix}`,
  });
}

/**
 * azure://container/prefix (also az:, abfs:, abfss:), abfs://container@account.dfs.core.windows.net/prefix, or the address of a
 * container, https://account.blob.core.windows.net/container/prefix, with a SAS or without.
 * @param {string} text @param {(why: string) => void} fail @returns {Record<string, any>}
 */
function fromUrl(text, fail) {
  const match = /^([a-z]+):\/\/(?:([^/?@]*)@)?([^/?]*)\/?([^?]*)(?:\?(.*))?$/i.exec(text);
  if (!match) fail('url must be azure://container/prefix or the address of a container.');
  const [, scheme, user, host, path, query] = /** @type {string[]} */ (/** @type {unknown} */ (match));
  if (!/^https?$/i.test(scheme)) {
    const [account, ...suffix] = user === undefined ? [] : host.split('.');
    return withoutUndefined({
      account,
      endpoint: suffix.length > 0 ? `https://${account}.${suffix.join('.').replace(/^dfs\./, 'blob.')}` : undefined,
      container: (user ?? host) || undefined,
      prefix: decodeURIComponent(path) || undefined,
    });
  }
  const segments = path.split('/').filter(Boolean).map(decodeURIComponent);
  const inPath = /^(?:localhost|[\d.]+|\[.*\])(?::\d+)?$/.test(host) ? [segments.shift()] : [];
  const endpoint = [`${scheme}://${host}`, ...inPath].join('/');
  const [container, ...rest] = segments;
  return withoutUndefined({ account: accountOf(endpoint), endpoint, container, prefix: rest.join('/') || undefined, sas_token: query || undefined });
}

/** @param {string} endpoint @returns {string | undefined} The first label of its host, or where that is no name the first of its path. */
function accountOf(endpoint) {
  const match = /^https?:\/\/([^/:]+)(?::\d+)?(?:\/([^/?]+))?/i.exec(endpoint);
  return match?.[2] ?? (match && /[a-z]/i.test(match[1]) ? match[1].split('.')[0] : undefined);
}

/** @param {unknown} value */
const text = (value) => (typeof value === 'string' && value !== '' ? value : undefined);

/** @template {Record<string, any>} T @param {T} object @returns {T} */
const withoutUndefined = (object) => /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
