/**
 * `hawser types`: the names and types of the secrets for editors, never a value.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readProject } from './project.js';

const OUT = 'hawser-env.d.ts';

/**
 * @param {string[]} paths
 * @param {{ out?: string, check?: boolean }} options
 * @param {import('./main.js').Io} io
 * @returns {Promise<number>}
 */
export async function types(paths, { out = OUT, check = false }, io) {
  const { secrets, problems } = await readProject(paths, { environment: false, unset: 'warning' });
  const errors = problems.filter(({ severity }) => severity === 'error');
  for (const { file, line, column, message } of errors) io.err(`${[file, line, column].filter(Boolean).join(':')}: ${message}`);
  if (errors.length > 0) return 1;
  const text = declare(secrets.toObject());
  if (!check) {
    writeFileSync(out, text);
    io.out(`Wrote ${out}.`);
    return 0;
  }
  if (existsSync(out) && readFileSync(out, 'utf8') === text) return io.out(`${out} is up to date.`), 0;
  return io.err(`${out} is not up to date: npx hawser types`), 1;
}

/**
 * A declaration file for a tree.
 * @param {Record<string, unknown>} tree
 */
export function declare(tree) {
  return `// Written by \`npx hawser types\` from the secrets files of this project: names and types, never values.
declare global {
  namespace Hawser {
    interface SecretsSchema ${typeOf(tree, '    ')}
  }
}

export {};
`;
}

/** @param {any} value @param {string} indent @returns {string} */
function typeOf(value, indent) {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) {
    const items = [...new Set(value.map((item) => typeOf(item, indent)))];
    return items.length === 0 ? 'readonly unknown[]' : `readonly (${items.join(' | ')})[]`;
  }
  if (Object.prototype.toString.call(value) === '[object Date]') return 'Date';
  const keys = Object.keys(value);
  if (keys.length === 0) return '{}';
  const members = keys.map((key) => `${indent}  readonly ${nameOf(key)}: ${typeOf(value[key], `${indent}  `)};\n`);
  return `{\n${members.join('')}${indent}}`;
}

/** @param {string} key */
const nameOf = (key) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key));
