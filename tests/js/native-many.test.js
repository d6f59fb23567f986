import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-many.test.js'));
