/**
 * Why a page could not fetch: browsers say "Failed to fetch" for everything.
 *
 * A second request without CORS (and without credentials) tells a server that is there from one that is not. What it answers stays
 * hidden; that it answers is enough.
 */
import * as runtime from '#runtime';
import { HawserError } from '../errors.js';

/**
 * @typedef {object} RuleOptions
 * @property {string} origin Of the page.
 * @property {readonly string[]} [methods] Default GET and HEAD.
 * @property {readonly string[]} [headers] That requests carry. Default: any.
 * @property {'s3' | 'gcs' | 'azure' | 'generic'} [kind] Whose rule. Default: response headers of a server of one's own.
 */

/** Headers of responses that reads of parts and revalidation need. */
const EXPOSED = ['ETag', 'Content-Length', 'Content-Range', 'Last-Modified', 'Link', 'Retry-After'];

/**
 * The rule that lets a page read, as it is to be pasted.
 * @param {RuleOptions} options
 * @returns {string}
 */
export function corsRule({ origin, methods = ['GET', 'HEAD'], headers = ['*'], kind = 'generic' }) {
  if (kind === 's3') {
    const rule = { AllowedOrigins: [origin], AllowedMethods: methods, AllowedHeaders: headers, ExposeHeaders: EXPOSED, MaxAgeSeconds: 3600 };
    return JSON.stringify([rule], null, 2);
  }
  if (kind === 'gcs') {
    const named = headers.filter((name) => name !== '*');
    const responseHeader = [...new Set([...EXPOSED, 'Content-Type', 'Authorization', ...named])];
    return JSON.stringify([{ origin: [origin], method: methods, responseHeader, maxAgeSeconds: 3600 }], null, 2);
  }
  if (kind === 'azure') {
    const who = `--allowed-origins ${origin} --methods ${methods.join(' ')} OPTIONS`;
    const what = `--allowed-headers '${headers.join(',')}' --exposed-headers '${EXPOSED.join(',')}'`;
    return `az storage cors add --services b ${who} ${what} --max-age 3600`;
  }
  const allowed = headers.includes('*') ? 'Authorization, Content-Type, If-None-Match, If-Modified-Since' : headers.join(', ');
  return [
    `Access-Control-Allow-Origin: ${origin}`,
    `Access-Control-Allow-Methods: ${methods.join(', ')}`,
    `Access-Control-Allow-Headers: ${allowed}`,
    `Access-Control-Expose-Headers: ${EXPOSED.join(', ')}`,
    'Vary: Origin',
  ].join('\n');
}

/**
 * A better error than "Failed to fetch", in a browser.
 * @param {object} options
 * @param {{ method: string, url: URL, headers: Headers, shown: string, connection?: string, phase: string, attempts: number }} options.call
 * @param {typeof fetch} options.fetch
 * @param {AbortSignal} [options.signal]
 * @param {RuleOptions['kind']} [options.kind]
 * @param {string} [options.runtime] For tests.
 * @param {string} [options.origin] Of the page; for tests.
 * @returns {Promise<HawserError | undefined>} ERR_CORS, or undefined when the server is not there either way.
 */
export async function diagnoseFailure({ call, fetch, signal, kind, runtime: where = runtime.name, origin = globalThis.location?.origin }) {
  if (where !== 'browser' || origin === undefined || call.url.origin === origin) return undefined;
  const details = { connection: call.connection, phase: call.phase, method: call.method, url: call.shown, attempts: call.attempts };
  if (globalThis.isSecureContext && call.url.protocol === 'http:' && globalThis.location?.protocol === 'https:') {
    const message = `${call.method} ${call.shown}: a page that came by https: must not fetch from http:. Use an https: address.`;
    return new HawserError('ERR_CORS', message, { ...details, mixedContent: true });
  }
  const seen = await probe(call.url, fetch, signal);
  if (seen === 'forbidden') {
    const rule = `connect-src 'self' ${call.url.origin}`;
    const message = `${call.method} ${call.shown}: the Content-Security-Policy of this page forbids it to fetch from there. Allow it:\n\n${rule}`;
    return new HawserError('ERR_CORS', message, { ...details, rule });
  }
  if (seen === 'silent') return undefined;
  const rule = corsRule({ origin, kind, methods: methodsFor(call.method, kind) });
  const message =
    `${call.method} ${call.shown}: the server is there, but pages of ${origin} must not read what it answers (CORS). ` +
    `Allow it there:\n\n${rule}\n\nor fetch through a server of your own. Errors of that server look like this, too, if they lack these headers.`;
  return new HawserError('ERR_CORS', message, { ...details, rule });
}

/**
 * What a page is to be allowed that was refused one method. Who writes objects deletes them, too.
 * @param {string} method @param {RuleOptions['kind']} [kind]
 */
function methodsFor(method, kind = 'generic') {
  const writing = method !== 'GET' && method !== 'HEAD';
  return [...new Set(['GET', 'HEAD', ...(writing && kind !== 'generic' ? ['PUT', 'DELETE'] : []), method])];
}

/**
 * Whether a server answers at all.
 * @param {URL} url @param {typeof fetch} fetch @param {AbortSignal | undefined} signal
 * @returns {Promise<'there' | 'silent' | 'forbidden'>}
 */
async function probe(url, fetch, signal) {
  let forbidden = false;
  const onViolation = (/** @type {any} */ { effectiveDirective }) => (forbidden ||= effectiveDirective === 'connect-src');
  globalThis.addEventListener?.('securitypolicyviolation', onViolation);
  try {
    // The path may hold what must not be asked for twice; the origin is enough.
    await fetch(`${url.origin}/`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', redirect: 'follow', signal });
    return 'there';
  } catch {
    await new Promise((resolve) => setTimeout(resolve)); // The event comes behind the failure.
    return forbidden ? 'forbidden' : 'silent';
  } finally {
    globalThis.removeEventListener?.('securitypolicyviolation', onViolation);
  }
}
