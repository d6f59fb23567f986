/**
 * Addresses of requests: the base of a connection, a path below it, and parameters. What a path cannot mean is refused rather than
 * changed: nothing leaves the base by accident or by somebody's input.
 */

/** @typedef {string | number | bigint | boolean | Date} ParamValue */
/**
 * Arrays are repeated; undefined and null are left out.
 * @typedef {Record<string, ParamValue | readonly ParamValue[] | null | undefined> | URLSearchParams
 *   | readonly (readonly [string, ParamValue])[]} Params
 */

/**
 * The base of a connection.
 * @param {unknown} url
 * @returns {{ base: URL, params: [string, string][], user?: { username: string, password: string } }} Without what stands behind the path,
 *   and without a user, both of which come beside it.
 * @throws {TypeError}
 */
export function parseBase(url) {
  let base;
  try {
    if (typeof url !== 'string' && Object.prototype.toString.call(url) !== '[object URL]') throw new TypeError();
    base = new URL(String(url), globalThis.location?.href);
  } catch {
    throw new TypeError('url: must be an absolute http: or https: address');
  }
  if (base.protocol !== 'http:' && base.protocol !== 'https:') throw new TypeError(`url: must be an http: or https: address, not ${base.protocol}`);
  const { username, password } = base;
  const params = [...base.searchParams];
  base.search = base.hash = base.username = base.password = '';
  const user = username || password ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : undefined;
  return { base, params, user };
}

/**
 * @param {URL} base Without query.
 * @param {string | URL} path Below the base, with or without a slash before it; may have a query. Percent-encoded where it has to be. An
 *   absolute address where it is allowed.
 * @param {object} [options]
 * @param {readonly string[]} [options.origins] Further origins that may be asked, with the credentials of the connection. That of the
 *   base itself: outside of its path, too.
 * @returns {URL}
 * @throws {TypeError | RangeError}
 */
export function joinPath(base, path = '', { origins = [] } = {}) {
  const text = typeof path === 'string' ? path : String(path);
  if (typeof path !== 'string' && Object.prototype.toString.call(path) !== '[object URL]') throw new TypeError('path: must be a text');
  if (/[\0-\x1f\x7f]/.test(text)) throw new RangeError('path: holds control characters; encode them');
  if (text.includes('#')) throw new RangeError('path: holds a "#", behind which nothing is sent; encode it as %23');
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text) && URL.canParse(text)) return absolute(base, new URL(text), origins);
  const [way, ...query] = text.split('?');
  const root = base.pathname.endsWith('/') ? base.pathname.slice(0, -1) : base.pathname;
  const below = way.startsWith('/') || way === '' ? way : `/${way}`;
  const url = new URL(base);
  // Set, not resolved: what looks like an address or another host stays a path.
  url.pathname = below === '' ? base.pathname : root + below;
  if (query.length > 0) url.search = query.join('?');
  if (!isBelow(base, url) && !origins.includes(base.origin)) throw outside(base);
  return url;
}

/** @param {URL} base @param {URL} url @param {readonly string[]} origins */
function absolute(base, url, origins) {
  if (url.username || url.password) throw new RangeError('path: an address with a user or a password in it is not allowed');
  if (origins.includes(url.origin) || isBelow(base, url)) return url;
  if (url.origin === base.origin) throw outside(base);
  const advice = `If it may get its credentials: origins: ['${url.origin}']`;
  throw new RangeError(`path: ${url.origin} is not the origin of this connection, ${base.origin}. ${advice}`);
}

/** @param {URL} base @param {URL} url */
function isBelow(base, url) {
  const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  return url.origin === base.origin && (url.pathname === base.pathname || `${url.pathname}/` === root || url.pathname.startsWith(root));
}

/** @param {URL} base */
function outside(base) {
  const advice = `If all of its origin may be asked: origins: ['${base.origin}']`;
  return new RangeError(`path: leads out of ${base.pathname}, the path of this connection. ${advice}`);
}

/**
 * @param {Params | undefined} params
 * @param {string} option For errors.
 * @returns {[string, string][]}
 * @throws {TypeError} Naming the parameter.
 */
export function paramList(params, option = 'params') {
  if (params === undefined || params === null) return [];
  if (typeof params !== 'object') throw new TypeError(`${option}: must be an object`);
  const given = /** @type {any} */ (params);
  const entries = typeof given[Symbol.iterator] === 'function' ? [...given] : Object.entries(given);
  /** @type {[string, string][]} */
  const list = [];
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2) throw new TypeError(`${option}: must be an object, URLSearchParams or pairs`);
    const [name, value] = entry;
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) list.push([String(name), paramText(item, `${option}.${String(name)}`)]);
    }
  }
  return list;
}

/** @param {unknown} value @param {string} what */
function paramText(value, what) {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new TypeError(`${what}: ${value} cannot be sent`);
  }
  if (Object.prototype.toString.call(value) === '[object Date]') return /** @type {Date} */ (value).toISOString();
  throw new TypeError(`${what}: must be a text, a number, a boolean, a date, or an array of these`);
}

/**
 * Puts parameters on an address: those of the call behind those of its path; defaults only where neither says something.
 * @param {URL} url Changed in place.
 * @param {readonly [string, string][]} params
 * @param {readonly [string, string][]} defaults
 */
export function addParams(url, params, defaults) {
  if (params.length === 0 && defaults.length === 0) return url;
  const given = new Set([...url.searchParams.keys(), ...params.map(([name]) => name)]);
  const all = [...defaults.filter(([name]) => !given.has(name)), ...params];
  const added = new URLSearchParams(all.map(([name, value]) => [name, value])).toString();
  if (added !== '') url.search = url.search.length > 1 ? `${url.search}&${added}` : added;
  return url;
}
