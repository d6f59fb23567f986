/**
 * The one error class of Hawser. Its codes are a closed list, error_codes.js.
 *
 * Wrong arguments are `TypeError` or `RangeError` naming the option; everything else that can go wrong
 * while reaching data is a {@link HawserError}. Tell them apart by `code`, never by message text.
 */

/** @typedef {keyof typeof import('./error_codes.js').ERROR_CODES} HawserErrorCode */

/**
 * @typedef {object} HawserErrorDetails
 * @property {string} [connection] Name of the connection concerned.
 * @property {string} [phase] What was under way, e.g. `'connect'`, `'query'`, `'load'`.
 * @property {unknown} [cause] The underlying error, redacted.
 */

/**
 * An error with a stable `code`. Further details (`source`, `line`, `column`, `offset`, `path`, …) are plain
 * properties; which ones, the code decides.
 */
export class HawserError extends Error {
  /**
   * @param {HawserErrorCode} code
   * @param {string} message Says what happened and what to do about it. Must not hold a secret value.
   * @param {HawserErrorDetails & Record<string, unknown>} [details]
   */
  constructor(code, message, { cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    /** @type {string | undefined} */
    this.connection = undefined;
    /** @type {string | undefined} */
    this.phase = undefined;
    Object.assign(this, details);
  }

  /** @override */
  get name() {
    return 'HawserError';
  }
}
