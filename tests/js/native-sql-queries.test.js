import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-queries.test.js'));
