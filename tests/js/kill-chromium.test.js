import { test } from '@jest/globals';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { killTests } from '../kill/tests.js';

if (haveChromium()) killTests(launchChromium, 'Chromium');
else test.skip('no Chromium on this machine', () => {});
