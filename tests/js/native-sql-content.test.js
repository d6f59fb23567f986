import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-content.test.js'));
