/**
 * What a cache looks at of a request to fetch().
 */

/**
 * @typedef {object} AskedRequest
 * @property {string} url Absolute, without its fragment.
 * @property {string} method
 * @property {[string, string][]} headers
 * @property {string} mode The `cache` option of fetch.
 * @property {string} redirect
 * @property {AbortSignal | undefined} signal
 * @property {(headers: [string, string][]) => [input: any, init: any]} parameters For fetch(), with headers added.
 */

/** Methods whose names fetch() writes in upper case. */
const NORMALIZED = /^(?:delete|get|head|options|post|put)$/i;

/**
 * @param {string | URL | Request} input
 * @param {RequestInit} [init]
 * @returns {AskedRequest}
 * @throws {TypeError} No absolute URL, or malformed headers.
 */
export function askedRequest(input, init = {}) {
  /** @type {any} */
  const request = Object.prototype.toString.call(input) === '[object Request]' ? input : {};
  const url = new URL(request.url ?? input);
  url.hash = '';
  const given = init.method ?? request.method ?? 'GET';
  const headers = new Headers(init.headers ?? request.headers);
  const { cache = 'default', ...others } = init;
  return {
    url: url.href,
    method: NORMALIZED.test(given) ? given.toUpperCase() : given,
    headers: [...headers],
    // What is to have a certain digest is not looked for here.
    mode: init.integrity ? 'no-store' : (init.cache ?? request.cache ?? cache),
    redirect: init.redirect ?? request.redirect ?? 'follow',
    signal: init.signal ?? request.signal ?? undefined,
    parameters(added) {
      const all = new Headers(headers);
      for (const [name, value] of added) all.set(name, value);
      return [input, { ...others, headers: all }];
    },
  };
}
