import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-differential.test.js'));
