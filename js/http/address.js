/**
 * Addresses as errors and events show them: without credentials.
 */
import { CREDENTIAL_NAME } from './exposure.js';

/** Parameters of signatures that say nothing to people. */
const SIGNATURE = /^x-(amz|goog|ms)-|^(sig|se|st|sp|sv|sr|skoid|sktid|signature|expires|awsaccesskeyid|googleaccessid|policy|key-pair-id)$/i;

const LONGEST = 500;

/**
 * @param {URL} url
 * @returns {string} Without user, password and fragment; values of parameters that name credentials are replaced.
 */
export function shownUrl(url) {
  const names = [...url.searchParams.keys()];
  let query = url.search;
  if (names.some((name) => CREDENTIAL_NAME.test(name) || SIGNATURE.test(name))) {
    const shown = [...url.searchParams].map(([name, value]) => {
      const hidden = CREDENTIAL_NAME.test(name) || SIGNATURE.test(name);
      return `${encodeURIComponent(name)}=${hidden ? '…' : encodeURIComponent(value)}`;
    });
    query = `?${shown.join('&')}`;
  }
  const text = `${url.origin}${url.pathname}${query}`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
