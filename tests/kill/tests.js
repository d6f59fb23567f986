/**
 * The kill tests of one browser, for Jest. HAWSER_KILLS says how often in each scenario; default 3.
 */
import { expect, test } from '@jest/globals';
import { closeLeader, crashLeader, killBrowser } from './scenarios.js';

const KILLS = Number(process.env.HAWSER_KILLS ?? 3);

/** Milliseconds for one scenario. */
const PATIENCE = 180_000 + KILLS * 30_000;

/** @param {import('./scenarios.js').Options['launch']} launch @param {string} browser Its name. */
export function killTests(launch, browser) {
  const scenarios = { 'SIGKILL of the browser': killBrowser, 'the leading tab is closed': closeLeader, 'the leading tab crashes': crashLeader };
  const inAFile = (/** @type {import('./scenarios.js').Options} */ options) => killBrowser({ ...options, vfs: 'opfs' });
  for (const [name, play] of Object.entries({ ...scenarios, 'SIGKILL of the browser, vfs=opfs': inAFile })) {
    test(`${name}: nothing is lost, doubled or damaged`, async () => {
      const { problems, figures } = await play({ launch, kills: KILLS });
      if (process.env.HAWSER_KILLS) console.log(`${browser}, ${name}: ${figures}`);
      expect({ problems, figures }).toEqual({ problems: [], figures });
    }, PATIENCE);
  }

  test('control: a commit that is acknowledged too early is found missing', async () => {
    const { problems } = await killBrowser({ launch, kills: 3, early: true });
    expect(problems).toContainEqual(expect.stringMatching(/was acknowledged and is not there/));
  }, PATIENCE);

  test('control: a database without a journal is found damaged', async () => {
    const { problems, figures } = await killBrowser({ launch, kills: 20, vfs: 'opfs', unsafe: true });
    if (process.env.HAWSER_KILLS) console.log(`${browser}, without a journal: ${figures}\n${problems.join('\n')}`);
    expect(problems).toContainEqual(expect.stringMatching(/SQLITE_CORRUPT|integrity_check|malformed| rows|total is/));
  }, PATIENCE + 600_000);
}
