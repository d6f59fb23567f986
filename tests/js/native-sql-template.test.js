import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-template.test.js'));
