/**
 * Runs the suite in the Node.js that this file is loaded into. A warning of the process is a failure.
 */
import process from 'node:process';
import { names, run } from '../suite.js';

const environment = { HAWSER_CONFORMANCE: 'pets_db' };

/** @type {import('../suite.js').Facts} */
const facts = { storages: ['folder'], environment, bigText: 100 * 1024 * 1024 };

/** @returns {Promise<import('./runner.js').Runner>} */
export async function startNode() {
  Object.assign(process.env, environment);
  /** @type {string[]} */
  const warnings = [];
  const onWarning = (/** @type {Error} */ warning) => void warnings.push(`warning: ${warning.message}`);
  process.on('warning', onWarning);
  return {
    names,
    async run(name) {
      const failure = await run(name, facts);
      await new Promise(setImmediate); // Warnings come in a turn of their own.
      return [failure, ...warnings.splice(0)].filter(Boolean).join('\n') || undefined;
    },
    async close() {
      process.off('warning', onWarning);
      for (const name of Object.keys(environment)) delete process.env[name];
    },
  };
}
