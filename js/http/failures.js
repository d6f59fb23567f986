/**
 * What goes wrong with a request, as errors.
 */
import { HawserError } from '../errors.js';
import { readBytes } from './bytes.js';
import { MOST_REDIRECTS } from './redirects.js';

/** @typedef {import('./call.js').Call} Call */

/** Bytes of what an error shows of a body. */
const EXCERPT = 1024;

/** @type {Record<number, import('../errors.js').HawserErrorCode>} */
const CODES = { 401: 'ERR_AUTH', 403: 'ERR_AUTH', 404: 'ERR_NOT_FOUND', 410: 'ERR_NOT_FOUND' };

/** @type {Record<string, string>} */
const ADVICE = {
  ERR_AUTH: ' Check the credentials of this connection, and what they may do.',
  ERR_NOT_FOUND: ' Check the path.',
};

/**
 * @param {Call} call @param {Response} response @param {number | undefined} retryAfter Milliseconds.
 * @param {{ scrub(text: string): string }} secrets
 */
export async function statusError(call, response, retryAfter, secrets) {
  const { status } = response;
  const statusText = hidden(call, response.statusText);
  const code = CODES[status] ?? 'ERR_HTTP_STATUS';
  const body = hidden(call, secrets.scrub(await excerpt(response)));
  const tries = call.attempts > 1 ? `, ${call.attempts} times` : '';
  const wait = retryAfter === undefined ? '' : ` It asks to wait ${Math.ceil(retryAfter / 1000)} s.`;
  const said = body && !/^\s*</.test(body) ? ` It says: ${body.length > 200 ? `${body.slice(0, 200)}…` : body}` : '';
  const what = `${call.method} ${call.shown} was answered with ${status}${statusText && ` ${statusText}`}${tries}.`;
  return new HawserError(code, `${what}${wait}${ADVICE[code] ?? ''}${said}`, {
    ...of(call),
    ...{ status, body, attempts: call.attempts },
    ...(retryAfter !== undefined && { retryAfter: retryAfter / 1000 }),
  });
}

/** A text of others without what this request was signed with. @param {Call} call @param {string} text */
export function hidden(call, text) {
  const longestFirst = [...call.hidden].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text);
}

/** @param {Response} response The first KB of it, as text. */
async function excerpt(response) {
  const type = response.headers.get('content-type') ?? '';
  if (/^(image|audio|video|font)\//i.test(type) || /octet-stream|zip|parquet|arrow/i.test(type)) {
    void response.body?.cancel().catch(() => {});
    return '';
  }
  try {
    return new TextDecoder().decode(await readBytes(response.body, EXCERPT));
  } catch {
    return '';
  }
}

/** @param {Call} call @param {any} cause */
export function networkError(call, cause) {
  const why = hidden(call, reason(cause));
  const tries = call.attempts > 1 ? ` after ${call.attempts} attempts` : '';
  const message = `${call.method} ${call.shown} reached nobody${tries}: ${why}`;
  return new HawserError('ERR_CONNECTION_FAILED', message, { ...lost(call), cause: withoutQueries(cause) });
}

/** For a body that was cut off. @param {Call} call @param {any} cause */
export function lostError(call, cause) {
  const tries = call.attempts > 1 ? `, ${call.attempts} times` : '';
  const message = `The answer to ${call.method} ${call.shown} was cut off${tries}: ${hidden(call, reason(cause))}`;
  return new HawserError('ERR_CONNECTION_FAILED', message, { ...lost(call), cause: withoutQueries(cause) });
}

/** @param {Call} call @param {string} why */
export function redirectError(call, why) {
  const reasons = /** @type {Record<string, string>} */ ({
    loop: `more than ${MOST_REDIRECTS} times`,
    hidden: 'elsewhere, which a page must not follow with the headers of this connection, because credentials might go along. Give the final address',
    refused: 'elsewhere, which is not followed here',
    stream: 'elsewhere, but its body was a stream and cannot be sent again',
    scheme: 'to an address that is not http: or https:',
    credentials: 'to an address with a user or a password in it',
    location: 'to what is no address',
  });
  const code = why === 'loop' ? 'ERR_LIMIT' : 'ERR_HTTP_STATUS';
  return new HawserError(code, `${call.method} ${call.shown} was redirected ${reasons[why]}.`, { ...of(call), attempts: call.attempts });
}

/** @param {Call} call @param {number} limit Bytes. */
export const tooLarge = (call, limit) =>
  new HawserError('ERR_LIMIT', `The answer to ${call.method} ${call.shown} is larger than maxBytes (${limit}). Raise maxBytes, or read it with stream().`, {
    ...of(call),
    limit,
  });

/** @param {Call} call */
const of = ({ method, shown, connection, phase }) => ({ connection, phase, method, url: shown });

/** @param {Call} call */
const lost = (call) => ({ ...of(call), lost: true, attempts: call.attempts });

/** What fetch hides in the causes. @param {any} error */
function reason(error) {
  const inner = error?.cause ?? error;
  const [first] = Array.isArray(inner?.errors) && inner.errors.length ? inner.errors : [inner];
  const text = String(first?.message || first?.code || error?.message || error);
  return withoutQuery(first?.code && !text.includes(first.code) ? `${text} (${first.code})` : text);
}

/** Addresses in texts of others, without what follows the question mark. @param {string} text */
const withoutQuery = (text) => text.replace(/(https?:\/\/[^\s?#]*)[?#]\S*/gi, '$1?…');

/**
 * The same error, or one that says the same without parameters of addresses.
 * @param {any} error
 * @returns {any}
 */
function withoutQueries(error, depth = 0) {
  if (typeof error !== 'object' || error === null || depth > 5) return error;
  const message = String(error.message);
  const cause = withoutQueries(error.cause, depth + 1);
  if (withoutQuery(message) === message && cause === error.cause) return error;
  const same = new Error(withoutQuery(message), cause === undefined ? undefined : { cause });
  return Object.assign(same, { name: error.name }, error.code !== undefined && { code: error.code });
}
