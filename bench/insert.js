/** Inserting rows, in Node.js. */
import { insert } from './contests/insert.js';
import { BASELINE, openAll } from './peers/index.js';

/** @param {{ progress: (text: string) => void }} options */
export const run = ({ progress }) => insert({ openAll, baseline: BASELINE, progress });
