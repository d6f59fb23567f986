/**
 * Runs the suite in the Node.js that this file is loaded into.
 */
import { names, run } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** @type {import('../suite.js').Facts} */
const facts = { runtime: 'node', environment, bigText: 100 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startNode() {
  Object.assign(process.env, environment);
  return {
    names,
    run: (name) => run(name, facts),
    async close() {
      for (const name of Object.keys(environment)) delete process.env[name];
    },
  };
}
