import { test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { startChromium } from '../conformance/runners/chromium.js';
import { conformanceTests } from '../conformance/runners/runner.js';

if (haveChromium()) conformanceTests(startChromium);
else test.skip('no Chromium on this machine', () => {});
