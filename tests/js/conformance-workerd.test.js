import { conformanceTests } from '../conformance/runners/runner.js';
import { startWorkerd } from '../conformance/runners/workerd.js';

conformanceTests(startWorkerd);
