/**
 * The program of the page: bench/chromium.js calls it.
 */
import { insert } from '../contests/insert.js';
import { lookup } from '../contests/lookup.js';
import { rows } from '../contests/rows.js';
import { stream } from '../contests/stream.js';
import { BASELINE, openAll } from './peers.js';
import { worker } from './worker.js';

const contests = { rows, insert, lookup, stream, worker };

/** @param {keyof typeof contests} name */
const bench = (name) => contests[name]({ openAll, baseline: BASELINE, rounds: 5, progress: (text) => console.log(text) });

Object.assign(globalThis, { bench });
