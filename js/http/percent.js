/**
 * Percent-encoding.
 */

/**
 * Percent-encodes text as RFC 3986 has it: all but letters, digits and -._~.
 * @param {string} text Without lone surrogates.
 */
export const encodeStrictly = (text) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
