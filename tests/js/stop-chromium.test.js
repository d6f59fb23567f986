import { test } from '@jest/globals';
import { haveChromium, launchChromium } from '../browser/chromium.js';
import { stopTests } from '../stop/tests.js';

if (haveChromium()) stopTests(() => launchChromium());
else test.skip('no Chromium on this machine', () => {});
