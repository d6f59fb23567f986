/** Streaming rows, in Node.js. */
import { stream } from './contests/stream.js';
import { BASELINE, openAll } from './peers/index.js';

/** @param {{ progress: (text: string) => void }} options */
export const run = ({ progress }) => stream({ openAll, baseline: BASELINE, progress });
