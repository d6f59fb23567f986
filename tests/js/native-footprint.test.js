import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-footprint.test.js'));
