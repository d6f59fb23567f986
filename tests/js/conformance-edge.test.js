import { startEdge } from '../conformance/runners/edge.js';
import { conformanceTests } from '../conformance/runners/runner.js';

conformanceTests(startEdge);
