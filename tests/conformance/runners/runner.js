/**
 * What a runner of the conformance suite offers: the suite, executed case by case inside one runtime.
 *
 * @typedef {object} Runner
 * @property {readonly string[]} names Of all cases, as the runtime itself lists them.
 * @property {(name: string) => Promise<string | undefined>} run What went wrong, or undefined.
 * @property {() => Promise<void>} close
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { names } from '../suite.js';

/** Milliseconds for one case; the longest sends 100 MB to and fro. */
const PATIENCE = 120_000;

/**
 * Registers a Jest test for each case of the suite.
 * @param {() => Promise<Runner>} start
 */
export function conformanceTests(start) {
  /** @type {Runner | undefined} */
  let runner;
  beforeAll(async () => void (runner = await start()), PATIENCE);
  afterAll(() => runner?.close(), PATIENCE);

  test('the runtime has the whole suite', () => expect(runner?.names).toEqual(names));
  test.each(names)('%s', async (name) => expect(await runner?.run(name)).toBeUndefined(), PATIENCE);
}
