import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-transactions.test.js'));
