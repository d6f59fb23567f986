/**
 * What can be wrong with a secrets file besides its text.
 */
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import process from 'node:process';
import { showPath } from './project.js';

/**
 * @param {string} path An existing file or folder.
 * @returns {import('./project.js').Problem[]} Warnings.
 */
export function checkFile(path) {
  /** @type {import('./project.js').Problem[]} */
  const problems = [];
  const warn = (/** @type {string} */ code, /** @type {string} */ message) =>
    problems.push({ file: showPath(path), code, message, severity: 'warning' });
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && mode & 0o004) {
    const wanted = statSync(path).isDirectory() ? '700' : '600';
    const remedy = `chmod ${wanted} ${showPath(path)}`;
    warn('WARN_SECRETS_READABLE', `everybody on this machine can read it (mode ${mode.toString(8)}): ${remedy}`);
  }
  if (isTracked(path)) {
    warn('WARN_SECRETS_TRACKED', `git tracks it: git rm --cached ${showPath(path)}, add it to .gitignore, and change the secrets in it`);
  }
  return problems;
}

/** Whether git tracks a file, or something in a folder; false without git. @param {string} path */
function isTracked(path) {
  try {
    const listed = execFileSync('git', ['ls-files', '--', basename(path)], {
      cwd: dirname(path),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.trim() !== '';
  } catch {
    return false;
  }
}
