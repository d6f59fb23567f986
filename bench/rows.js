/** Reading rows, in Node.js. */
import { rows } from './contests/rows.js';
import { BASELINE, openAll } from './peers/index.js';

/** @param {{ progress: (text: string) => void }} options */
export const run = ({ progress }) => rows({ openAll, baseline: BASELINE, progress });
