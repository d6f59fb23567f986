/**
 * `npm run test:kill`: the kill tests of persistent databases at full length, and their figures. `npm test` runs them with 3
 * kills per scenario.
 *
 *     node tools/kill.js [chromium | firefox]     default: both
 *
 * HAWSER_KILLS  for each scenario; default 30.
 */
import { follow, main, Stop } from './run.js';

await main(async () => {
  const browser = process.argv[2] ?? '(chromium|firefox)';
  if (process.argv[2] && !['chromium', 'firefox'].includes(browser)) throw new Stop('usage: node tools/kill.js [chromium | firefox]');
  const { code } = await follow(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--runInBand',
      '--verbose=false',
      `kill-${browser}`,
    ],
    { env: { HAWSER_KILLS: process.env.HAWSER_KILLS ?? '30' } },
  );
  process.exitCode = code;
});
