import { test } from '@jest/globals';
import { haveFirefox, launchFirefox } from '../browser/firefox.js';
import { killTests } from '../kill/tests.js';

if (haveFirefox()) killTests(launchFirefox, 'Firefox');
else test.skip('no Firefox on this machine', () => {});
