/**
 * One call of the exchange: its request, checked, and what its errors need to know.
 */
import { shownUrl } from './address.js';
import { CREDENTIAL_NAME } from './exposure.js';

/**
 * A request, checked.
 * @param {import('./exchange.js').ExchangeRequest} request @param {import('./exchange.js').ExchangeOptions} options @param {string | undefined} connection
 * @param {{ scrub(text: string): string }} secrets
 */
export function callOf({ method = 'GET', url, headers, body }, { phase = 'request' }, connection, secrets) {
  let address;
  try {
    address = new URL(url);
  } catch {
    throw new TypeError('url: must be an absolute address');
  }
  const { protocol } = address;
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`url: must be an http: or https: address, not ${protocol}`);
  if (address.username || address.password) throw new TypeError('url: holds a user or a password; say auth = { type = "basic", … } instead');
  address.hash = '';
  /** What it was signed with last, texts that errors must not show, and an error that another attempt may mend. */
  const extra = { signed: new Headers(), hidden: /** @type {Set<string>} */ (new Set()), suspect: /** @type {unknown} */ (undefined) };
  const shown = secrets.scrub(shownUrl(address));
  return { method: method.toUpperCase(), url: address, headers: new Headers(headers), body, connection, phase, attempts: 0, shown, ...extra };
}

/** @typedef {ReturnType<typeof callOf>} Call */

/**
 * Notes what is a credential in a signed request: servers like to say it back.
 * @param {Call} call @param {import('./signer.js').SignedRequest} signed
 */
export function learn({ headers, url, hidden }, signed) {
  for (const [name, value] of signed.headers) {
    if (headers.get(name) === value && !CREDENTIAL_NAME.test(name)) continue;
    hidden.add(value);
    for (const part of value.split(/[\s,]+/)) if (part.length >= 8) hidden.add(part);
  }
  for (const [name, value] of signed.url.searchParams) {
    if (value.length >= 4 && (CREDENTIAL_NAME.test(name) || url.searchParams.get(name) !== value)) {
      for (const form of [value, encodeURIComponent(value), new URLSearchParams([['', value]]).toString().slice(1)]) hidden.add(form);
    }
  }
}
