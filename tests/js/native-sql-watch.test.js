import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-watch.test.js'));
