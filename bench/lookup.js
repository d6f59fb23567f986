/** Point lookups, in Node.js. */
import { lookup } from './contests/lookup.js';
import { BASELINE, openAll } from './peers/index.js';

/** @param {{ progress: (text: string) => void }} options */
export const run = ({ progress }) => lookup({ openAll, baseline: BASELINE, progress });
