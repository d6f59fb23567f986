/**
 * What goes in and comes out of the HTTP core's decision about another attempt (js/http/core.js). Times are milliseconds since 1970,
 * durations milliseconds.
 */

/**
 * @typedef {object} RetryPolicy
 * @property {number} [attempts] In all, the first included. Default 3.
 * @property {number} [firstPause] The most that is waited before the second attempt, doubled for each further one. Default 250 ms.
 * @property {number} [maxPause] The most that is waited at once, Retry-After included. Default 30 s.
 * @property {readonly number[]} [statuses] What is worth another attempt. Default 408, 425, 429, 500, 502, 503, 504.
 */
/**
 * @typedef {object} AttemptEnd How an attempt ended.
 * @property {string} method
 * @property {number} attempt 1 is the first.
 * @property {number} [status] None when it failed.
 * @property {'network'} [failure] No response came, or it broke off.
 * @property {string | null} [retryAfter] The header as it came.
 * @property {number} now
 * @property {number} [deadline] When everything must have ended. Default Infinity.
 * @property {number} random In [0, 1).
 * @property {RetryPolicy & { repeatable?: boolean }} [policy] `repeatable`: whether it does no harm that the request reaches the server
 *   twice. Default: by the method; GET, HEAD, OPTIONS, TRACE, PUT and DELETE are.
 */
/**
 * @typedef {object} RetryDecision
 * @property {boolean} retry
 * @property {number} pause To be waited before the next attempt.
 * @property {'again' | 'done' | 'attempts' | 'not repeatable' | 'retry-after' | 'deadline'} why 'done': nothing failed that another
 *   attempt would better; 'retry-after': the server asks for a longer pause than maxPause; 'deadline': the next attempt could only
 *   begin after it.
 */

export {};
