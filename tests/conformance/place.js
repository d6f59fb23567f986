/** The suite as a page or a browser's worker of any kind has it: with what went wrong beside the cases. */
import { takeProblems } from './problems.js';
import { names, run as runCase } from './suite.js';

export { names };

/** @type {typeof runCase} */
export async function run(name, facts) {
  const failure = await runCase(name, facts);
  return [failure, ...takeProblems()].filter(Boolean).join('\n') || undefined;
}
