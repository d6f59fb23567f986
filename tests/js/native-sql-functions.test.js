import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-functions.test.js'));
