import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-parameters.test.js'));
