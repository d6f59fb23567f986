/**
 * The beginning of a frame, for those who clean up without reading the rest, see frame.js.
 */

/** Where `expires` stands: a float64, little-endian, of milliseconds. */
export const EXPIRES_AT = 5;
