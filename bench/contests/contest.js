/**
 * What a contest needs of the place where it is held: types only. Each file beside this one holds one, in Node.js and in pages.
 *
 * @typedef {object} Contest
 * @property {() => Promise<import('../peers/sqlite.js').Peer[]>} openAll New, empty databases; Hawser's first.
 * @property {string} baseline Name of the peer that ratios are told against.
 * @property {number} [rounds] Timed rounds; default 7.
 * @property {(text: string) => void} progress
 */
export {};
