import { afterAll, describe, test } from '@jest/globals';
import { haveChromium } from '../browser/chromium.js';
import { startChromium } from '../conformance/runners/chromium.js';
import { conformanceTests } from '../conformance/runners/runner.js';

if (haveChromium()) {
  const { start, close } = startChromium();
  afterAll(close, 60_000);
  describe('a page', () => conformanceTests(() => start('page')));
  describe('a dedicated worker', () => conformanceTests(() => start('dedicated')));
  describe('a shared worker', () => conformanceTests(() => start('shared')));
  describe('a service worker', () => conformanceTests(() => start('service')));
} else test.skip('no Chromium on this machine', () => {});
