/**
 * Frames for those who have a storage or another tab to bring them to: frame.js and what it takes are loaded when there is something to
 * write or read.
 */

/** @typedef {import('./frame.js').Frame} Frame */

const load = () => import('./frame.js');

/** @type {(frame: Frame) => Promise<Uint8Array<ArrayBuffer>>} See frame.js. */
export const encodeFrame = async (frame) => (await load()).encodeFrame(frame);

/** @type {(bytes: Uint8Array, key: string) => Promise<Frame | undefined>} See frame.js. */
export const decodeFrame = async (bytes, key) => (await load()).decodeFrame(bytes, key);

/** @type {(key: string) => Promise<string>} See frame.js. */
export const nameOf = async (key) => (await load()).nameOf(key);

/**
 * When nobody can use a frame any more, in milliseconds.
 * @param {Pick<Frame, 'stored' | 'ttl' | 'staleWhileRevalidate' | 'staleIfError' | 'hold'>} frame
 */
export const expiryOf = ({ stored, ttl, staleWhileRevalidate, staleIfError, hold = 0 }) =>
  stored + ttl + Math.max(staleWhileRevalidate, staleIfError, hold);
