/**
 * The server of the kill tests: their page, and the reports of its tabs.
 */
import { servePage } from '../browser/site.js';

/**
 * @param {(outcome: string, id: string, code: string) => void} onReport Called for each report before it is answered.
 * @param {{ isolated?: boolean }} options As of serve().
 * @returns {Promise<import('../../tools/serve.js').Served>}
 */
export const startSite = (onReport, options) => {
  const answer = (/** @type {string} */ name) => {
    const report = /^report\/(\w+)\/([\w-]+)\/(.*)\.json$/.exec(name);
    if (!report) return undefined;
    onReport(report[1], report[2], decodeURIComponent(report[3]));
    return '{}';
  };
  return servePage(new URL('workload.js', import.meta.url), answer, options);
};
