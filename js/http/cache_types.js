/**
 * What goes in and comes out of the HTTP core's decisions about caching (js/http/core.js). Times are milliseconds since 1970,
 * durations milliseconds.
 */

/** @typedef {Iterable<readonly [string, string] | readonly string[]>} HeaderList A Headers, a Map, an array of pairs. */

/**
 * @typedef {object} CacheExchange A request and its response.
 * @property {string} [method] Default GET.
 * @property {HeaderList} [requestHeaders]
 * @property {number} status
 * @property {HeaderList} responseHeaders
 * @property {number} requestTime When the request was sent.
 * @property {number} responseTime When the response's headers were there.
 */

/** @typedef {CacheExchange & { size: number }} StoredExchange With the count of bytes of the body. */

/**
 * @typedef {object} Freshness
 * @property {boolean} storable A private cache may store it, and has something of it later.
 * @property {boolean} explicit Whether the server said how long it is fresh. Otherwise that is guessed: a tenth of the time since
 *   Last-Modified, at most a day.
 * @property {number} lifetime How long it is fresh, from when the server made it.
 * @property {number} age
 * @property {boolean} fresh
 * @property {boolean} noCache To be validated before every use.
 * @property {boolean} mustRevalidate Never to be used stale.
 * @property {number} staleWhileRevalidate How long after the lifetime it may be used while it is renewed.
 * @property {number} staleIfError The same, when it cannot be renewed.
 * @property {string} [etag]
 * @property {string} [lastModified]
 * @property {string[]} vary Names of headers in lower case, or "*".
 */

/**
 * @typedef {object} CacheRequest
 * @property {string} method
 * @property {HeaderList} requestHeaders
 * @property {string} [mode] The request's `cache`, as in the fetch standard. Default 'default'.
 * @property {number} now
 */

/**
 * @typedef {object} CachePlan
 * @property {'fetch' | 'validate' | 'use' | 'fail'} action 'fetch': the request goes out; 'validate': it goes out with conditions, and
 *   a 304 renews what is stored; 'use': what is stored is the answer; 'fail': nothing stored answers, and nothing else may (504).
 * @property {number} index What of `stored` this is about; -1: nothing.
 * @property {[string, string][]} headers To be added to the request.
 * @property {boolean} background It is used, and is to be renewed at the same time.
 * @property {number} age Of what is used.
 * @property {boolean} fresh Whether it is.
 * @property {number} status Of the answer that is made of what is stored: its own; 304; 206; 416.
 * @property {number} start Of a 206: first byte.
 * @property {number} end Of a 206: after its last byte.
 */

/**
 * @typedef {CacheRequest & {
 *   status: number, responseHeaders?: HeaderList, requestTime: number, responseTime: number,
 *   validated: boolean, index: number, staleIfError?: number,
 * }} CacheAnswer `status` is 0 when the network failed; `validated`: the plan was 'validate'; `index`: the plan's; `staleIfError`: for
 *   responses that say nothing of it. `now`: when the answer is settled.
 */

/**
 * @typedef {object} CacheSettlement
 * @property {'pass' | 'store' | 'renew' | 'stale' | 'unreachable' | 'again'} action 'pass': the answer is passed on; 'store': it is kept, too; 'renew':
 *   what is stored is the answer, with new headers; 'stale': it is the answer though it is stale, because no better came; 'unreachable':
 *   nothing came, and what is stored forbids to be used then; 'again': the
 *   request is to be sent once more, without conditions.
 * @property {[string, string][]} headers What is kept of the answer's, when it is stored.
 * @property {{ index: number, headers: [string, string][] }[]} renewals Of stored responses that the answer is about.
 * @property {number[]} drops Indexes of stored responses to forget.
 * @property {boolean} invalidates All that is stored of the URL is to be forgotten, and of `locations`.
 * @property {string[]} locations Relative to the URL, and only if they are of its origin.
 * @property {string} [contentLocation] When an answer to POST is stored: only if this is the URL itself.
 * @property {number} age
 */

export {};
