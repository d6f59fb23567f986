import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-stream.test.js'));
