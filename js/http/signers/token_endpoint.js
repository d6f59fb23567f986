/**
 * Requests to the token endpoint of an authorization server (RFC 6749, 3.2).
 */

/** Milliseconds that it may take, further attempts included. */
const TIMEOUT = 30_000;

const MOST_BYTES = 1024 * 1024;

/**
 * @typedef {object} TokenAnswer
 * @property {boolean} ok
 * @property {number} status 2xx, 400, 401 or 403.
 * @property {any} reply What it says; undefined when that is not JSON.
 * @property {number} now When it was there, in milliseconds since the epoch.
 */

/**
 * @param {import('../exchange.js').Exchange} exchange
 * @param {object} request May be sent again.
 * @param {string} request.url
 * @param {string} [request.authorization]
 * @param {URLSearchParams} request.form
 * @param {AbortSignal} [signal]
 * @returns {Promise<TokenAnswer>}
 * @throws {import('../../errors.js').HawserError} What exchange.receive() throws when it cannot be reached.
 */
export function askForToken(exchange, { url, authorization, form }, signal) {
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', ...(authorization && { authorization }) };
  const request = { method: 'POST', url, headers, body: form };
  const options = /** @type {const} */ ({ timeout: TIMEOUT, repeatable: true, redirect: 'error', phase: 'sign', accept: [400, 401, 403], maxBytes: MOST_BYTES });
  return exchange.receive(request, { ...options, signal }, async ({ ok, status }, { bytes }) => {
    const reply = parsed(new TextDecoder().decode(await bytes()));
    return { ok, status, reply, now: exchange.clock.now() };
  });
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
