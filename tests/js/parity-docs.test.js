/**
 * docs/streamlit-parity.md: every row has a verdict, and every test that it names is there.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rows = readFileSync(`${root}docs/streamlit-parity.md`, 'utf8')
  .split('\n')
  .filter((line) => /^\| (?!---|Streamlit \|)/.test(line))
  .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));

/** @param {string} file @param {string} name */
function isThere(file, name) {
  const path = `${root}tests/${file.endsWith('.cc') ? 'cpp' : 'js'}/${file}`;
  if (!existsSync(path)) return false;
  const text = readFileSync(path, 'utf8');
  if (file.endsWith('.cc')) return new RegExp(`TEST(_F|_P)?\\(${name.replace('.', ', ')}\\)`).test(text);
  return ["'", '"', '`'].some((quote) => text.includes(`(${quote}${name}${quote},`));
}

test('rows have four cells and a verdict', () => {
  expect(rows.length).toBeGreaterThan(80);
  for (const row of rows) {
    expect(row).toHaveLength(4);
    expect(row[2]).toMatch(/^(same|better|n\/a: .|open: .)/);
    if (!row[2].startsWith('n/a')) expect([row[0], row[3]]).toEqual([row[0], expect.stringContaining('›')]);
  }
});

test('every test that is named exists', () => {
  const named = rows.flatMap((row) => [...row[3].matchAll(/`([\w.-]+) › ([^`]+)`/g)].map(([, file, name]) => [file, name]));
  expect(named.length).toBeGreaterThan(90);
  expect(named.filter(([file, name]) => !isThere(file, name))).toEqual([]);
});
