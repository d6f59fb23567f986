/**
 * The secrets of the project that a command runs in, read with patience: every problem is collected, and what is well is
 * still merged.
 */
import { relative, resolve } from 'node:path';
import process from 'node:process';
import * as runtime from '#runtime';
import { loadSecretsCore } from '../secrets/core.js';
import { HawserError } from '../errors.js';
import { defaultSources } from '../secrets/defaults.js';
import { Secrets } from '../secrets/secrets.js';

/** @typedef {import('../secrets/sources.js').Source} Source */

/**
 * @typedef {object} Problem
 * @property {string} [file] As it is shown, relative to the working directory where it is below it.
 * @property {number} [line]
 * @property {number} [column]
 * @property {string} code
 * @property {string} message
 * @property {'error' | 'warning'} severity
 */

/**
 * @typedef {object} Project
 * @property {any} secrets The merged {@link Secrets} of all sources that are well.
 * @property {Problem[]} problems
 */

/** Unset variables that are reported at most. */
const MAX_UNSET = 100;

/**
 * @param {string[]} paths Files and folders instead of the defaults.
 * @param {{ shallow?: boolean, environment?: boolean, unset?: 'error' | 'warning' }} [options] `environment`: with the layer of
 *   environment variables; default true.
 * @returns {Promise<Project>}
 */
export async function readProject(paths, { shallow = false, environment = true, unset = 'error' } = {}) {
  await loadSecretsCore();
  /** @type {Source[]} */
  const candidates = paths.length > 0 ? paths.map(sourceOf) : defaultSources(runtime).filter((source) => environment || !source.env);
  /** @type {Problem[]} */
  const problems = [];
  const sources = candidates.filter((source) => isWell(source, problems));
  const merge = /** @type {'deep' | 'shallow'} */ (shallow ? 'shallow' : 'deep');
  const variables = { ...runtime.environment() };
  for (;;) {
    const secrets = new Secrets({ sources, merge, environment: variables });
    try {
      secrets.keys();
      return { secrets, problems };
    } catch (error) {
      const problem = problemOf(error, unset);
      const { variable } = /** @type {{ variable?: string }} */ (error);
      problems.push(problem);
      if (problem.code !== 'ERR_ENV_MISSING' || variable === undefined || problems.length > MAX_UNSET) {
        return { secrets: new Secrets({ sources: [] }), problems };
      }
      variables[variable] = ''; // To find the next one.
    }
  }
}

/** @param {string} path @returns {Source} */
function sourceOf(path) {
  return runtime.fileSystem?.stat(path)?.directory ? { directory: path, required: true } : { file: path, required: true };
}

/** Whether a source can be read by itself. @param {Source} source @param {Problem[]} problems */
function isWell(source, problems) {
  try {
    // Set or not, variables do not matter yet.
    new Secrets({ sources: [source], environment: new Proxy({}, { get: () => '', has: () => true }) }).keys();
    return true;
  } catch (error) {
    problems.push(problemOf(error, 'error'));
    return false;
  }
}

/** @param {unknown} error @param {'error' | 'warning'} unset @returns {Problem} */
function problemOf(error, unset) {
  if (!(error instanceof HawserError)) throw error;
  const { code, message, source, line, column, reason } = /** @type {any} */ (error);
  return {
    ...(source === undefined ? {} : { file: showPath(source) }),
    ...(line === undefined ? {} : { line, column }),
    code,
    message: reason ?? message,
    severity: code === 'ERR_ENV_MISSING' ? unset : 'error',
  };
}

/**
 * A path as it is shown: relative where it is below the working directory, otherwise as it was given.
 * @param {string} path
 */
export function showPath(path) {
  if (!runtime.fileSystem || !/[/\\]|\.toml$|\.json$/.test(path) || /^\w+:\/\/[^/]/.test(path)) return path;
  const short = relative(process.cwd(), resolve(runtime.fileSystem.resolve(path)));
  return short.startsWith('..') || short === '' ? path : short;
}
