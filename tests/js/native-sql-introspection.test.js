import { onFileConnections } from './native-helpers.js';

await onFileConnections(() => import('./sql-introspection.test.js'));
