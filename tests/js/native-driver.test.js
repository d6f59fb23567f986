import { onFiles } from './native-helpers.js';

await onFiles(() => import('./sqlite-driver.test.js'));
