/**
 * The check of the kill tests: it finds what it is there to find.
 */
import { expect, test } from '@jest/globals';
import { Ledger } from '../kill/ledger.js';

/** A database in which a and b were committed, of which the ledger knows. */
function scene() {
  const ledger = new Ledger();
  ledger.note('ok', 'tab1-0', '');
  ledger.note('ok', 'tab1-1', '');
  ledger.note('unknown', 'tab1-2', 'ERR_COMMIT_UNKNOWN');
  ledger.note('failed', 'tab1-3', 'ERR_TIMEOUT');
  const found = {
    integrity: ['ok'],
    commits: [{ id: 'tab1-0', rows: 0, times: 1 }, { id: 'tab1-1', rows: 5, times: 1 }],
    items: [{ batch: 'tab1-1', n: 5, different: 5, right: 5 }],
    total: [5],
  };
  return { ledger, found };
}

/** @type {[string, (found: ReturnType<typeof scene>['found']) => void, RegExp][]} */
const damages = [
  ['damaged', (found) => (found.integrity = ['wrong # of entries in index']), /integrity_check/],
  ['lost', (found) => found.commits.shift(), /tab1-0 was acknowledged and is not there/],
  ['doubled', (found) => (found.commits[0].times = 2), /tab1-0 is there 2 times/],
  ['there though it failed', (found) => found.commits.push({ id: 'tab1-3', rows: 0, times: 1 }), /tab1-3 failed with ERR_TIMEOUT and is there/],
  ['there in part', (found) => (found.items[0].n = 4), /tab1-1 has 4 rows/],
  ['there with rows twice', (found) => (found.items[0].n = 10), /tab1-1 has 10 rows, 5 different/],
  ['there with wrong values', (found) => (found.items[0].right = 3), /tab1-1 has 5 rows, 5 different, 3 right/],
  ['there without its commit', (found) => found.items.push({ batch: 'tab1-2', n: 1, different: 1, right: 1 }), /tab1-2 has rows and no commit/],
  ['a sum that another one has overwritten', (found) => (found.total = [0]), /total is 0 instead of 5/],
];

test('a database as reported is right, with and without the unknown one', () => {
  const { ledger, found } = scene();
  expect(ledger.disagreements(found)).toEqual([]);
  found.commits.push({ id: 'tab1-2', rows: 0, times: 1 });
  expect(ledger.disagreements(found)).toEqual([]);
});

test.each(damages)('%s is found', (_, damage, expected) => {
  const { ledger, found } = scene();
  damage(found);
  expect(ledger.disagreements(found)).toEqual(expect.arrayContaining([expect.stringMatching(expected)]));
});
