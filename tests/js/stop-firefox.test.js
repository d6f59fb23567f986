import { test } from '@jest/globals';
import { haveFirefox, launchFirefox } from '../browser/firefox.js';
import { stopTests } from '../stop/tests.js';

if (haveFirefox()) stopTests(() => launchFirefox());
else test.skip('no Firefox on this machine', () => {});
