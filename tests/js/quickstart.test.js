/**
 * The quickstart, run as `npm start` runs it after the build.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** @param {Record<string, string>} [env] */
async function quickstart(env) {
  const options = { cwd: root, env: { PATH: process.env.PATH, ...env } };
  return promisify(execFile)(process.execPath, ['demo/quickstart.js'], options); // Rejects unless it exits with 0.
}

let output = '';

beforeAll(async () => {
  const { stdout, stderr } = await quickstart();
  expect(stderr).toBe('');
  output = stdout;
});

/** @param {string} title @returns {string} That part of the output. */
const part = (title) => output.slice(output.indexOf(`\n${title} `)).split(/\n\n(?=\S)/)[0];

test('pets: rows from a transaction', () => {
  expect(part('Pets')).toContain('[connections.pets_db]');
  expect(part('Pets')).toMatch(/Ingrid +│ cat +│ +11\n/);
  expect(part('Pets')).toMatch(/Zoë +│ tortoise +│ +63\n/);
  expect(part('Pets')).not.toContain('Robert');
});

test('movies: the real data set, with named parameters', () => {
  expect(part('Movies')).toContain('3,201 rows');
  expect(part('Movies')).toContain('{"genre":"Adventure","votes":100000}');
  expect(part('Movies').match(/│ [12]\d{3} │/g)).toHaveLength(8);
});

test('flights: JSON and CSV together', () => {
  expect(part('Flights')).toContain('25,366 rows');
  expect(part('Flights')).toMatch(/[A-Z]{3} +│ [A-Z]{3} /);
});

test.each(['Pets', 'Movies', 'Flights'])('%s: first a miss, then a hit', (title) => {
  expect(part(title)).toMatch(/\n +miss +[\d.]+ .s\n +hit +[\d.]+ .s, [\d,]+ times faster \(median of 9\)/);
});

test('colours only where they are wanted', async () => {
  expect(output).not.toContain('\x1b');
  const { stdout } = await quickstart({ FORCE_COLOR: '1' });
  expect(stdout).toContain('\x1b[1m');
});
