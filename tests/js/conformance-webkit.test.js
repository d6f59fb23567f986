import { afterAll, describe, test } from '@jest/globals';
import { haveWebKit } from '../browser/webkit.js';
import { conformanceTests } from '../conformance/runners/runner.js';
import { startWebKit } from '../conformance/runners/webkit.js';

if (haveWebKit()) {
  const { start, close } = startWebKit();
  afterAll(close, 60_000);
  describe('a page', () => conformanceTests(() => start('page')));
  describe('a dedicated worker', () => conformanceTests(() => start('dedicated')));
  describe('a shared worker', () => conformanceTests(() => start('shared')));
  describe('a service worker', () => conformanceTests(() => start('service')));
} else test.skip('no WebKitGTK on this machine', () => {});
