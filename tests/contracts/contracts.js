/**
 * The vendors' own contracts. They are not part of this repository: HAWSER_CONTRACTS names a folder with them, and then the doubles of
 * tests/servers/ check every request that they get and every answer that they give against them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.HAWSER_CONTRACTS;

/**
 * @param {string} file Of the folder.
 * @returns {string | undefined} Its text; undefined where no folder is named.
 * @throws when the folder that is named has no such file.
 */
export function contractText(file) {
  if (!folder) return undefined;
  const path = join(folder, file);
  if (!existsSync(path)) throw new Error(`HAWSER_CONTRACTS=${folder} has no ${file}`);
  return readFileSync(path, 'utf8');
}

/** Says in one line that a contract is not checked. @param {string} what */
export function sayUnchecked(what) {
  process.stderr.write(`Contracts: ${what} is not checked, as HAWSER_CONTRACTS names no folder with contracts.\n`);
}
