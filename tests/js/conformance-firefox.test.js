import { afterAll, describe, test } from '@jest/globals';
import { haveFirefox } from '../browser/firefox.js';
import { startFirefox } from '../conformance/runners/firefox.js';
import { conformanceTests } from '../conformance/runners/runner.js';

if (haveFirefox()) {
  const { start, close } = startFirefox();
  afterAll(close, 60_000);
  describe('a page', () => conformanceTests(() => start('page')));
  describe('a dedicated worker', () => conformanceTests(() => start('dedicated')));
  describe('a shared worker', () => conformanceTests(() => start('shared')));
  describe('a service worker', () => conformanceTests(() => start('service')));
} else test.skip('no Firefox on this machine', () => {});
