import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-connection.test.js'));
