/**
 * Where results outlive the process.
 */

/**
 * @typedef {object} ResultStorage
 * @property {string} name
 */

export {};
