/**
 * Secrets that change under connections.
 */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BaseConnection, createHawser } from '../../js/index.js';

/** Remembers what it was connected with. */
class Recording extends BaseConnection {
  /** @param {Record<string, any>} config */
  async connect(config) {
    return { password: config.password };
  }
}

/** @type {string} */
let folder;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hawser-rotation-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} a @param {string} b */
const file = (a, b) => writeFileSync(join(folder, 's.toml'), `[connections.a]\npassword = "${a}"\n[connections.b]\npassword = "${b}"`);

/** @param {any} hawser */
const open = async (hawser) => {
  const [a, b] = [await hawser.connection('a', { type: Recording }), await hawser.connection('b', { type: Recording })];
  return { a, b, rawA: await a.raw(), rawB: await b.raw() };
};

test('a reload resets the connections whose section changed, and no others', async () => {
  file('one-one', 'two-two');
  /** @type {string[]} */
  const resets = [];
  const hawser = createHawser({ secrets: [{ file: join(folder, 's.toml') }], hooks: { onReset: (event) => resets.push(event.connection) } });
  const { a, b, rawA, rawB } = await open(hawser);
  file('one-new', 'two-two');
  await hawser.secrets.reload();
  expect(await a.raw()).toEqual({ password: 'one-new' });
  expect(await a.raw()).not.toBe(rawA);
  expect(await b.raw()).toBe(rawB);
  expect(await hawser.connection('a', { type: Recording })).toBe(a);
  expect(resets).toEqual(['a']);
  await hawser.close();
});

test('a reload that fails changes nothing', async () => {
  file('one-one', 'two-two');
  const hawser = createHawser({ secrets: [{ file: join(folder, 's.toml') }] });
  const { a, rawA } = await open(hawser);
  writeFileSync(join(folder, 's.toml'), '[connections.a]\npassword = ');
  await expect(hawser.secrets.reload()).rejects.toMatchObject({ code: 'ERR_SECRETS_PARSE', line: 2 });
  expect(await a.raw()).toBe(rawA);
  await hawser.close();
});

test('watching does the same', async () => {
  file('one-one', 'two-two');
  const hawser = createHawser({ secrets: [{ file: join(folder, 's.toml') }] });
  const { a, b, rawB } = await open(hawser);
  const changed = new Promise((resolve) => {
    hawser.secrets.watch({ onChange: resolve, settle: 5 });
  });
  file('one-new', 'two-two');
  expect(await changed).toEqual({ changed: ['connections.a'] });
  expect(await a.raw()).toEqual({ password: 'one-new' });
  expect(await b.raw()).toBe(rawB);
  await hawser.close();
});
