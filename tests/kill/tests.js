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
  for (const [name, play] of Object.entries(scenarios)) {
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
}
