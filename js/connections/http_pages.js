/**
 * Lists that come in pages, as Tables one after another.
 */
import { HawserError } from '../errors.js';
import { formatOf } from '../formats/formats.js';
import { recordsAt, recordsTable } from '../formats/json_records.js';
import { readTable, readValue } from '../formats/read.js';
import { sourceOf } from '../formats/source.js';
import { shownUrl } from '../http/address.js';
import { allBytes } from '../http/body.js';
import { loadHttpCore } from '../http/core.js';
import { PageGuard, strategyOf } from '../http/pagination.js';

/** @typedef {import('./http_client.js').HttpClient} HttpClient */

/**
 * @param {HttpClient} client
 * @param {string} path
 * @param {import('./http_options.js').PagesOptions & { signal: AbortSignal }} options
 * @returns {AsyncGenerator<import('../table/table.js').Table, void, undefined>}
 */
export async function* pagesOf(client, path, { paginate = client.settings.paginate, maxPages, ...options }) {
  const strategy = strategyOf(paginate);
  const guard = new PageGuard(maxPages);
  const core = await loadHttpCore();
  let url = withParams(client.address(path, options.params), strategy.first, { keep: true });
  for (let index = 0; ; index++) {
    guard.check(url.href, shownUrl(url));
    const { table, body, headers, at } = await onePage(client, url, options);
    yield table;
    const page = { url: at, headers, body, index, count: table.length };
    const next = await strategy.next(page, () => core.links(headers.get('link'), at));
    if (next === undefined || next === null || next === false) return;
    if (typeof next === 'object' && 'params' in next) url = withParams(url, next.params);
    else url = nextAddress(client, next, at);
  }
}

/** @param {HttpClient} client @param {URL} url @param {any} options */
async function onePage(client, url, options) {
  const limits = client.options(options, 'pages');
  return client.exchange.receive({ url, headers: client.headers(options.headers) }, limits, async (response, { call }) => {
    const source = sourceOf(await allBytes(response, { ...limits, call }));
    const format = formatOf({ format: options.format, path: url.pathname, contentType: response.headers.get('content-type') });
    const at = new URL(response.url || url);
    if (format.name !== 'json') return { table: await readTable(source, format, options), body: undefined, headers: response.headers, at };
    const body = await readValue(source, format, { int64: options.int64 === undefined || options.int64 === 'number' ? 'number' : 'bigint' });
    return { table: recordsTable(recordsAt(body, options.records), options), body, headers: response.headers, at };
  });
}

/** @param {URL} url @param {Record<string, any>} params @param {{ keep?: boolean }} [how] keep: what is there already stays. */
function withParams(url, params, { keep = false } = {}) {
  const next = new URL(url);
  for (const [name, value] of Object.entries(params)) {
    if (!keep || !next.searchParams.has(name)) next.searchParams.set(name, String(value));
  }
  return next;
}

/**
 * The address of a next page: on the origin of the connection, or one that is allowed.
 * @param {HttpClient} client @param {string | URL} next @param {URL} at The page that names it.
 */
function nextAddress({ settings: { base, origins } }, next, at) {
  let url;
  try {
    url = new URL(next, at);
  } catch {
    throw new HawserError('ERR_FORMAT', 'pages(): what comes as the next page is no address.', { phase: 'pages' });
  }
  url.hash = '';
  // Servers behind proxies often do not know that they are asked by https.
  if (url.protocol === 'http:' && base.protocol === 'https:' && url.host === base.host) url.protocol = 'https:';
  url.username = url.password = '';
  if (url.origin === base.origin || origins.includes(url.origin)) return url;
  const message = `pages(): the next page is on ${url.origin}, which must not get the credentials of ${base.origin}.`;
  throw new HawserError('ERR_CONNECTION_CONFIG', `${message} If it may: origins: ['${url.origin}']`, { phase: 'pages' });
}
