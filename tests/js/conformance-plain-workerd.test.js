import { startPlainWorkerd } from '../conformance/runners/plain-workerd.js';
import { conformanceTests } from '../conformance/runners/runner.js';

conformanceTests(startPlainWorkerd);
