/**
 * `hawser secrets`: checks the secrets and shows where each value comes from.
 */
import * as runtime from '#runtime';
import { formatPath } from '../secrets/path.js';
import { checkFile } from './checks.js';
import { readProject, showPath } from './project.js';

/** @typedef {import('./project.js').Problem} Problem */
/** @typedef {import('../secrets/explain.js').Provenance} Provenance */

/**
 * @param {string[]} paths
 * @param {{ json?: boolean, shallow?: boolean, 'allow-unset'?: boolean, strict?: boolean }} options
 * @param {import('./main.js').Io} io
 * @returns {Promise<number>}
 */
export async function secrets(paths, { json = false, shallow = false, 'allow-unset': allowUnset = false, strict = false }, io) {
  const project = await readProject(paths, { shallow, unset: allowUnset ? 'warning' : 'error' });
  const layers = project.secrets.sources();
  const files = layers.filter((/** @type {any} */ layer) => layer.file !== undefined && layer.state === 'loaded');
  const broken = project.problems.flatMap(({ file }) => (file !== undefined && runtime.fileSystem?.stat(file) ? [file] : []));
  const documents = [...files.map((/** @type {any} */ layer) => layer.file), ...broken];
  const checked = new Set(documents.map((path) => runtime.fileSystem?.resolve(path) ?? path));
  const problems = [...project.problems, ...[...checked].flatMap(checkFile)];
  const values = project.secrets.leaves().map((/** @type {any} */ leaf) => {
    const { overrode } = project.secrets.explain(leaf.keys);
    return { ...leaf, overrode };
  });
  if (json) {
    const shown = values.map((/** @type {any} */ { keys: _, ...value }) => value);
    io.out(JSON.stringify({ problems, layers, values: shown }, undefined, 2));
  } else showText({ layers, values, problems }, io);
  const failed = problems.some(({ severity }) => strict || severity === 'error');
  return failed ? 1 : 0;
}

/**
 * @param {{ layers: any[], values: any[], problems: Problem[] }} found
 * @param {import('./main.js').Io} io
 */
function showText({ layers, values, problems }, io) {
  for (const problem of problems) io.err(showProblem(problem));
  if (problems.length > 0) io.err('');
  io.out('Layers, the lowest first:');
  for (const { name, state } of layers) io.out(`  ${showPath(name)}${state === 'missing' ? ' (not there)' : ''}`);
  if (layers.length === 0) io.out('  none');
  /** @type {string | undefined} */
  let table;
  for (const value of values) {
    const above = formatPath(value.keys.slice(0, -1));
    if (above !== table || table === undefined) io.out(above === '' ? '' : `\n[${above}]`);
    table = above;
    const overrode = value.overrode.map((/** @type {Provenance} */ one) => showOrigin(one)).join(', ');
    const origin = `${value.type}, ${showOrigin(value)}${overrode ? `, overrides ${overrode}` : ''}`;
    io.out(`${formatPath(value.keys.slice(-1))} = [redacted]  # ${origin}`);
  }
}

/** @param {Problem} problem */
function showProblem({ file, line, column, message, severity }) {
  const where = [file, line, column].filter((part) => part !== undefined).join(':');
  return `${where === '' ? '' : `${where}: `}${severity === 'warning' ? 'warning: ' : ''}${message}`;
}

/** @param {Provenance} origin */
const showOrigin = ({ layer, file, line }) => [showPath(file ?? layer), line].filter((part) => part !== undefined).join(':');
