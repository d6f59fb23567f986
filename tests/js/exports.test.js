/**
 * What the package exports. A name that goes missing, or appears by accident, is a decision.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { createHawser } from '../../js/index.js';
import * as hawser from '../../js/index.js';

test('the public names', () => {
  expect(Object.keys(hawser).sort()).toEqual([
    'BaseConnection',
    'Column',
    'ERROR_CODES',
    'HawserError',
    'Table',
    'cacheData',
    'cacheResource',
    'connection',
    'createHawser',
    'directoryStorage',
    'hawser',
    'indexedDbStorage',
    'locateFiles',
    'opfsStorage',
    'secrets',
    'sql',
  ]);
});

test('what an instance offers', async () => {
  const instance = createHawser({ secrets: [] });
  const own = Object.getOwnPropertyNames(Object.getPrototypeOf(instance)).sort();
  expect(own).toEqual(['cache', 'cacheData', 'cacheResource', 'close', 'connection', 'constructor', 'on', 'registerType', 'request', 'secrets', 'stats']);
  await instance.close();
});

test('what a connection offers', () => {
  const own = Object.getOwnPropertyNames(hawser.BaseConnection.prototype).sort();
  expect(own).toEqual([
    ...['cache', 'cached', 'close', 'closed', 'connect', 'constructor', 'disconnect', 'name', 'peekCached', 'peekStatement'],
    ...['raw', 'rawNow', 'readCached', 'reset', 'toJSON', 'toString', 'type', 'use'],
  ]);
});

test('index.js holds re-exports only', () => {
  const text = readFileSync(new URL('../../js/index.js', import.meta.url), 'utf8').replace(/\/\*\*[^]*?\*\//g, '');
  for (const line of text.split('\n').filter((line) => line.trim())) expect(line).toMatch(/^export \{ [\w, ]+ \} from '\.\/[\w/.]+';$/);
});

test('what a cache offers, of an instance and of a connection', async () => {
  const instance = createHawser({ secrets: [] });
  const conn = await instance.connection('db', { url: 'sqlite://' });
  for (const { cache } of [instance, conn]) {
    expect(Object.getOwnPropertyNames(Object.getPrototypeOf(cache)).sort()).toEqual(['clear', 'constructor', 'invalidate', 'stats']);
  }
  expect(Object.keys(instance.cache.stats())).toContain('hits');
  expect(Object.keys(conn.cache.stats())).toEqual(['entries', 'bytes']);
  await instance.close();
});
