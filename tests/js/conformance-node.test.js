import { conformanceTests } from '../conformance/runners/runner.js';
import { startNode } from '../conformance/runners/node.js';

conformanceTests(startNode);
